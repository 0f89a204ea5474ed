"""What the tutor is asked, where, and how well it answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from learncraft.analytics.questions import Of, question, rows
from learncraft.analytics.scope import Scope
from learncraft.analytics.store import EventStore


@dataclass(frozen=True, slots=True)
class LessonQuestions:
    """Questions asked in one lesson; the zero UUID is outside of lessons."""

    lesson_id: UUID
    questions: int
    learners: int
    answered: int


@dataclass(frozen=True, slots=True)
class TutorDay:
    """One day of the tutor. `mean_rating` is None without ratings."""

    day: date
    questions: int
    learners: int
    answered: int
    ratings: int
    mean_rating: float | None


@question(
    "Where do learners ask the tutor?",
    counted="Questions to the tutor by the lesson they were asked in, and how many the course's material answered. A "
    "lesson with many questions may confuse.",
)
def tutor_by_lesson(store: EventStore, scope: Scope) -> list[LessonQuestions]:
    """One row for each lesson in which anybody asked."""
    return rows(store, LessonQuestions, "tutor_by_lesson", scope)


@question(
    "How is the tutor used, and how is it rated?",
    counted="Questions by day, those that the course's material answered, and the mean of the ratings given that day "
    "(1 to 5).",
    of=Of.BOTH,
)
def tutor_by_day(store: EventStore, scope: Scope) -> list[TutorDay]:
    """One row for each day of the scope, those without questions too."""
    found = {row.day: row for row in rows(store, TutorDay, "tutor_by_day", scope)}
    return [found.get(day, TutorDay(day, 0, 0, 0, 0, None)) for day in scope.each_day()]
