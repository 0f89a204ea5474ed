"""What a learner is being examined in at this moment, and what the tutor may do for them there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from learncraft.accounts.viewer import Viewer
from learncraft.assessments import grading
from learncraft.assessments.code_shapes import CodeKey
from learncraft.assessments.models import (
    Answer,
    Assessment,
    AssessmentAttempt,
    AssessmentType,
    AttemptStatus,
    Question,
    TutorHelp,
)
from learncraft.assessments.shapes import (
    AcceptedNumber,
    AcceptedText,
    BlankKey,
    ChoiceKey,
    ChoicesKey,
    Key,
    RubricKey,
    TruthKey,
)
from learncraft.courses.models import Course, Lesson, Module
from learncraft.courses.teaching import is_taught_by
from learncraft.errors import NotFoundError

BY_TYPE = {
    AssessmentType.EXAM: TutorHelp.NOTHING,
    AssessmentType.CERTIFICATION: TutorHelp.NOTHING,
    AssessmentType.PRACTICE: TutorHelp.ANSWERS,
}
STRICTEST_FIRST = (TutorHelp.NOTHING, TutorHelp.HINTS, TutorHelp.ANSWERS)


@dataclass(frozen=True, slots=True)
class OpenAttempt:
    """An attempt under way, and what the tutor may do meanwhile."""

    title: str
    course_id: UUID
    help: TutorHelp


@dataclass(frozen=True, slots=True)
class AskedAbout:
    """A question of an open attempt that its learner wants a hint for.

    `secrets` are wordings that would give its key away. They are for comparing on the server, and reach nobody.
    """

    attempt_id: UUID
    question_id: UUID
    course_id: UUID
    lesson_id: UUID
    text: str
    help: TutorHelp
    is_practice: bool
    has_answer: bool
    secrets: tuple[str, ...]
    is_statement: bool  # to be judged true or false: what says the same, or the opposite, gives it away


def help_in(kind: AssessmentType, chosen: TutorHelp | None) -> TutorHelp:
    """What the tutor may do in an attempt: what its author chose, else what is usual for the type."""
    return chosen if chosen is not None else BY_TYPE.get(kind, TutorHelp.HINTS)


def open_attempts(session: Session, learner_id: UUID) -> list[OpenAttempt]:
    """The learner's attempts under way by the database's clock, the strictest first. One query."""
    rows = session.execute(
        _open(select(Assessment.title, Module.course_id, Assessment.assessment_type, Assessment.tutor_help), learner_id)
    )
    found = [OpenAttempt(title, course_id, help_in(kind, chosen)) for title, course_id, kind, chosen in rows]
    return sorted(found, key=lambda one: STRICTEST_FIRST.index(one.help))


def _open(wanted: Any, learner_id: UUID) -> Any:
    return (
        wanted.select_from(AssessmentAttempt)
        .join(Assessment, Assessment.id == AssessmentAttempt.assessment_id)
        .join(Lesson, Lesson.id == Assessment.lesson_id)
        .join(Module, Module.id == Lesson.module_id)
        .where(
            AssessmentAttempt.user_id == learner_id,
            AssessmentAttempt.status == AttemptStatus.IN_PROGRESS,
            or_(AssessmentAttempt.deadline_at.is_(None), AssessmentAttempt.deadline_at > func.now()),
        )
    )


def asked_about(session: Session, learner_id: UUID, attempt_id: UUID, question_id: UUID) -> AskedAbout:
    """A question of the learner's own open attempt, for a hint. One query.

    Raises:
        NotFoundError: they have no such attempt open, or it doesn't ask this question.
    """
    row = session.execute(
        _open(
            select(AssessmentAttempt, Assessment, Module.course_id, Question, Answer.response.is_not(None)), learner_id
        )
        .join(Question, Question.assessment_id == Assessment.id)
        .outerjoin(Answer, (Answer.question_id == Question.id) & (Answer.attempt_id == AssessmentAttempt.id))
        .where(AssessmentAttempt.id == attempt_id, Question.id == question_id)
    ).first()
    if row is None or str(question_id) not in row[0].question_ids:
        raise NotFoundError("This attempt is over, so there are no more hints.")
    attempt, assessment, course_id, question, has_answer = row
    assert assessment.lesson_id is not None
    key = grading.parse_key(question.question_type, question.correct_answer)
    options = {option.id: option.text for option in grading.parse_options(question.options)}
    return AskedAbout(
        attempt_id=attempt.id,
        question_id=question.id,
        course_id=course_id,
        lesson_id=assessment.lesson_id,
        text=question.content,
        help=help_in(assessment.assessment_type, assessment.tutor_help),
        is_practice=assessment.assessment_type == AssessmentType.PRACTICE,
        has_answer=bool(has_answer),
        secrets=secrets(key, options),
        is_statement=isinstance(key, TruthKey),
    )


def secrets(key: Key, options: dict[str, str]) -> tuple[str, ...]:
    """The wordings that would give a key away. Pure."""
    match key:
        case ChoiceKey(option=right):
            return (options.get(right, ""),)
        case ChoicesKey(options=right):
            return tuple(options.get(one, "") for one in sorted(right))
        case BlankKey(accepted=accepted):
            said = (
                one.text if isinstance(one, AcceptedText) else str(one.value) if isinstance(one, AcceptedNumber) else ""
                for one in accepted
            )
            return tuple(filter(None, said))
        case RubricKey(sample=sample):
            return tuple(filter(None, (line.strip() for line in sample.split("\n"))))
        case CodeKey(solution=solution):
            return tuple(filter(None, (line.strip() for line in solution.split("\n"))))
        case _:
            return ()


@dataclass(frozen=True, slots=True)
class HelpRule:
    """An assessment of a course, and what the tutor may do in it."""

    assessment_id: UUID
    title: str
    lesson: str
    kind: AssessmentType
    chosen: TutorHelp | None


def help_rules(session: Session, course_id: UUID, *, assessment_id: UUID | None = None) -> list[HelpRule]:
    """The assessments of a course in order, or one of them. The caller says who may read them. One query."""
    wanted = [Assessment.id == assessment_id] if assessment_id is not None else []
    rows = session.execute(
        select(Assessment.id, Assessment.title, Lesson.title, Assessment.assessment_type, Assessment.tutor_help)
        .join(Lesson, Lesson.id == Assessment.lesson_id)
        .join(Module, Module.id == Lesson.module_id)
        .where(Module.course_id == course_id, *wanted)
        .order_by(Module.order_index, Lesson.order_index, Assessment.created_at)
    )
    return [HelpRule(*row) for row in rows]


def choose_help(session: Session, viewer: Viewer, *, assessment_id: UUID, chosen: TutorHelp | None) -> None:
    """Say what the tutor may do while an attempt of an assessment is open; None goes by its type.

    Raises:
        NotFoundError: the viewer doesn't teach it.
    """
    found = session.scalar(
        select(Assessment)
        .join(Lesson, Lesson.id == Assessment.lesson_id)
        .join(Module, Module.id == Lesson.module_id)
        .join(Course, Course.id == Module.course_id)
        .where(Assessment.id == assessment_id, Course.deleted_at.is_(None), is_taught_by(viewer))
    )
    if found is None:
        raise NotFoundError("This assessment is gone, or isn't yours.")
    found.tutor_help = chosen
    session.flush()
