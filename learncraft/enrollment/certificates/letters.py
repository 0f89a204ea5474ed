"""What those who earned a certificate are written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from learncraft.accounts.models import User, UserPreferences
from learncraft.enrollment.models import Certificate


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
        select(Certificate, User, func.coalesce(UserPreferences.email_notifications, True))
        .join(User, User.id == Certificate.user_id)
        .outerjoin(UserPreferences, UserPreferences.user_id == User.id)
        .where(Certificate.id == certificate_id, User.deleted_at.is_(None), User.is_active)
    ).one_or_none()
    if row is None:
        return None
    certificate, user, wants_mail = row
    page = link(f"/verify/{certificate.certificate_number}")
    if certificate.is_revoked:
        return Letter(
            user.email,
            f"Your certificate of “{certificate.title}” no longer counts",
            f"Hello {user.first_name},\n\nyour certificate of “{certificate.title}” no longer counts. "
            f"The reason given is: {certificate.revoke_reason}\n\nWhoever checks it sees this:\n{page}\n",
        )
    if not wants_mail:
        return None
    return Letter(
        user.email,
        f"Your certificate of “{certificate.title}”",
        f"Hello {user.first_name},\n\nyou have finished “{certificate.title}”. Congratulations!\n\n"
        f"Get your certificate and its badge here:\n{link('/certificates')}\n\n"
        f"Whoever you show it to can check it here:\n{page}\n\n"
        f"You don't want such letters? Switch them off in your profile: {link('/profile')}\n",
    )
