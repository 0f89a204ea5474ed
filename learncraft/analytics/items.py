"""How assessments and their questions work. The statistics are those of `learncraft.assessments.items`."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from learncraft.analytics.questions import question, rows
from learncraft.analytics.scope import Scope
from learncraft.analytics.store import EventStore


@dataclass(frozen=True, slots=True)
class QuestionResult:
    """How a question was answered; None where the numbers allow no such statistic."""

    question_id: UUID
    answers: int
    correct: int
    facility: float | None
    deviation: float | None
    discrimination: float | None
    efficiency: float | None


@dataclass(frozen=True, slots=True)
class Choice:
    """How often an option was chosen, and the mean share of the points that those who chose it earned in all."""

    question_id: UUID
    choice: str
    answers: int
    mean_result: float | None


@dataclass(frozen=True, slots=True)
class AssessmentResult:
    """How an assessment went. Shares are from 0 to 1."""

    assessment_id: UUID
    attempts: int
    learners: int
    passed: int
    mean_result: float | None
    spread: float | None


@dataclass(frozen=True, slots=True)
class Tenth:
    """How many attempts ended in one tenth of the points: 0 is under 10 %."""

    assessment_id: UUID
    tenth: int
    attempts: int


@dataclass(frozen=True, slots=True)
class PassedAt:
    """How many learners passed with which attempt; 0 is not yet."""

    assessment_id: UUID
    attempt: int
    learners: int


@question(
    "Which questions are hard, and which tell strong learners from weak ones?",
    counted="Over all graded attempts. Facility: mean share of the points. Discrimination: correlation of the "
    "question's points with those of the rest of the attempt. Efficiency: that covariance as a share of the highest "
    "possible.",
)
def question_results(store: EventStore, scope: Scope) -> list[QuestionResult]:
    """One row for each question that was answered and graded."""
    return rows(store, QuestionResult, "question_results", scope)


@question(
    "What do learners choose?",
    counted="Each choice of each graded answer, and the mean result of the attempts in which it was made.",
)
def response_choices(store: EventStore, scope: Scope) -> list[Choice]:
    """One row for each question and option that anybody chose."""
    return rows(store, Choice, "response_choices", scope)


@question(
    "How do assessments turn out?",
    counted="Graded attempts and the learners who made them; passed are learners who passed at least once. The result "
    "is the mean share of the points over all attempts.",
)
def assessment_results(store: EventStore, scope: Scope) -> list[AssessmentResult]:
    """One row for each assessment with a graded attempt."""
    return rows(store, AssessmentResult, "assessment_results", scope)


@question(
    "How are the results spread?",
    counted="Graded attempts by the share of points they earned, in tenths.",
)
def score_distribution(store: EventStore, scope: Scope) -> list[Tenth]:
    """One row for each assessment and tenth that occurs."""
    return rows(store, Tenth, "score_distribution", scope)


@question(
    "How many attempts does it take to pass?",
    counted="Learners by the number of the first attempt that passed, and those who have tried and not passed.",
)
def attempts_to_pass(store: EventStore, scope: Scope) -> list[PassedAt]:
    """One row for each assessment and number that occurs."""
    return rows(store, PassedAt, "attempts_to_pass", scope)
