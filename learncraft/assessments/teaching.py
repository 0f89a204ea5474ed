"""Who may grade what: the instructor of a course, and whoever reviews all content."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import ColumnElement, literal, select, true
from sqlalchemy.orm import Session

from learncraft.accounts.viewer import Viewer
from learncraft.assessments.errors import NotYoursToGradeError
from learncraft.assessments.models import Assessment
from learncraft.courses.models import Course, Lesson, Module
from learncraft.enrollment.models import Enrollment


def is_taught_by(viewer: Viewer) -> ColumnElement[bool]:
    """The condition that a course is one that the viewer teaches."""
    return true() if viewer.reviews_content else (Course.instructor_id == viewer.id)


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
    if not viewer.teaches or session.scalar(wanted) is None:
        raise NotYoursToGradeError


def is_in_course(session: Session, learner_id: UUID, course_id: UUID) -> bool:
    """Whether a person has, or had, a place in a course."""
    wanted = select(literal(1)).where(Enrollment.user_id == learner_id, Enrollment.course_id == course_id)
    return session.scalar(wanted) is not None
