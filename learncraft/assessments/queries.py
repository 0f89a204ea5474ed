"""What learners see of assessments: what awaits them in a lesson, an attempt under way, and its result.

The key leaves the database in `result_for` only, and only once it may be shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Select, bindparam, func, select, true
from sqlalchemy.orm import Session

from learncraft.accounts.viewer import Viewer
from learncraft.assessments import grading, live, ordering
from learncraft.assessments.code_shapes import CodeKey
from learncraft.assessments.models import (
    Answer,
    Assessment,
    AssessmentAttempt,
    AssessmentDraw,
    AttemptStatus,
    Question,
    QuestionBankItem,
    QuestionType,
)
from learncraft.assessments.records import Regrading
from learncraft.assessments.shapes import Option, Response, RubricKey
from learncraft.assessments.views import (
    AskedCode,
    AskedOption,
    AskedQuestion,
    AttemptResult,
    AttemptView,
    LessonAssessment,
    PastAttempt,
    PastGrading,
    ReviewedOption,
    ReviewedQuestion,
)
from learncraft.courses.models import Course, Lesson, Module

OPEN = AttemptStatus.IN_PROGRESS
IS_SHOWN = ~Assessment.grades_held | Assessment.grades_released_at.is_not(None)


def assessments_of_lesson(
    session: Session, learner_id: UUID, lesson_id: UUID, *, hidden_too: bool = False
) -> list[LessonAssessment]:
    """The published assessments of a lesson, oldest first, with the learner's attempts at each. One query.

    Those who write the lesson see it with the hidden ones too.
    """
    rows = session.execute(_announced_in_lesson(hidden_too), {"learner": learner_id, "lesson": lesson_id})
    return [LessonAssessment(*row) for row in rows]


@cache
def _announced_in_lesson(hidden_too: bool) -> Select[*tuple[Any, ...]]:
    """Made once, as every look at a lesson asks it: to put it together takes longer than to ask."""
    wanted = _announced().where(Assessment.lesson_id == bindparam("lesson"))
    if not hidden_too:
        wanted = wanted.where(Assessment.is_published)
    return wanted.order_by(Assessment.created_at, Assessment.id)


def assessment_for(session: Session, learner_id: UUID, assessment_id: UUID) -> LessonAssessment | None:
    """One published assessment of a published lesson, with the learner's attempts. One query.

    What it tells is no secret; whether the learner may start is for `service.start_attempt` to say.
    """
    row = session.execute(
        _announced()
        .join(Lesson, Lesson.id == Assessment.lesson_id)
        .join(Module, Module.id == Lesson.module_id)
        .where(Assessment.id == assessment_id, Assessment.is_published, Lesson.is_published, Module.is_published),
        {"learner": learner_id},
    ).first()
    return LessonAssessment(*row) if row else None


def _announced() -> Select[*tuple[Any, ...]]:
    """Of assessments, with the attempts of the parameter `learner`."""
    asked = (
        select(func.count().label("questions"), func.coalesce(func.sum(Question.points), 0).label("points"))
        .where(Question.assessment_id == Assessment.id, Question.retired_at.is_(None), ~Question.is_drawn)
        .lateral("asked")
    )
    drawn = _drawn()
    mine = (AssessmentAttempt.assessment_id == Assessment.id) & (AssessmentAttempt.user_id == bindparam("learner"))
    tried = (
        select(
            func.count().label("used"),
            func.max(AssessmentAttempt.percent_score).filter(IS_SHOWN).label("best"),
            func.coalesce(func.bool_or(AssessmentAttempt.is_passing).filter(IS_SHOWN), False).label("passed"),
        )
        .where(mine)
        .lateral("tried")
    )
    ids = select(AssessmentAttempt.id).where(mine)
    closed = ids.where(AssessmentAttempt.status != OPEN).order_by(AssessmentAttempt.attempt_number.desc()).limit(1)
    return (
        select(
            Assessment.id,
            Assessment.lesson_id,
            Assessment.title,
            func.coalesce(Assessment.description, ""),
            Assessment.assessment_type,
            Assessment.passing_score,
            Assessment.time_limit_minutes,
            Assessment.max_attempts,
            Assessment.available_from,
            Assessment.available_until,
            asked.c.questions + drawn.c.questions,
            asked.c.points + drawn.c.points,
            tried.c.used,
            tried.c.best,
            tried.c.passed,
            ids.where(AssessmentAttempt.status == OPEN).scalar_subquery(),
            closed.scalar_subquery(),
        )
        .select_from(Assessment)
        .join(asked, true())
        .join(drawn, true())
        .join(tried, true())
    )


def _drawn() -> Any:
    """What the rules of an assessment add to each attempt; all that one rule draws from is worth the same."""
    worth = (
        select(func.max(Question.points))
        .join(QuestionBankItem, QuestionBankItem.id == Question.bank_item_id)
        .where(
            Question.assessment_id == AssessmentDraw.assessment_id,
            Question.is_drawn,
            Question.retired_at.is_(None),
            QuestionBankItem.bank_id == AssessmentDraw.bank_id,
            AssessmentDraw.tag.is_(None) | (AssessmentDraw.tag == func.any(QuestionBankItem.tags)),
        )
        .scalar_subquery()
    )
    return (
        select(
            func.coalesce(func.sum(AssessmentDraw.question_count), 0).label("questions"),
            func.coalesce(func.sum(AssessmentDraw.question_count * worth), 0).label("points"),
        )
        .where(AssessmentDraw.assessment_id == Assessment.id)
        .lateral("drawn")
    )


def current_attempt(session: Session, learner_id: UUID, assessment_id: UUID) -> UUID | None:
    """The learner's open attempt at an assessment, whether or not its time is over."""
    return session.scalar(
        select(AssessmentAttempt.id).where(
            AssessmentAttempt.assessment_id == assessment_id,
            AssessmentAttempt.user_id == learner_id,
            AssessmentAttempt.status == AttemptStatus.IN_PROGRESS,
        )
    )


