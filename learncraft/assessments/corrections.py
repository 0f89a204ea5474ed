"""What those who correct a key read: the question with its key, the corrections so far, and whose scores change."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from learncraft.accounts.models import User
from learncraft.accounts.viewer import Viewer
from learncraft.assessments import authoring, grading
from learncraft.assessments.models import Assessment, Question, QuestionType
from learncraft.assessments.names import in_words
from learncraft.assessments.records import KeyChange, Regrading
from learncraft.assessments.regrading import RegradePreview
from learncraft.assessments.shapes import Key
from learncraft.courses.models import Course, Lesson, Module
from learncraft.courses.teaching import is_taught_by

MOST_LISTED = 300


@dataclass(frozen=True, slots=True)
class PastCorrection:
    """A correction of a key, as teachers read it."""

    changed_at: datetime
    changed_by: str
    reason: str
    old_points: Decimal
    new_points: Decimal
    regraded: int


@dataclass(frozen=True, slots=True)
class AlsoAsked:
    """A question that learners were asked and that its author doesn't see in the list of questions.

    It was drawn from a bank, or it is an earlier version, or was taken out.
    """

    id: UUID
    text: str
    version: int
    is_drawn: bool
    is_retired: bool


@dataclass(frozen=True, slots=True)
class Correctable:
    """A version of a question with its key, for those who may correct it. It is a `StoredQuestion`."""

    id: UUID
    assessment_id: UUID
    assessment: str
    version: int
    question_type: QuestionType
    content: str
    content_format: str
    options: list[Any] | None
    correct_answer: dict[str, Any]
    explanation: str | None
    points: Decimal
    key: Key
    history: tuple[PastCorrection, ...]

    @property
    def corrections(self) -> int:
        """How often it was corrected."""
        return len(self.history)


def correctable(session: Session, viewer: Viewer, question_id: UUID) -> Correctable | None:
    """A question of a course that the viewer teaches, with its corrections so far; None for others. Two queries."""
    row = session.execute(
        select(Question, Assessment.title)
        .join(Assessment, Assessment.id == Question.assessment_id)
        .join(Lesson, Lesson.id == Assessment.lesson_id)
        .join(Module, Module.id == Lesson.module_id)
        .join(Course, Course.id == Module.course_id)
        .where(Question.id == question_id, Course.deleted_at.is_(None), is_taught_by(viewer))
        .execution_options(populate_existing=True)
    ).first()
    if row is None:
        return None
    question, title = row
    regraded = (
        select(func.count()).where(Regrading.key_change_id == KeyChange.id).correlate(KeyChange).scalar_subquery()
    )
    history = session.execute(
        select(
            KeyChange.created_at,
            func.concat_ws(" ", User.first_name, User.last_name),
            KeyChange.reason,
            KeyChange.old_points,
            KeyChange.new_points,
            regraded,
        )
        .join(User, User.id == KeyChange.changed_by)
        .where(KeyChange.question_id == question_id)
        .order_by(KeyChange.created_at, KeyChange.id)
    )
    return Correctable(
        id=question.id,
        assessment_id=question.assessment_id,
        assessment=title,
        version=question.version,
        question_type=question.question_type,
        content=question.content,
        content_format=question.content_format,
        options=question.options,
        correct_answer=question.correct_answer,
        explanation=question.explanation,
        points=question.points,
        key=grading.parse_key(question.question_type, question.correct_answer),
        history=tuple(PastCorrection(*one) for one in history),
    )


def also_asked(session: Session, assessment_id: UUID) -> list[AlsoAsked]:
    """What else learners were asked in an assessment, by its words; the caller may write it. One query."""
    rows = session.execute(
        select(Question.id, Question.content, Question.version, Question.is_drawn, Question.retired_at.is_not(None))
        .where(
            Question.assessment_id == assessment_id,
            Question.is_drawn | Question.retired_at.is_not(None),
            authoring.was_asked(),
        )
        .order_by(Question.content, Question.version.desc(), Question.id)
        .limit(MOST_LISTED)
    )
    return [AlsoAsked(row[0], in_words(row[1])[:80], *row[2:]) for row in rows]


def names_of(session: Session, preview: RegradePreview) -> dict[UUID, str]:
    """Who the learners of a preview are."""
    wanted = {one.learner_id for one in preview.changed}
    rows = session.execute(
        select(User.id, func.concat_ws(" ", User.first_name, User.last_name).label("full")).where(User.id.in_(wanted))
    )
    return {row.id: row.full for row in rows}
