"""The waiting list: who waits longest moves up when a place is free. Only the platform's own jobs see all who wait."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from learncraft.courses.models import Course
from learncraft.enrollment.registration import deciding
from learncraft.enrollment.registration.models import CourseOffering, Registration, RegistrationStatus

HELD = timedelta(days=14)  # how long an accepted place waits for its payment, as long as an order does


def fill(session: Session, course_id: UUID) -> int:
    """Give the free places of a course's offerings to those who wait, the first come first; returns how many moved.

    The course's row is locked, so that two who fill at once don't both give the last place, and so that nobody is
    passed over: who is locked by their own click comes next time.
    """
    session.scalar(select(Course.id).where(Course.id == course_id).with_for_update())
    moved = 0
    groups = session.execute(
        select(Registration.offering_id, Registration.cohort_id)
        .join(CourseOffering, CourseOffering.id == Registration.offering_id)
        .where(
            CourseOffering.course_id == course_id,
            CourseOffering.is_active,
            Registration.status == RegistrationStatus.WAITLISTED,
        )
        .group_by(Registration.offering_id, Registration.cohort_id)
        .order_by(func.min(Registration.submitted_at))
    ).all()
    for offering_id, cohort_id in groups:
        while (first := _first(session, offering_id, cohort_id)) is not None and deciding.seat(session, first):
            moved += 1
    return moved


def give_up_unpaid(session: Session, *, limit: int) -> int:
    """Withdraw accepted registrations that nobody paid in time; returns how many. Their places go to who waits."""
    late = session.scalars(
        select(Registration)
        .where(
            Registration.status == RegistrationStatus.ACCEPTED,
            Registration.decided_at < func.now() - HELD,
        )
        .order_by(Registration.decided_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    for registration in late:
        deciding.end(session, registration, letter="given_up")
    return len(late)


def _first(session: Session, offering_id: UUID, cohort_id: UUID | None) -> Registration | None:
    return session.scalar(
        select(Registration)
        .where(
            Registration.offering_id == offering_id,
            Registration.cohort_id.is_not_distinct_from(cohort_id),
            Registration.status == RegistrationStatus.WAITLISTED,
        )
        .order_by(Registration.submitted_at, Registration.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