def attempts_of(session: Session, learner_id: UUID, assessment_id: UUID) -> list[PastAttempt]:
    """The learner's attempts at an assessment, the latest first."""
    attempts = session.execute(
        select(AssessmentAttempt, IS_SHOWN)
        .join(Assessment, Assessment.id == AssessmentAttempt.assessment_id)
        .where(AssessmentAttempt.assessment_id == assessment_id, AssessmentAttempt.user_id == learner_id)
        .order_by(AssessmentAttempt.attempt_number.desc())
        .execution_options(populate_existing=True)
    )
    return [
        PastAttempt(
            id=attempt.id,
            attempt_number=attempt.attempt_number,
            status=attempt.status,
            score=attempt.score if is_shown else None,
            total_points=attempt.total_points,
            percent=attempt.percent_score if is_shown else None,
            is_passing=attempt.is_passing if is_shown else None,
            started_at=attempt.started_at,
            submitted_at=attempt.submitted_at,
            time_taken_seconds=attempt.time_taken_seconds,
        )
        for attempt, is_shown in attempts
    ]


def attempt_for(session: Session, viewer: Viewer, attempt_id: UUID) -> AttemptView | None:
    """The viewer's own attempt, with its questions in their order and what is saved. Two queries."""
    found = _own(session, viewer.id, attempt_id)
    if found is None:
        return None
    attempt, assessment = found.attempt, found.assessment
    return AttemptView(
        **found.place,
        id=attempt.id,
        assessment_id=assessment.id,
        title=assessment.title,
        description=assessment.description or "",
        assessment_type=assessment.assessment_type,
        passing_score=assessment.passing_score,
        attempt_number=attempt.attempt_number,
        max_attempts=assessment.max_attempts,
        status=attempt.status,
        started_at=attempt.started_at,
        deadline_at=attempt.deadline_at,
        read_at=found.read_at,
        extra_seconds=attempt.extra_seconds,
        is_proctored=assessment.is_proctored,
        is_shown=is_shown(assessment),
        tutor_help=live.help_in(assessment.assessment_type, assessment.tutor_help),
        questions=tuple(_asked(found, number, *row) for number, row in enumerate(paper(session, attempt), 1)),
    )


def result_for(session: Session, viewer_id: UUID, attempt_id: UUID) -> AttemptResult | None:
    """What came of the viewer's own closed attempt; None while there is nothing to see. At most three queries."""
    found = _own(session, viewer_id, attempt_id)
    if found is None:
        return None
    attempt, assessment = found.attempt, found.assessment
    if attempt.submitted_at is None or attempt.score is None or not is_shown(assessment):
        return None
    shows = shows_answers(assessment, found.read_at)
    rows = paper(session, attempt) if shows else []
    return AttemptResult(
        **found.place,
        attempt_id=attempt.id,
        assessment_id=assessment.id,
        title=assessment.title,
        assessment_type=assessment.assessment_type,
        passing_score=assessment.passing_score,
        attempt_number=attempt.attempt_number,
        max_attempts=assessment.max_attempts,
        status=attempt.status,
        score=attempt.score,
        total_points=attempt.total_points or Decimal(0),
        percent=attempt.percent_score or Decimal(0),
        is_passing=bool(attempt.is_passing),
        started_at=attempt.started_at,
        submitted_at=attempt.submitted_at,
        time_taken_seconds=attempt.time_taken_seconds or 0,
        extra_seconds=attempt.extra_seconds,
        shows_answers=shows,
        answers_from=assessment.available_until if assessment.show_answers_after and not shows else None,
        questions=tuple(_reviewed(found, number, *row) for number, row in enumerate(rows, 1)),
        regradings=tuple(regradings_of(session, attempt_id)),
    )


def is_shown(assessment: Assessment) -> bool:
    """Whether learners may see their results yet."""
    return not assessment.grades_held or assessment.grades_released_at is not None


def shows_answers(assessment: Assessment, now: datetime) -> bool:
    """Whether the key may be shown with a result: never, at once, or once nobody can start an attempt any more."""
    if not assessment.show_answers_after:
        return False
    closes = assessment.available_until
    return not assessment.answers_after_close or (closes is not None and now >= closes)


