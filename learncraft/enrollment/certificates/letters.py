"""What those who earned a certificate are written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from learncraft.accounts.letters import LetterKind, stopped
from learncraft.accounts.models import User, UserPreferences
from learncraft.enrollment.models import Certificate
from learncraft.language import _, speaking


@dataclass(frozen=True, slots=True)
class Letter:
    """A message to one address."""

    to: str
    subject: str
    text: str
    stop: str | None = None  # where such letters end


def write(
    session: Session, certificate_id: UUID, *, link: Callable[[str], str], stop: Callable[[UUID], str]
) -> Letter | None:
    """The letter about a certificate as it stands now; `link` makes addresses whole, and `stop` is a person's to
    end such letters.

    None when it is gone, or when its learner wants no mail: that it counts no more is said in any case.
    """
    row = session.execute(
        select(Certificate, User, UserPreferences)
        .join(User, User.id == Certificate.user_id)
        .outerjoin(UserPreferences, UserPreferences.user_id == User.id)
        .where(Certificate.id == certificate_id, User.deleted_at.is_(None), User.is_active)
    ).one_or_none()
    if row is None:
        return None
    certificate, user, likes = row
    with speaking(None if likes is None else likes.language):
        if certificate.is_revoked:
            return _revoked(certificate, user, link)
        if LetterKind.CERTIFICATES in stopped(likes):
            return None
        return _earned(certificate, user, link, stop(user.id))


def _page(certificate: Certificate, link: Callable[[str], str]) -> str:
    return link(f"/verify/{certificate.certificate_number}")


def _revoked(certificate: Certificate, user: User, link: Callable[[str], str]) -> Letter:
    return Letter(
        user.email,
        _("Your certificate of “{title}” no longer counts", title=certificate.title),
        _(
            "Hello {name},\n\nyour certificate of “{title}” no longer counts. The reason given is: {reason}\n\n"
            "Whoever checks it sees this:\n{page}\n",
            name=user.first_name,
            title=certificate.title,
            reason=certificate.revoke_reason,
            page=_page(certificate, link),
        ),
    )


def _earned(certificate: Certificate, user: User, link: Callable[[str], str], stop: str) -> Letter:
    return Letter(
        user.email,
        _("Your certificate of “{title}”", title=certificate.title),
        _(
            "Hello {name},\n\nyou have finished “{title}”. Congratulations!\n\n"
            "Get your certificate and its badge here:\n{certificates}\n\n"
            "Whoever you show it to can check it here:\n{page}\n\n"
            "You don't want such letters? Stop them here: {stop}\n",
            name=user.first_name,
            title=certificate.title,
            certificates=link("/certificates"),
            page=_page(certificate, link),
            stop=stop,
        ),
        stop,
    )
