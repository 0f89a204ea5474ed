"""Insight pages with their filters, kept by a person under a name."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from learncraft.analytics.models import SavedView
from learncraft.errors import InvalidInputError

MOST_VIEWS = 50
MAX_QUERY = 2_000


@dataclass(frozen=True, slots=True)
class KeptView:
    """A view that somebody kept."""

    id: UUID
    name: str
    page: str
    query: str


def kept_views(session: Session, user_id: UUID) -> list[KeptView]:
    """All that a person kept, by name."""
    rows = session.execute(
        select(SavedView.id, SavedView.name, SavedView.page, SavedView.query)
        .where(SavedView.user_id == user_id)
        .order_by(func.lower(SavedView.name))
        .limit(MOST_VIEWS)
    )
    return [KeptView(*row) for row in rows]


def keep(session: Session, *, user_id: UUID, name: str, page: str, query: str) -> None:
    """Keep a view; one of the same name is replaced.

    Raises:
        InvalidInputError: it has no name, or the person keeps too many.
    """
    name = " ".join(name.split())
    if not name or len(name) > 100:
        raise InvalidInputError("Give the view a name of at most 100 characters.")
    if len(query) > MAX_QUERY:
        raise InvalidInputError("This view has too many filters to be kept.")
    others = select(func.count()).where(SavedView.user_id == user_id, SavedView.name != name)
    if (session.scalar(others) or 0) >= MOST_VIEWS:
        raise InvalidInputError("You keep {most} views already. Remove one first.", most=MOST_VIEWS)
    made = insert(SavedView).values(user_id=user_id, name=name, page=page, query=query)
    session.execute(made.on_conflict_do_update(index_elements=["user_id", "name"], set_={"page": page, "query": query}))


def forget(session: Session, *, user_id: UUID, view_id: UUID) -> None:
    """Remove one of the person's own views. Safe to repeat."""
    session.execute(delete(SavedView).where(SavedView.id == view_id, SavedView.user_id == user_id))
