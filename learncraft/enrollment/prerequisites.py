"""Courses that have to be finished before another one: named in a course's metadata, checked when somebody joins."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from learncraft.courses.models import Course
from learncraft.enrollment import writes
from learncraft.enrollment.models import CourseProgress, Enrollment, EnrollmentStatus

KEY = "required_courses"  # in the course's metadata: a list of identifiers of courses
_IDENTIFIERS = TypeAdapter(list[UUID])


def required(course: Course) -> list[UUID]:
    """The courses that a course asks for; what can't be read counts as none."""
    try:
        return _IDENTIFIERS.validate_python(course.extra.get(KEY, []))
    except ValidationError:
        return []


@dataclass(frozen=True, slots=True)
class Required:
    """A course to finish before another one, and how far the viewer is in it: None when they aren't in it."""

    title: str
    slug: str
    percent: Decimal | None
    is_finished: bool


def explained(session: Session, learner_id: UUID, course: Course) -> list[Required]:
    """The courses to finish before, those still missing first. At most one query."""
    wanted = required(course)
    if not wanted:
        return []
    rows = session.execute(
        select(Course.title, Course.slug, CourseProgress.percent_complete, Enrollment.status)
        .outerjoin(
            Enrollment,
            (Enrollment.course_id == Course.id)
            & (Enrollment.user_id == learner_id)
            & Enrollment.status.in_(writes.IN_COURSE),
        )
        .outerjoin(CourseProgress, CourseProgress.enrollment_id == Enrollment.id)
        .where(Course.id.in_(wanted), Course.deleted_at.is_(None))
        .order_by(Course.title)
    )
    found = [Required(*row[:3], is_finished=row[3] == EnrollmentStatus.COMPLETED) for row in rows]
    return sorted(found, key=lambda one: one.is_finished)


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
