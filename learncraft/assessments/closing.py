"""How an open attempt becomes a result."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from learncraft import events
from learncraft.assessments import code_waiting, grading, queries, writes
from learncraft.assessments.grading import NO_POINTS
from learncraft.assessments.models import (
    Answer,
    Assessment,
    AssessmentAttempt,
    AssessmentType,
    AttemptStatus,
    Question,
)
from learncraft.enrollment import service as enrollment
from learncraft.enrollment.errors import NotEnrolledError

MAX_RECORDED = 200  # characters of a typed answer that its event tells


def close(session: Session, locked: writes.LockedAttempt) -> None:
    """Close an open, locked attempt: grade what a machine can, tell of it, and settle it unless something waits.

    What waits (for a person to mark it) has an answer without a grade; `settle` is called again when it has one.
    """
    attempt = locked.attempt
    graded, waiting = [], False
    for question, answer in queries.paper(session, attempt):
        one = _graded(question, answer)
        if one is None:
            waiting = True
        else:
            graded.append(one)
    writes.keep_grades(session, attempt.id, graded)
    _hand_in(locked)
    _tell_answers(session, locked, graded)
    if waiting:
        attempt.status = AttemptStatus.SUBMITTED
        session.flush()
        if code_waiting.of_attempt(session, attempt.id):
            code_waiting.ask_for_runs(session, attempt.id)
    else:
        settle(session, locked)


def settle(session: Session, locked: writes.LockedAttempt) -> bool:
    """Give a closed, locked attempt its score if every answer has a grade; says whether it has. Safe to repeat.

    Whoever has left the course meanwhile still gets the result; only the lesson stays as it was.
    """
    attempt, worth = locked.attempt, NO_POINTS
    earned = NO_POINTS
    for question, answer in queries.paper(session, attempt):
        if answer is None or answer.is_correct is None:
            return False
        worth += question.points
        earned += answer.points_earned
    if attempt.status == AttemptStatus.SUBMITTED:
        attempt.status = AttemptStatus.GRADED
    attempt.completed_at = locked.now if attempt.status == AttemptStatus.GRADED else attempt.submitted_at
    attempt.graded_at = locked.now
    keep_score(locked, earned, worth)
    _tell_result(session, locked)
    session.flush()
    if queries.is_shown(locked.assessment):
        tell_lesson(session, locked)
    return True


def keep_score(locked: writes.LockedAttempt, earned: Decimal, worth: Decimal) -> None:
    """Write what was earned of what could be."""
    attempt = locked.attempt
    attempt.score, attempt.total_points = earned, worth
    attempt.percent_score = grading.percent(earned, worth)
    attempt.is_passing = grading.is_passing(attempt.percent_score, locked.assessment.passing_score)


def tell_lesson(session: Session, locked: writes.LockedAttempt) -> None:
    """Let the lesson know of a result that the learner may see."""
    attempt = locked.attempt
    if locked.assessment.assessment_type == AssessmentType.PRACTICE:
        return  # practice counts neither for the lesson's best result nor for finishing it
    try:
        enrollment.record_quiz_result(
            session,
            learner_id=attempt.user_id,
            lesson_id=locked.where.lesson_id,
            percent=attempt.percent_score or NO_POINTS,
            is_passing=bool(attempt.is_passing),
        )
    except NotEnrolledError:
        return


def correct_lesson(session: Session, attempt: AssessmentAttempt, lesson_id: UUID) -> None:
    """Let the lesson's best result follow a new grading; a lesson once finished stays finished."""
    best = session.scalar(
        select(func.max(AssessmentAttempt.percent_score))
        .join(Assessment, Assessment.id == AssessmentAttempt.assessment_id)
        .where(
            Assessment.lesson_id == lesson_id,
            Assessment.assessment_type != AssessmentType.PRACTICE,
            AssessmentAttempt.user_id == attempt.user_id,
            queries.IS_SHOWN,
        )
    )
    if best is not None:
        enrollment.correct_quiz_result(
            session, learner_id=attempt.user_id, lesson_id=lesson_id, best=best, is_passing=bool(attempt.is_passing)
        )


def tell_answer(session: Session, locked: writes.LockedAttempt, one: writes.GradedAnswer) -> None:
    """Record the grade of one answer."""
    events.record(
        session,
        "answer_graded",
        locked.attempt.user_id,
        object_id=one.question.id,
        is_correct=one.grade.is_correct,
        score=one.grade.points,
        max_score=one.question.points,
        data=_recorded(one.response),
        **_columns(locked),
    )


def _graded(question: Question, answer: Answer | None) -> writes.GradedAnswer | None:
    """The grade of an answer; None when it waits for a person, or for a run."""
    given = answer.response if answer else None
    key = grading.parse_key(question.question_type, question.correct_answer)
    response = grading.parse_response(question.question_type, given) if given is not None else None
    if grading.needs_person(key, response) or grading.needs_run(key, response):
        return None
    return writes.GradedAnswer(question, given, grading.grade(grading.GradedQuestion(key, question.points), response))


def _hand_in(locked: writes.LockedAttempt) -> None:
    attempt, now = locked.attempt, locked.now
    is_late = attempt.deadline_at is not None and now > attempt.deadline_at
    ended = attempt.deadline_at if is_late and attempt.deadline_at else now
    attempt.status = AttemptStatus.TIMED_OUT if is_late else AttemptStatus.COMPLETED
    attempt.submitted_at = ended
    attempt.time_taken_seconds = max(0, int((ended - attempt.started_at).total_seconds()))


def _columns(locked: writes.LockedAttempt) -> dict[str, Any]:
    return {"attempt_id": locked.attempt.id, **locked.where.columns}


def _tell_answers(session: Session, locked: writes.LockedAttempt, graded: list[writes.GradedAnswer]) -> None:
    attempt = locked.attempt
    events.record(session, "assessment_submitted", attempt.user_id, object_id=attempt.assessment_id, **_columns(locked))
    for one in graded:
        tell_answer(session, locked, one)


def _tell_result(session: Session, locked: writes.LockedAttempt) -> None:
    attempt = locked.attempt
    result = {
        "score": attempt.score,
        "max_score": attempt.total_points,
        "object_id": attempt.assessment_id,
        **_columns(locked),
    }
    events.record(session, "assessment_graded", attempt.user_id, **result)
    events.record(session, _outcome(attempt), attempt.user_id, **result)


def _outcome(attempt: AssessmentAttempt) -> str:
    return "assessment_passed" if attempt.is_passing else "assessment_failed"


def _recorded(response: dict[str, Any] | None) -> dict[str, Any]:
    """The answer as its event tells it: short, and nothing where nothing was answered."""
    if response is None:
        return {}
    for name in ("text", "code"):
        if isinstance(response.get(name), str):
            return {"response": {name: response[name][:MAX_RECORDED]}}
    return {"response": response}
