"""The seats of a course: how many are taken, and the number that the catalogue shows."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from learncraft.courses.models import Course
from learncraft.enrollment import writes
from learncraft.enrollment.errors import CourseFullError
from learncraft.enrollment.models import Enrollment


def check(session: Session, course: Course) -> None:
    """See that a course has a seat left. The caller holds the course locked, so that nobody takes it meanwhile.

    Raises:
        CourseFullError: every seat is taken.
    """
    if course.max_students is not None and _taken(session, course.id) >= course.max_students:
        raise CourseFullError(course.max_students)


def one_more(course: Course) -> None:
    """Count somebody who joined a course."""
    course.enrollment_count = Course.enrollment_count + 1  # counted by the database


def fewer(session: Session, course_id: UUID, count: int = 1) -> None:
    """Count those who are no longer in a course."""
    session.execute(
        update(Course)
        .where(Course.id == course_id)
        .values(enrollment_count=func.greatest(Course.enrollment_count - count, 0))
    )


def _taken(session: Session, course_id: UUID) -> int:
    seats = select(func.count()).where(Enrollment.course_id == course_id, Enrollment.status.in_(writes.IN_COURSE))
    return session.scalar(seats) or 0
