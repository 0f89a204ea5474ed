"""Who may write and grade what: those who teach a course, and whoever reviews all content."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import String, cast, func, literal, select
from sqlalchemy.orm import Session

from learncraft.accounts.models import User
from learncraft.accounts.viewer import Viewer
from learncraft.assessments.errors import NotYoursToGradeError
from learncraft.assessments.models import Assessment, AssessmentType
from learncraft.assessments.records import AssessmentDraft
from learncraft.courses.models import Course, Lesson, Module
from learncraft.courses.teaching import is_taught_by
from learncraft.enrollment.models import Enrollment


def check_teaches(session: Session, viewer: Viewer, course_id: UUID, assessment_id: UUID | None = None) -> None:
    """Let those pass who teach a course; with an assessment, one of this course.

    Raises:
        NotYoursToGradeError: they don't, or it isn't.
    """
    wanted = select(literal(1)).where(Course.id == course_id, Course.deleted_at.is_(None), is_taught_by(viewer))
    if assessment_id is not None:
        wanted = wanted.where(
            select(literal(1))
            .select_from(Assessment)
            .join(Lesson, Lesson.id == Assessment.lesson_id)
            .join(Module, Module.id == Lesson.module_id)
            .where(Assessment.id == assessment_id, Module.course_id == Course.id)
            .exists()
        )
    if session.scalar(wanted) is None:
        raise NotYoursToGradeError


def is_in_course(session: Session, learner_id: UUID, course_id: UUID) -> bool:
    """Whether a person has, or had, a place in a course."""
    wanted = select(literal(1)).where(Enrollment.user_id == learner_id, Enrollment.course_id == course_id)
    return session.scalar(wanted) is not None


@dataclass(frozen=True, slots=True)
class TaughtAssessment:
    """An assessment and its course, for those who teach it."""

    id: UUID
    title: str
    course_id: UUID
    course: str


def taught_assessment(session: Session, viewer: Viewer, assessment_id: UUID) -> TaughtAssessment | None:
    """An assessment of a course that the viewer teaches; None for everybody else."""
    row = session.execute(
        select(Assessment.id, Assessment.title, Course.id, Course.title)
        .join(Lesson, Lesson.id == Assessment.lesson_id)
        .join(Module, Module.id == Lesson.module_id)
        .join(Course, Course.id == Module.course_id)
        .where(Assessment.id == assessment_id, Course.deleted_at.is_(None), is_taught_by(viewer))
    ).first()
    return TaughtAssessment(*row) if row is not None else None


def learner_by_email(session: Session, course_id: UUID, email: str) -> UUID | None:
    """A person of a course by their address, however it is capitalised."""
    return session.scalar(
        select(User.id)
        .join(Enrollment, Enrollment.user_id == User.id)
        .where(Enrollment.course_id == course_id, func.lower(User.email) == email.strip().lower())
        .limit(1)
    )


@dataclass(frozen=True, slots=True)
class WrittenAssessment:
    """An assessment in the list of those who write it."""

    id: UUID
    title: str
    kind: AssessmentType
    course: str
    lesson: str
    is_published: bool
    has_changes: bool


MOST_LISTED = 100


def assessments_of(
    session: Session, viewer: Viewer, *, search: str = "", limit: int = MOST_LISTED
) -> list[WrittenAssessment]:
    """The assessments of the viewer's courses, the last changed first. One query."""
    wanted = (
        select(
            Assessment.id,
            func.coalesce(AssessmentDraft.document["settings"]["title"].astext, Assessment.title),
            func.coalesce(
                AssessmentDraft.document["settings"]["assessment_type"].astext,
                cast(Assessment.assessment_type, String),
            ),
            Course.title,
            Lesson.title,
            Assessment.is_published,
            AssessmentDraft.id.is_not(None),
        )
        .join(Lesson, Lesson.id == Assessment.lesson_id)
        .join(Module, Module.id == Lesson.module_id)
        .join(Course, Course.id == Module.course_id)
        .outerjoin(AssessmentDraft, AssessmentDraft.assessment_id == Assessment.id)
        .where(Course.deleted_at.is_(None), is_taught_by(viewer))
        .order_by(func.coalesce(AssessmentDraft.updated_at, Assessment.updated_at).desc(), Assessment.id)
        .limit(limit)
    )
    for word in search.split()[:10]:
        wanted = wanted.where(
            Assessment.title.icontains(word, autoescape=True)
            | Lesson.title.icontains(word, autoescape=True)
            | Course.title.icontains(word, autoescape=True)
        )
    return [
        WrittenAssessment(name, title, AssessmentType(kind), *more)
        for name, title, kind, *more in session.execute(wanted)
    ]


def lessons_of(session: Session, viewer: Viewer, *, limit: int = 2000) -> dict[UUID, str]:
    """The lessons of the viewer's courses, each with its course, in their order. One query."""
    rows = session.execute(
        select(Lesson.id, Course.title, Lesson.title)
        .join(Module, Module.id == Lesson.module_id)
        .join(Course, Course.id == Module.course_id)
        .where(Course.deleted_at.is_(None), is_taught_by(viewer))
        .order_by(Course.title, Course.id, Module.order_index, Lesson.order_index)
        .limit(limit)
    )
    return {name: f"{course} · {lesson}" for name, course, lesson in rows}


def courses_of(session: Session, viewer: Viewer, *, limit: int = 2000) -> dict[UUID, str]:
    """The titles of the viewer's courses. One query."""
    rows = session.execute(
        select(Course.id, Course.title)
        .where(Course.deleted_at.is_(None), is_taught_by(viewer))
        .order_by(Course.title, Course.id)
        .limit(limit)
    )
    return {row.id: row.title for row in rows}