def regradings_of(session: Session, attempt_id: UUID) -> list[PastGrading]:
    """The new gradings of an attempt, the first one first. The caller says who may read them."""
    rows = session.scalars(
        select(Regrading).where(Regrading.attempt_id == attempt_id).order_by(Regrading.created_at, Regrading.id)
    )
    return [
        PastGrading(row.reason, row.old_score, row.new_score, row.old_percent, row.new_percent, row.created_at)
        for row in rows
    ]


def paper(session: Session, attempt: AssessmentAttempt) -> list[tuple[Question, Answer | None]]:
    """The questions of an attempt in their order, each with its answer if there is one. One query."""
    order = {UUID(name): place for place, name in enumerate(attempt.question_ids)}
    rows = session.execute(
        select(Question, Answer)
        .outerjoin(Answer, (Answer.question_id == Question.id) & (Answer.attempt_id == attempt.id))
        .where(Question.id.in_(order))
        .execution_options(populate_existing=True)  # another tab may have saved since
    )
    return sorted(((question, answer) for question, answer in rows), key=lambda row: order[row[0].id])


@dataclass(frozen=True, slots=True)
class _Own:
    attempt: AssessmentAttempt
    assessment: Assessment
    place: dict[str, Any]
    read_at: datetime


def _own(session: Session, learner_id: UUID, attempt_id: UUID) -> _Own | None:
    row = session.execute(
        select(
            AssessmentAttempt,
            Assessment,
            Lesson.id.label("lesson_id"),
            Lesson.title.label("lesson_title"),
            Course.id.label("course_id"),
            Course.slug.label("course_slug"),
            Course.title.label("course_title"),
            func.clock_timestamp(),
        )
        .join(Assessment, Assessment.id == AssessmentAttempt.assessment_id)
        .join(Lesson, Lesson.id == Assessment.lesson_id)
        .join(Module, Module.id == Lesson.module_id)
        .join(Course, Course.id == Module.course_id)
        .where(AssessmentAttempt.id == attempt_id, AssessmentAttempt.user_id == learner_id)
        .execution_options(populate_existing=True)
    ).first()
    if row is None:
        return None
    attempt, assessment, *_, read_at = row
    names = ("lesson_id", "lesson_title", "course_id", "course_slug", "course_title")
    return _Own(attempt, assessment, {name: getattr(row, name) for name in names}, read_at)


def _options(found: _Own, question: Question) -> list[Option]:
    """The options in the order that this attempt shows them in."""
    options = grading.parse_options(question.options)
    if not found.assessment.shuffle_options:
        return list(options)
    return ordering.shuffled(options, ordering.mixed(found.attempt.id, question.id), lambda option: option.id)


def _response(question: Question, answer: Answer | None) -> Response | None:
    if answer is None or answer.response is None:
        return None
    return grading.parse_response(question.question_type, answer.response)


def _asked(found: _Own, place: int, question: Question, answer: Answer | None) -> AskedQuestion:
    return AskedQuestion(
        id=question.id,
        place=place,
        question_type=question.question_type,
        content=question.content,
        content_format=question.content_format,
        options=tuple(AskedOption(option.id, option.text) for option in _options(found, question)),
        points=question.points,
        response=_response(question, answer),
        sequence=answer.sequence if answer else 0,
        **_told_before(question),
    )


def _told_before(question: Question) -> dict[str, Any]:
    """What of a key is no secret: by which rubric people will mark, which files they take, which tests are visible."""
    if question.question_type not in {QuestionType.SHORT_ANSWER, QuestionType.CODE}:
        return {}
    key = grading.parse_key(question.question_type, question.correct_answer)
    if isinstance(key, CodeKey):
        visible = tuple(test for test in key.tests if not test.is_hidden)
        return {"code": AskedCode(key.starter, visible, len(key.tests) - len(visible))}
    return {"rubric": key.rubric, "upload": key.upload} if isinstance(key, RubricKey) else {}


def _reviewed(found: _Own, place: int, question: Question, answer: Answer | None) -> ReviewedQuestion:
    key = grading.parse_key(question.question_type, question.correct_answer)
    response = _response(question, answer)
    if isinstance(key, CodeKey):
        key = key.without_secrets()
    right, chosen = grading.option_ids(key), grading.option_ids(response)
    return ReviewedQuestion(
        id=question.id,
        place=place,
        question_type=question.question_type,
        content=question.content,
        content_format=question.content_format,
        options=tuple(
            ReviewedOption(
                id=option.id,
                text=option.text,
                is_right=option.id in right,
                is_chosen=option.id in chosen,
                feedback=option.feedback if option.id in chosen else "",
            )
            for option in _options(found, question)
        ),
        points=question.points,
        response=response,
        key=key,
        explanation=question.explanation or "",
        earned=answer.points_earned if answer else Decimal(0),
        is_correct=bool(answer and answer.is_correct),
        reason=(answer.feedback if answer else None) or "",
    )
