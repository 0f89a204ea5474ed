"""Courses that have to be finished before another one: named in a course's metadata, checked when somebody joins."""

from __future__ import annotations

from uuid import UUID

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from learncraft.courses.models import Course
from learncraft.enrollment.models import Enrollment, EnrollmentStatus

KEY = "required_courses"  # in the course's metadata: a list of identifiers of courses
_IDENTIFIERS = TypeAdapter(list[UUID])


def required(course: Course) -> list[UUID]:
    """The courses that a course asks for; what can't be read counts as none."""
    try:
        return _IDENTIFIERS.validate_python(course.extra.get(KEY, []))
    except ValidationError:
        return []


def missing(session: Session, learner_id: UUID, course: Course) -> list[str]:
    """Titles of the courses that the learner has still to finish. A course that is gone holds nobody up."""
    wanted = required(course)
    if not wanted:
        return []
    finished = select(Enrollment.course_id).where(
        Enrollment.user_id == learner_id, Enrollment.status == EnrollmentStatus.COMPLETED
    )
    return list(
        session.scalars(
            select(Course.title)
            .where(Course.id.in_(wanted), Course.deleted_at.is_(None), Course.id.not_in(finished))
            .order_by(Course.title)
        )
    )
