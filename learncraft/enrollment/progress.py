"""How far somebody has come: pure rules, explained in words.

A lesson is finished when the learner says so and has passed each of its assessments that count; practice never
holds anybody up. A course's progress is the share of its published lessons that are finished.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal


@dataclass(frozen=True, slots=True)
class RequiredQuiz:
    """An assessment that must be passed to finish its lesson."""

    title: str
    is_passed: bool


@dataclass(frozen=True, slots=True)
class CourseState:
    """Finished and published lessons. `percent` is 0 to 100, and 100 only when all are finished."""

    completed: int
    total: int
    percent: Decimal

    @property
    def is_finished(self) -> bool:
        """Whether nothing is left; a course without lessons is never finished."""
        return 0 < self.total == self.completed

    @property
    def fraction(self) -> float:
        """The same between 0 and 1, for progress bars."""
        return float(self.percent) / 100

    @property
    def summary(self) -> str:
        """In words, such as '3 of 12 lessons'."""
        return f"{self.completed} of {self.total} {'lesson' if self.total == 1 else 'lessons'}"


def course_state(finished: Iterable[bool]) -> CourseState:
    """The state of a course from whether each of its published lessons is finished.

    The percentage is rounded down, so that 100 % never stands beside an unfinished lesson.
    """
    flags = list(finished)
    completed, total = sum(flags), len(flags)
    share = Decimal(100 * completed) / total if total else Decimal(0)
    return CourseState(completed, total, share.quantize(Decimal("0.01"), rounding=ROUND_DOWN))


def what_is_left(quizzes: Iterable[RequiredQuiz]) -> str | None:
    """What keeps a lesson from being finished, as a sentence; None when nothing does."""
    required = list(quizzes)
    open_titles = [quiz.title for quiz in required if not quiz.is_passed]
    if not open_titles:
        return None
    named = ", ".join(f"“{title}”" for title in open_titles)
    if len(required) == 1:
        return f"Pass {named} to finish this lesson."
    return f"{len(required) - len(open_titles)} of {len(required)} quizzes passed. Still to pass: {named}."
