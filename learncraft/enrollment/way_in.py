"""How somebody who isn't in a course gets into it: free, bought, by subscription, or after another course."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from learncraft.accounts.models import SubscriptionTier
from learncraft.accounts.viewer import Viewer
from learncraft.courses.models import Course
from learncraft.enrollment import opening, prerequisites
from learncraft.enrollment.models import CartItem, Enrollment, EnrollmentStatus
from learncraft.enrollment.prerequisites import Required
from learncraft.enrollment.registration import opening_hours


@dataclass(frozen=True, slots=True)
class WayIn:
    """What a person needs for a place. `required` are courses to finish before."""

    price: Decimal
    required: tuple[Required, ...]
    least_tier: SubscriptionTier | None
    is_open_by_subscription: bool
    is_paid_for: bool
    is_in_cart: bool
    is_by_registration: bool
    expired_at: datetime | None

    @property
    def is_missing_a_course(self) -> bool:
        """Whether another course has to be finished first."""
        return any(not one.is_finished for one in self.required)

    @property
    def costs_something(self) -> bool:
        """Whether it has to be bought first."""
        return self.price > 0 and not self.is_paid_for and not self.is_open_by_subscription


def way_in(session: Session, viewer: Viewer, course_id: UUID) -> WayIn:
    """The way into a course for somebody who isn't in it."""
    in_cart = select(CartItem.id).where(CartItem.user_id == viewer.id, CartItem.course_id == course_id).exists()
    course, enrollment, is_in_cart = session.execute(
        select(Course, Enrollment, in_cart)
        .outerjoin(Enrollment, (Enrollment.course_id == Course.id) & (Enrollment.user_id == viewer.id))
        .where(Course.id == course_id)
    ).one()
    is_sold = course.price > 0
    expired = enrollment is not None and enrollment.status == EnrollmentStatus.EXPIRED
    return WayIn(
        price=course.price,
        required=tuple(prerequisites.explained(session, viewer.id, course)),
        least_tier=opening.least_tier(course) if is_sold else None,
        is_open_by_subscription=is_sold and opening.open_until(session, viewer.id, course) is not None,
        is_paid_for=enrollment is not None and enrollment.payment_id is not None,
        is_in_cart=is_in_cart,
        is_by_registration=opening_hours.is_only_way(course),
        expired_at=enrollment.expires_at if expired else None,
    )
