"""Programs that were handed in and wait for their run.

The job that runs them is asked for in the transaction that closes the attempt: a busy sandbox, a dead one or a killed
server delays a grade, and loses nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from learncraft import background
from learncraft.assessments.code_shapes import CodeKey, CodeResponse
from learncraft.assessments.models import Answer, AssessmentAttempt, AttemptStatus, Question, QuestionType

JOB_AFTER = timedelta(seconds=10)  # the page that shows the result is quicker, when somebody looks


@dataclass(frozen=True, slots=True)
class Waiting:
    """A program without a grade."""

    learner_id: UUID
    question_id: UUID
    key: CodeKey
    code: str


def of_attempt(session: Session, attempt_id: UUID) -> list[Waiting]:
    """The programs of a closed attempt that have no grade yet."""
    rows = session.execute(
        select(AssessmentAttempt.user_id, Question.id, Question.correct_answer, Answer.response)
        .join(Answer, Answer.attempt_id == AssessmentAttempt.id)
        .join(Question, Question.id == Answer.question_id)
        .where(
            AssessmentAttempt.id == attempt_id,
            AssessmentAttempt.status == AttemptStatus.SUBMITTED,
            Question.question_type == QuestionType.CODE,
            Answer.is_correct.is_(None),
            Answer.response.is_not(None),
        )
        .order_by(Question.order_index, Question.id)
    )
    return [
        Waiting(learner, question, CodeKey.model_validate(key), CodeResponse.model_validate(response).code)
        for learner, question, key, response in rows
    ]


def ask_for_runs(session: Session, attempt_id: UUID) -> None:
    """Ask for the programs of a closed attempt to be run and graded."""
    background.defer(
        session,
        "grade_programs",
        run_after=datetime.now(UTC) + JOB_AFTER,
        unless_waiting=True,
        attempt_id=str(attempt_id),
    )
