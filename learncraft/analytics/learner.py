"""What one learner did."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from learncraft.analytics.questions import question, rows
from learncraft.analytics.scope import Scope
from learncraft.analytics.store import EventStore


@dataclass(frozen=True, slots=True)
class Moment:
    """One event of a learner. A zero UUID is none."""

    occurred_at: datetime
    event_type: str
    lesson_id: UUID
    object_id: UUID
    score: float | None
    max_score: float | None
    is_correct: bool | None


@question(
    "What did this learner do?",
    counted="The learner's events in the course, the newest first.",
)
def learner_timeline(store: EventStore, scope: Scope, *, learner_id: UUID, most: int = 300) -> list[Moment]:
    """One row for each event, at most so many."""
    return rows(store, Moment, "learner_timeline", scope, learner_id=learner_id, most=most)
