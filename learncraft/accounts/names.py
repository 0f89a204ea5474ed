"""People by name, for charts and tables that know them by identifier."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from learncraft.accounts.models import User
from learncraft.language import noted

GONE = noted("A former learner")  # whose account was closed: still counted, no longer named


@dataclass(frozen=True, slots=True)
class PersonName:
    """A person in words."""

    id: UUID
    name: str
    email: str


def person_names(session: Session, ids: Iterable[UUID]) -> dict[UUID, PersonName]:
    """Those of these people whose account is not closed. One query."""
    rows = session.execute(
        select(User.id, User.first_name, User.last_name, User.email).where(
            User.id.in_(list(ids)), User.deleted_at.is_(None)
        )
    )
    return {key: PersonName(key, f"{first} {last}".strip(), email) for key, first, last, email in rows}
