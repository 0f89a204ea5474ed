"""What those who teach do with a course."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from learncraft.accounts.viewer import Viewer
from learncraft.courses.errors import CourseNotFoundError
from learncraft.courses.models import Course, CourseStatus


def unpublish_course(session: Session, viewer: Viewer, course_id: UUID) -> None:
    """Take a course out of the catalogue. Those who are in it stay in it.

    Raises:
        CourseNotFoundError: the course isn't the viewer's.
    """
    course = own_course(session, viewer, course_id)
    if course.status == CourseStatus.PUBLISHED:
        course.status = CourseStatus.DRAFT


def own_course(session: Session, viewer: Viewer, course_id: UUID) -> Course:
    """The course, locked, if the viewer decides on it. Helpers build it, but don't say whose it is or who sees it.

    Raises:
        CourseNotFoundError: it isn't.
    """
    course = session.scalar(select(Course).where(Course.id == course_id, Course.deleted_at.is_(None)).with_for_update())
    if course is None or not (course.instructor_id == viewer.id or viewer.reviews_content):
        raise CourseNotFoundError
    return course
