"""The cart: courses that a person means to pay for."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from sqlalchemy import Select, delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import InstrumentedAttribute, Session

from learncraft.courses.models import Course, CourseStatus
from learncraft.db import new_id
from learncraft.enrollment import writes
from learncraft.enrollment.errors import AlreadyEnrolledError, CourseNotOpenError, RegistrationOnlyError
from learncraft.enrollment.models import CartItem, Enrollment
from learncraft.enrollment.registration import opening_hours
from learncraft.enrollment.registration.models import CourseOffering, Registration, RegistrationStatus


@dataclass(frozen=True, slots=True)
class CartLine:
    """One course of a cart. `price` is today's; `old_price` what it was when it was put in, if that differs."""

    course_id: UUID
    slug: str
    title: str
    price: Decimal
    old_price: Decimal | None
    is_open: bool


def put_in(session: Session, *, learner_id: UUID, course_id: UUID) -> None:
    """Put a course into the cart. Safe to repeat.

    Raises:
        CourseNotOpenError: the course isn't published.
        AlreadyEnrolledError: the person has a place in it.
        RegistrationOnlyError: places are given by registration, and the person was not accepted.
    """
    course = session.scalar(select(Course).where(Course.id == course_id, Course.deleted_at.is_(None)))
    if course is None or course.status != CourseStatus.PUBLISHED:
        raise CourseNotOpenError
    held = select(Enrollment.id).where(
        Enrollment.user_id == learner_id, Enrollment.course_id == course_id, Enrollment.status.in_(writes.IN_COURSE)
    )
    if session.scalar(held) is not None:
        raise AlreadyEnrolledError(course.title)
    accepted = session.scalar(_accepted_price(learner_id, course_id))
    if accepted is None and opening_hours.is_only_way(course):
        raise RegistrationOnlyError(course.title)
    price = course.price if accepted is None else accepted
    row = insert(CartItem).values(id=new_id(), user_id=learner_id, course_id=course_id, price=price)
    session.execute(
        row.on_conflict_do_update(index_elements=["user_id", "course_id"], set_={"price": row.excluded.price})
    )


def take_out(session: Session, *, learner_id: UUID, course_id: UUID) -> None:
    """Take a course out of the cart; nothing happens when it isn't there."""
    session.execute(delete(CartItem).where(CartItem.user_id == learner_id, CartItem.course_id == course_id))


def lines(session: Session, learner_id: UUID) -> list[CartLine]:
    """What lies in a person's cart, in the order that it was put in."""
    rows = session.execute(
        select(CartItem, Course, func.coalesce(_accepted_price(learner_id, Course.id).scalar_subquery(), Course.price))
        .join(Course, Course.id == CartItem.course_id)
        .where(CartItem.user_id == learner_id)
        .order_by(CartItem.created_at, CartItem.id)
    )
    return [
        CartLine(
            course_id=course.id,
            slug=course.slug,
            title=course.title,
            price=price,
            old_price=item.price if item.price != price else None,
            is_open=course.status == CourseStatus.PUBLISHED and course.deleted_at is None,
        )
        for item, course, price in rows
    ]


def _accepted_price(learner_id: UUID, course_id: UUID | InstrumentedAttribute[UUID]) -> Select[Decimal]:
    """What an offering costs that the person was accepted for; it takes the place of the course's own price."""
    return (
        select(CourseOffering.price)
        .join(Registration, Registration.offering_id == CourseOffering.id)
        .where(
            CourseOffering.course_id == course_id,
            Registration.user_id == learner_id,
            Registration.status == RegistrationStatus.ACCEPTED,
        )
        .order_by(Registration.decided_at)
        .limit(1)
    )
