"""Papers on the desk of who marks: what waits, what was handed in, and what others gave for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import FromClause, func, select
from sqlalchemy.orm import Session

from learncraft import connecting
from learncraft.accounts.models import User
from learncraft.accounts.viewer import Viewer
from learncraft.assessments import grading, handed_in, marking, proctoring, queries
from learncraft.assessments.handed_in import GivenFile
from learncraft.assessments.models import Answer, Assessment, AssessmentAttempt, AttemptStatus, Question
from learncraft.assessments.records import Mark
from learncraft.assessments.shapes import Response, RubricKey
from learncraft.assessments.views import PastGrading
from learncraft.courses.models import Course, Lesson, Module
from learncraft.courses.teaching import is_taught_by

NAME = User.first_name + " " + User.last_name
PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class Waiting:
    """An assessment that people grade, or whose results are held."""

    assessment_id: UUID
    title: str
    course: str
    attempts: int  # that wait for marks
    mine: int  # of them, those that this person hasn't marked yet
    oldest: datetime | None
    graders_needed: int
    is_held: bool


@dataclass(frozen=True, slots=True)
class OnePaper:
    """An attempt in the list of an assessment."""

    attempt_id: UUID
    learner: str
    attempt_number: int
    status: AttemptStatus
    submitted_at: datetime | None
    percent: Decimal | None
    marked_by_me: bool


@dataclass(frozen=True, slots=True)
class GivenMark:
    """A mark as graders see it."""

    grader_id: UUID
    grader: str
    points: Decimal
    levels: dict[str, str]
    comment: str


@dataclass(frozen=True, slots=True)
class PaperAnswer:
    """One answer on the desk. Other people's marks are empty until one's own is given, or all are."""

    question_id: UUID
    place: int
    content: str
    content_format: str
    points: Decimal
    key: object
    response: Response | None
    chosen: tuple[str, ...]  # the options that were chosen, in their words
    files: tuple[GivenFile, ...]
    is_graded: bool
    earned: Decimal
    reason: str
    mine: GivenMark | None
    others: tuple[GivenMark, ...]

    @property
    def is_for_people(self) -> bool:
        """Whether people mark it."""
        return isinstance(self.key, RubricKey)


@dataclass(frozen=True, slots=True)
class Paper:
    """One closed attempt as those who teach see it, with what was seen of it if it was proctored."""

    attempt_id: UUID
    assessment_id: UUID
    title: str
    course: str
    learner: str
    attempt_number: int
    status: AttemptStatus
    submitted_at: datetime | None
    score: Decimal | None
    total_points: Decimal | None
    percent: Decimal | None
    extra_seconds: int
    is_proctored: bool
    graders_needed: int
    answers: tuple[PaperAnswer, ...]
    facts: tuple[proctoring.Fact, ...]
    regradings: tuple[PastGrading, ...]


def waiting(session: Session, viewer: Viewer) -> list[Waiting]:
    """What the viewer may grade or release, the longest waiting first. One query."""
    connecting.plan_for_values(session)  # few assessments of a teacher, or all of a platform
    mine = select(Mark.attempt_id).where(Mark.grader_id == viewer.id)
    # Counted from the index of what is handed in, so that nobody walks over all closed attempts.
    counted = (
        select(
            AssessmentAttempt.assessment_id,
            func.count().label("attempts"),
            func.count().filter(AssessmentAttempt.id.not_in(mine)).label("mine"),
            func.min(AssessmentAttempt.submitted_at).label("oldest"),
        )
        .where(AssessmentAttempt.status == AttemptStatus.SUBMITTED)
        .group_by(AssessmentAttempt.assessment_id)
    )
    if viewer.reviews_content:
        waits: FromClause = counted.subquery("waits")
    else:  # a teacher has few assessments, so each is asked; who sees all counts all at once
        waits = counted.where(AssessmentAttempt.assessment_id == Assessment.id).lateral("waits")
    is_held = Assessment.grades_held & Assessment.grades_released_at.is_(None)
    has_closed = (
        select(AssessmentAttempt.id)
        .where(AssessmentAttempt.assessment_id == Assessment.id, AssessmentAttempt.status != AttemptStatus.IN_PROGRESS)
        .exists()
    )
    rows = session.execute(
        select(
            Assessment.id,
            Assessment.title,
            Course.title,
            func.coalesce(waits.c.attempts, 0),
            func.coalesce(waits.c.mine, 0),
            waits.c.oldest,
            Assessment.graders_needed,
            is_held,
        )
        .outerjoin(waits, waits.c.assessment_id == Assessment.id)
        .join(Lesson, Lesson.id == Assessment.lesson_id)
        .join(Module, Module.id == Lesson.module_id)
        .join(Course, Course.id == Module.course_id)
        .where(
            waits.c.assessment_id.is_not(None) | (is_held & has_closed),
            Course.deleted_at.is_(None),
            is_taught_by(viewer),
        )
        .order_by(waits.c.oldest.nulls_last(), Assessment.id)
    )
    return [Waiting(*row) for row in rows]


def papers(session: Session, viewer: Viewer, assessment_id: UUID, *, page: int = 1) -> list[OnePaper]:
    """A page of the closed attempts of an assessment: those that wait first, the oldest first."""
    marked = select(Mark.id).where(Mark.attempt_id == AssessmentAttempt.id, Mark.grader_id == viewer.id).exists()
    rows = session.execute(
        select(
            AssessmentAttempt.id,
            NAME,
            AssessmentAttempt.attempt_number,
            AssessmentAttempt.status,
            AssessmentAttempt.submitted_at,
            AssessmentAttempt.percent_score,
            marked,
        )
        .join(User, User.id == AssessmentAttempt.user_id)
        .join(Assessment, Assessment.id == AssessmentAttempt.assessment_id)
        .join(Lesson, Lesson.id == Assessment.lesson_id)
        .join(Module, Module.id == Lesson.module_id)
        .join(Course, Course.id == Module.course_id)
        .where(
            Assessment.id == assessment_id,
            AssessmentAttempt.status != AttemptStatus.IN_PROGRESS,
            is_taught_by(viewer),
        )
        .order_by(
            AssessmentAttempt.status != AttemptStatus.SUBMITTED, AssessmentAttempt.submitted_at, AssessmentAttempt.id
        )
        .limit(PAGE_SIZE)
        .offset(PAGE_SIZE * (max(1, page) - 1))
    )
    return [OnePaper(*row) for row in rows]


def count_papers(session: Session, viewer: Viewer, assessment_id: UUID) -> int:
    """How many closed attempts there are in all."""
    found = session.scalar(
        select(func.count())
        .select_from(AssessmentAttempt)
        .join(Assessment, Assessment.id == AssessmentAttempt.assessment_id)
        .join(Lesson, Lesson.id == Assessment.lesson_id)
        .join(Module, Module.id == Lesson.module_id)
        .join(Course, Course.id == Module.course_id)
        .where(
            Assessment.id == assessment_id,
            AssessmentAttempt.status != AttemptStatus.IN_PROGRESS,
            is_taught_by(viewer),
        )
    )
    return found or 0


def paper(session: Session, viewer: Viewer, attempt_id: UUID) -> Paper | None:
    """One closed attempt for those who teach its course; None for everybody else. At most six queries."""
    row = session.execute(
        select(AssessmentAttempt, Assessment, Course.title, NAME)
        .join(User, User.id == AssessmentAttempt.user_id)
        .join(Assessment, Assessment.id == AssessmentAttempt.assessment_id)
        .join(Lesson, Lesson.id == Assessment.lesson_id)
        .join(Module, Module.id == Lesson.module_id)
        .join(Course, Course.id == Module.course_id)
        .where(
            AssessmentAttempt.id == attempt_id,
            AssessmentAttempt.status != AttemptStatus.IN_PROGRESS,
            is_taught_by(viewer),
        )
        .execution_options(populate_existing=True)
    ).first()
    if row is None:
        return None
    attempt, assessment, course, learner = row
    given = _marks_of(session, attempt_id)
    files = handed_in.files_of(session, attempt_id)
    answers = tuple(
        _answer(viewer, place, question, answer, given.get(question.id, []), files)
        for place, (question, answer) in enumerate(queries.paper(session, attempt), 1)
    )
    return Paper(
        attempt_id=attempt.id,
        assessment_id=assessment.id,
        title=assessment.title,
        course=course,
        learner=learner,
        attempt_number=attempt.attempt_number,
        status=attempt.status,
        submitted_at=attempt.submitted_at,
        score=attempt.score,
        total_points=attempt.total_points,
        percent=attempt.percent_score,
        extra_seconds=attempt.extra_seconds,
        is_proctored=assessment.is_proctored,
        graders_needed=assessment.graders_needed,
        answers=answers,
        facts=tuple(proctoring.facts_of(session, attempt_id)) if assessment.is_proctored else (),
        regradings=tuple(queries.regradings_of(session, attempt_id)),
    )


def _marks_of(session: Session, attempt_id: UUID) -> dict[UUID, list[GivenMark]]:
    rows = session.execute(
        select(Mark, NAME)
        .join(User, User.id == Mark.grader_id)
        .where(Mark.attempt_id == attempt_id)
        .order_by(Mark.created_at, Mark.id)
        .execution_options(populate_existing=True)
    )
    found: dict[UUID, list[GivenMark]] = {}
    for mark, name in rows:
        given = GivenMark(mark.grader_id, name, mark.points, mark.levels, mark.comment or "")
        found.setdefault(mark.question_id, []).append(given)
    return found


def _answer(
    viewer: Viewer,
    place: int,
    question: Question,
    answer: Answer | None,
    given: list[GivenMark],
    files: list[GivenFile],
) -> PaperAnswer:
    raw = answer.response if answer else None
    response = None if raw is None else grading.parse_response(question.question_type, raw)
    is_graded = bool(answer and answer.is_correct is not None)
    mine = next((mark for mark in given if mark.grader_id == viewer.id), None)
    others = tuple(mark for mark in given if mark is not mine)
    named = set(getattr(response, "files", ()))
    return PaperAnswer(
        question_id=question.id,
        place=place,
        content=question.content,
        content_format=question.content_format,
        points=question.points,
        key=grading.parse_key(question.question_type, question.correct_answer),
        response=response,
        chosen=tuple(
            option.text
            for option in grading.parse_options(question.options)
            if option.id in grading.option_ids(response)
        ),
        files=tuple(one for one in files if one.id in named and one.question_id == question.id),
        is_graded=is_graded,
        earned=answer.points_earned if answer else marking.NOTHING,
        reason=(answer.feedback if answer else None) or "",
        mine=mine,
        others=others if is_graded or mine is not None else (),
    )
