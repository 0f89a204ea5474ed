"""How long lessons really take."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from learncraft.analytics.questions import question, rows
from learncraft.analytics.scope import Scope
from learncraft.analytics.store import EventStore


@dataclass(frozen=True, slots=True)
class LessonTime:
    """Minutes that learners spent in a lesson: the middle half of them, and the middle one."""

    lesson_id: UUID
    learners: int
    lower_quartile: float
    median: float
    upper_quartile: float


@question(
    "How long do lessons take, and how long should they?",
    counted="The time between a learner's events in the lesson, added up; a pause counts as 30 minutes at most. Shown "
    "are the median and the middle half of the learners, beside the author's estimate.",
)
def lesson_time(store: EventStore, scope: Scope) -> list[LessonTime]:
    """One row for each lesson in which anybody has more than one event."""
    return rows(store, LessonTime, "lesson_time", scope)
