"""Which courses each subscription tier opens."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from learncraft.accounts.models import SubscriptionTier
from learncraft.courses.models import Course, CourseStatus
from learncraft.enrollment import opening


def by_tier(session: Session) -> dict[SubscriptionTier, list[str]]:
    """Titles of the published courses that each tier is the least one for, the most wanted first."""
    courses = session.scalars(
        select(Course)
        .where(
            Course.extra.has_key(opening.KEY),
            Course.status == CourseStatus.PUBLISHED,
            Course.deleted_at.is_(None),
            Course.price > 0,
        )
        .order_by(Course.enrollment_count.desc(), Course.title)
        .limit(500)
    )
    found: dict[SubscriptionTier, list[str]] = {}
    for course in courses:
        tier = opening.least_tier(course)
        if tier is not None:
            found.setdefault(tier, []).append(course.title)
    return found
