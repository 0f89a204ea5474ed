"""What people have typed and not sent: kept within a second for them alone, and there again when they come back."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from learncraft.accounts.models import UnsentWords

FORGET_AFTER = timedelta(days=90)
LONGEST = 5_000_000  # characters; more than any page has fields for


def keep(session: Session, user_id: UUID, place: str, words: str) -> None:
    """Keep what stands at a place now; nothing, once it was emptied. Safe to repeat."""
    if not words.strip():
        forget(session, user_id, place)
        return
    values = {"words": words[:LONGEST]}
    row = insert(UnsentWords).values(user_id=user_id, place=place, **values)
    session.execute(
        row.on_conflict_do_update(index_elements=["user_id", "place"], set_={**values, "updated_at": func.now()})
    )
    old = UnsentWords.updated_at < func.now() - FORGET_AFTER
    session.execute(delete(UnsentWords).where(UnsentWords.user_id == user_id, old))


def kept(session: Session, user_id: UUID, beginning: str) -> dict[str, str]:
    """What somebody typed at the places whose names begin so, by place. One query."""
    rows = session.execute(
        select(UnsentWords.place, UnsentWords.words).where(
            UnsentWords.user_id == user_id, UnsentWords.place.startswith(beginning, autoescape=True)
        )
    )
    return {row.place: row.words for row in rows}


def forget(session: Session, user_id: UUID, place: str) -> None:
    """It was sent, or isn't wanted any more. Safe to repeat."""
    session.execute(delete(UnsentWords).where(UnsentWords.user_id == user_id, UnsentWords.place == place))
