"""How labs and flashcards go."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from learncraft.analytics.questions import question, rows
from learncraft.analytics.scope import Scope
from learncraft.analytics.store import EventStore


@dataclass(frozen=True, slots=True)
class LabResult:
    """How a lab went. `median_minutes` is None while nobody passed."""

    lab_id: UUID
    learners: int
    passed: int
    all_checks: int
    failed_checks: int
    median_minutes: float | None


@dataclass(frozen=True, slots=True)
class Memory:
    """How many cards were remembered so many days after they were last seen."""

    days: int
    reviews: int
    remembered: int


@question(
    "How do labs go?",
    counted="Learners who started, checked or passed the lab, how many of them passed, how often the check failed, and "
    "the median time from the first start to the first pass.",
)
def lab_results(store: EventStore, scope: Scope) -> list[LabResult]:
    """One row for each lab that anybody used."""
    return rows(store, LabResult, "lab_results", scope)


@question(
    "How well are flashcards remembered?",
    counted="Reviews by the whole days since the same learner saw the same card before, and the share remembered. "
    "First views are left out.",
)
def flashcard_memory(store: EventStore, scope: Scope) -> list[Memory]:
    """One row for each number of days that occurs."""
    return rows(store, Memory, "flashcard_memory", scope)
