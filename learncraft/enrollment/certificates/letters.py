"""What those who earned a certificate are written, in the language that they chose."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from learncraft import language
from learncraft.accounts.models import User, UserPreferences
from learncraft.enrollment.models import Certificate
from learncraft.language import _


@dataclass(frozen=True, slots=True)
class Letter:
    """A message to one address."""

    to: str
    subject: str
    text: str


def write(session: Session, certificate_id: UUID, *, link: Callable[[str], str]) -> Letter | None:
    """The letter about a certificate as it stands now; `link` makes addresses whole.

    None when it is gone, or when its learner wants no mail: that it counts no more is said in any case.
    """
    row = session.execute(
        select(Certificate, User, func.coalesce(UserPreferences.email_notifications, True), UserPreferences.language)
        .join(User, User.id == Certificate.user_id)
        .outerjoin(UserPreferences, UserPreferences.user_id == User.id)
        .where(Certificate.id == certificate_id, User.deleted_at.is_(None), User.is_active)
    ).one_or_none()
    if row is None:
        return None
    certificate, user, wants_mail, spoken = row
    page = link(f"/verify/{certificate.certificate_number}")
    with language.speaking(spoken):
        if certificate.is_revoked:
            return _no_longer_counts(certificate, user, page)
        return _earned(certificate, user, page, link) if wants_mail else None


def _no_longer_counts(certificate: Certificate, user: User, page: str) -> Letter:
    return Letter(
        user.email,
        _("Your certificate of “{title}” no longer counts", title=certificate.title),
        _("Hello {name},", name=user.first_name)
        + "\n\n"
        + _(
            "your certificate of “{title}” no longer counts. The reason given is: {reason}\n\n"
            "Whoever checks it sees this:\n{link}",
            title=certificate.title,
            reason=certificate.revoke_reason,
            link=page,
        )
        + "\n",
    )


def _earned(certificate: Certificate, user: User, page: str, link: Callable[[str], str]) -> Letter:
    return Letter(
        user.email,
        _("Your certificate of “{title}”", title=certificate.title),
        _("Hello {name},", name=user.first_name)
        + "\n\n"
        + _(
            "you have finished “{title}”. Congratulations!\n\nGet your certificate and its badge here:\n{own}\n\n"
            "Whoever you show it to can check it here:\n{link}\n\n"
            "You don't want such letters? Switch them off in your profile: {profile}",
            title=certificate.title,
            own=link("/certificates"),
            link=page,
            profile=link("/profile"),
        )
        + "\n",
    )
