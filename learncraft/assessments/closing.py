"""How an open attempt becomes a result."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from learncraft import events
from learncraft.assessments import grading, queries, writes
from learncraft.assessments.models import Answer, AssessmentAttempt, AssessmentType, AttemptStatus, Question
from learncraft.enrollment import service as enrollment
from learncraft.enrollment.errors import NotEnrolledError

MAX_RECORDED = 200  # characters of a typed answer that its event tells


def close(session: Session, locked: writes.LockedAttempt) -> None:
    """Grade an open, locked attempt; tell of it; let the lesson know.

    Whoever has left the course meanwhile still gets the result; only the lesson stays as it was.
    """
    attempt = locked.attempt
    graded = [_graded(question, answer) for question, answer in queries.paper(session, attempt)]
    writes.keep_grades(session, attempt.id, graded)
    _keep_result(locked, graded)
    _tell(session, locked, graded)
    session.flush()
    if locked.assessment.assessment_type == AssessmentType.PRACTICE:
        return  # practice counts neither for the lesson's best result nor for finishing it
    try:
        enrollment.record_quiz_result(
            session,
            learner_id=attempt.user_id,
            lesson_id=locked.where.lesson_id,
            percent=attempt.percent_score or grading.NO_POINTS,
            is_passing=bool(attempt.is_passing),
        )
    except NotEnrolledError:
        return


def _graded(question: Question, answer: Answer | None) -> writes.GradedAnswer:
    given = answer.response if answer else None
    key = grading.parse_key(question.question_type, question.correct_answer)
    response = grading.parse_response(question.question_type, given) if given is not None else None
    return writes.GradedAnswer(question, given, grading.grade(grading.GradedQuestion(key, question.points), response))


def _keep_result(locked: writes.LockedAttempt, graded: list[writes.GradedAnswer]) -> None:
    attempt, now = locked.attempt, locked.now
    is_late = attempt.deadline_at is not None and now > attempt.deadline_at
    ended = attempt.deadline_at if is_late and attempt.deadline_at else now
    attempt.score = grading.total(one.grade for one in graded)
    attempt.total_points = sum((one.question.points for one in graded), grading.NO_POINTS)
    attempt.percent_score = grading.percent(attempt.score, attempt.total_points)
    attempt.is_passing = grading.is_passing(attempt.percent_score, locked.assessment.passing_score)
    attempt.status = AttemptStatus.TIMED_OUT if is_late else AttemptStatus.COMPLETED
    attempt.submitted_at = attempt.completed_at = ended
    attempt.graded_at = now
    attempt.time_taken_seconds = max(0, int((ended - attempt.started_at).total_seconds()))


def _tell(session: Session, locked: writes.LockedAttempt, graded: list[writes.GradedAnswer]) -> None:
    attempt = locked.attempt
    columns: dict[str, Any] = {"attempt_id": attempt.id, **locked.where.columns}
    whole = {"object_id": attempt.assessment_id, **columns}
    result = {"score": attempt.score, "max_score": attempt.total_points, **whole}
    events.record(session, "assessment_submitted", attempt.user_id, **whole)
    for one in graded:
        events.record(
            session,
            "answer_graded",
            attempt.user_id,
            object_id=one.question.id,
            is_correct=one.grade.is_correct,
            score=one.grade.points,
            max_score=one.question.points,
            data=_recorded(one.response),
            **columns,
        )
    events.record(session, "assessment_graded", attempt.user_id, **result)
    events.record(session, _outcome(attempt), attempt.user_id, **result)


def _outcome(attempt: AssessmentAttempt) -> str:
    return "assessment_passed" if attempt.is_passing else "assessment_failed"


def _recorded(response: dict[str, Any] | None) -> dict[str, Any]:
    """The answer as its event tells it: short, and nothing where nothing was answered."""
    if response is None:
        return {}
    if isinstance(response.get("text"), str):
        return {"response": {"text": response["text"][:MAX_RECORDED]}}
    return {"response": response}
