"""What those who teach do with a course."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from learncraft.accounts.viewer import Viewer
from learncraft.courses.errors import CourseNotFoundError
from learncraft.courses.models import Course, CourseStatus
from learncraft.courses.teaching import is_decided_by
from learncraft.errors import InvalidInputError


def unpublish_course(session: Session, viewer: Viewer, course_id: UUID) -> None:
    """Take a course out of the catalogue. Those who are in it stay in it.

    Raises:
        CourseNotFoundError: the course isn't the viewer's.
    """
    course = own_course(session, viewer, course_id)
    if course.status == CourseStatus.PUBLISHED:
        course.status = CourseStatus.DRAFT


def feature(session: Session, viewer: Viewer, course_id: UUID, *, is_featured: bool) -> None:
    """Let a published course stand first in the catalogue, or no more. Safe to repeat.

    Raises:
        CourseNotFoundError: there is no such course, or the viewer doesn't choose for the catalogue.
        InvalidInputError: the course isn't in the catalogue.
    """
    course = own_course(session, viewer, course_id)
    if not viewer.reviews_content:
        raise CourseNotFoundError
    if is_featured and course.status != CourseStatus.PUBLISHED:
        raise InvalidInputError("Publish the course first; what isn't in the catalogue can't stand first in it.")
    course.is_featured = is_featured
    session.flush()


def own_course(session: Session, viewer: Viewer, course_id: UUID) -> Course:
    """The course, locked, if the viewer decides on it, see `courses.teaching`.

    Raises:
        CourseNotFoundError: it isn't.
    """
    wanted = select(Course).where(Course.id == course_id, Course.deleted_at.is_(None), is_decided_by(viewer))
    course = session.scalar(wanted.with_for_update())
    if course is None:
        raise CourseNotFoundError
    return course
