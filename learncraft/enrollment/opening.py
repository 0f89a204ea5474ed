"""What a subscription opens: a course names the least tier that holds it, and higher tiers hold what lower ones do."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from learncraft import events
from learncraft.accounts import subscriptions
from learncraft.accounts.models import SubscriptionTier
from learncraft.courses.models import Course
from learncraft.enrollment import seats
from learncraft.enrollment.errors import CourseFullError
from learncraft.enrollment.models import Enrollment, EnrollmentStatus
from learncraft.enrollment.registration import places

KEY = "opens_with_tier"  # in the course's metadata


def least_tier(course: Course) -> SubscriptionTier | None:
    """The tier that opens a course; None when it is sold by itself only."""
    named = course.extra.get(KEY)
    return SubscriptionTier(named) if named in set(SubscriptionTier) else None


def open_until(session: Session, learner_id: UUID, course: Course) -> datetime | None:
    """Until when the learner's subscription opens the course; None when it doesn't."""
    least = least_tier(course)
    held = subscriptions.running(session, learner_id)
    if least is None or held is None or not subscriptions.holds(held.tier, least):
        return None
    return held.until


def extend(session: Session, learner_id: UUID) -> None:
    """Let the places that a learner's subscription opened last as long as it does now; expired ones open again.

    A course that filled up meanwhile stays closed: the learner joins it again when a seat is free.
    """
    held = subscriptions.running(session, learner_id)
    if held is None:
        return
    opened = select(Enrollment.course_id).where(
        Enrollment.user_id == learner_id,
        Enrollment.payment_id.is_(None),
        Enrollment.expires_at < held.until,
        Enrollment.status.in_((EnrollmentStatus.ACTIVE, EnrollmentStatus.EXPIRED)),
    )
    for course_id in session.scalars(opened.order_by(Enrollment.course_id)).all():
        # The course before the place, as whoever joins does.
        course = session.scalars(
            select(Course).where(Course.id == course_id).with_for_update().execution_options(populate_existing=True)
        ).one()
        least = least_tier(course)
        if least is not None and subscriptions.holds(held.tier, least):
            _prolong(session, course, learner_id, held.until)
    session.flush()


def _prolong(session: Session, course: Course, learner_id: UUID, until: datetime) -> None:
    """Let one place last until then; an expired one is taken anew, if there is a seat."""
    place = session.scalars(
        select(Enrollment)
        .where(Enrollment.user_id == learner_id, Enrollment.course_id == course.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    if place.status == EnrollmentStatus.EXPIRED:
        try:
            seats.check(session, course)
        except CourseFullError:
            return
        place.status = EnrollmentStatus.ACTIVE
        seats.one_more(course)
        events.record(session, "enrolled", learner_id, course_id=course.id)
    if place.status == EnrollmentStatus.ACTIVE:
        place.expires_at = until
    session.flush()


def expire(session: Session, *, limit: int) -> int:
    """End places whose time is over; returns how many. Progress and answers are kept."""
    over = select(Enrollment.id).where(
        Enrollment.status == EnrollmentStatus.ACTIVE, Enrollment.expires_at <= func.now()
    )
    ended = session.execute(
        update(Enrollment)
        .where(Enrollment.id.in_(over.order_by(Enrollment.id).limit(limit).with_for_update(skip_locked=True)))
        .values(status=EnrollmentStatus.EXPIRED)
        .returning(Enrollment.user_id, Enrollment.course_id)
    ).all()
    for user_id, course_id in ended:
        places.leave_course(session, user_id=user_id, course_id=course_id)
        events.record(session, "unenrolled", user_id, course_id=course_id, data={"reason": "expired"})
    for course_id in sorted({course_id for _, course_id in ended}):
        count = sum(one == course_id for _, one in ended)
        seats.fewer(session, course_id, count)
    return len(ended)
