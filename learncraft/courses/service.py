"""What those who teach do with a course."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from learncraft.accounts.viewer import Viewer
from learncraft.courses.errors import CourseNotFoundError, CourseNotReadyError
from learncraft.courses.models import Course, CourseStatus, Lesson, Module


def publish_course(session: Session, viewer: Viewer, course_id: UUID) -> None:
    """Open a course to learners. Safe to repeat.

    Raises:
        CourseNotFoundError: the course isn't the viewer's.
        CourseNotReadyError: there is nothing in it to learn from.
    """
    course = _own_course(session, viewer, course_id)
    published = (
        select(Lesson.id)
        .join(Module, Module.id == Lesson.module_id)
        .where(Module.course_id == course_id, Module.is_published, Lesson.is_published)
        .limit(1)
    )
    if session.scalar(published) is None:
        raise CourseNotReadyError(f"“{course.title}” has no lesson yet. Add one before you publish it.")
    course.status = CourseStatus.PUBLISHED
    if course.published_at is None:
        course.published_at = func.now()


def unpublish_course(session: Session, viewer: Viewer, course_id: UUID) -> None:
    """Take a course out of the catalogue. Those who are in it stay in it.

    Raises:
        CourseNotFoundError: the course isn't the viewer's.
    """
    course = _own_course(session, viewer, course_id)
    if course.status == CourseStatus.PUBLISHED:
        course.status = CourseStatus.DRAFT


def _own_course(session: Session, viewer: Viewer, course_id: UUID) -> Course:
    """The course, locked, if the viewer may change it."""
    course = session.scalar(select(Course).where(Course.id == course_id, Course.deleted_at.is_(None)).with_for_update())
    if course is None or not (course.instructor_id == viewer.id or viewer.reviews_content):
        raise CourseNotFoundError
    return course
