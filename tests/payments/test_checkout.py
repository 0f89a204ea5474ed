"""From a cart to places: once, for what was seen, and with a word where no place is left."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from learncraft.accounts import subscriptions
from learncraft.accounts.models import SubscriptionStatus, SubscriptionTier, User
from learncraft.db import Database
from learncraft.enrollment import cart, opening, prerequisites, service
from learncraft.enrollment.errors import (
    AlreadyEnrolledError,
    CourseHasPriceError,
    CourseNotOpenError,
    PrerequisiteError,
)
from learncraft.enrollment.models import Enrollment, EnrollmentStatus
from learncraft.errors import InvalidInputError
from learncraft.payments import checkout, queries
from learncraft.payments.errors import EmptyCartError, OrderClosedError, OrderNotFoundError, PriceChangedError
from learncraft.payments.models import Order, OrderStatus
from tests.factories import make_course, make_enrollment, make_user
from tests.races import at_once


def filled_cart(session: Session, *prices: str, **course: object) -> tuple[User, list[UUID]]:
    learner = make_user(session)
    courses = [make_course(session, price=Decimal(price), **course).id for price in prices]
    for course_id in courses:
        cart.put_in(session, learner_id=learner.id, course_id=course_id)
    return learner, courses


def order(session: Session, learner: User, total: str) -> UUID:
    return checkout.start(session, learner_id=learner.id, provider="manual", currency="EUR", total=Decimal(total))


def place(session: Session, learner_id: UUID, course_id: UUID) -> Enrollment | None:
    return session.scalar(select(Enrollment).where(Enrollment.user_id == learner_id, Enrollment.course_id == course_id))


def test_an_order_that_is_paid_twice_gives_each_place_once_and_empties_the_cart(session: Session) -> None:
    learner, courses = filled_cart(session, "49.00", "10.50")
    made = order(session, learner, "59.50")
    assert place(session, learner.id, courses[0]) is None
    for _ in range(2):
        checkout.settle(session, made)
    first = place(session, learner.id, courses[0])
    assert first is not None
    assert (first.status, first.price_paid, first.payment_id) == ("active", Decimal("49.00"), str(made))
    assert cart.lines(session, learner.id) == []
    counted = text("SELECT count(*), sum((event_data ->> 'price')::numeric) FROM learning_events WHERE user_id = :id")
    assert session.execute(counted, {"id": learner.id}).one() == (2, Decimal("59.5"))


def test_a_second_click_on_check_out_is_the_same_order_and_another_cart_takes_its_place(session: Session) -> None:
    learner, _ = filled_cart(session, "49.00")
    first = order(session, learner, "49.00")
    assert order(session, learner, "49.00") == first
    cart.put_in(session, learner_id=learner.id, course_id=make_course(session, price=Decimal(1)).id)
    second = order(session, learner, "50.00")
    assert second != first
    assert session.get_one(Order, first).status == OrderStatus.CANCELLED


def test_two_tabs_that_check_out_at_once_make_one_order(fresh_database: Database) -> None:
    with fresh_database.transaction() as session:
        learner, _ = filled_cart(session, "49.00")
    results = at_once(fresh_database, *[lambda session: order(session, learner, "49.00")] * 4)
    assert len(set(results)) == 1


def test_a_message_and_a_return_at_once_settle_an_order_once(fresh_database: Database) -> None:
    with fresh_database.transaction() as session:
        learner, [course_id] = filled_cart(session, "49.00")
        made = order(session, learner, "49.00")
    results = at_once(fresh_database, *[lambda session: checkout.settle(session, made)] * 4)
    assert results == [None] * 4
    with fresh_database.reading() as session:
        told = select(func.count()).select_from(text("learning_events"))
        assert session.scalar(told) == 1
        assert place(session, learner.id, course_id) is not None


def test_two_buyers_of_the_last_seat_get_one_seat_and_one_reason(fresh_database: Database) -> None:
    with fresh_database.transaction() as session:
        course = make_course(session, price=Decimal(5), max_students=1)
        orders = []
        for _ in range(2):
            learner = make_user(session)
            cart.put_in(session, learner_id=learner.id, course_id=course.id)
            orders.append(order(session, learner, "5"))
    results = at_once(fresh_database, *[lambda session, made=made: checkout.settle(session, made) for made in orders])
    assert results == [None, None]
    with fresh_database.reading() as session:
        found, total = queries.all_orders(session)
        assert total == 2
        refusals = [line.refusal for one in found for line in one.lines]
        assert sorted(refusal is None for refusal in refusals) == [False, True]
        assert {one.status for one in found} == {OrderStatus.PAID}


def test_a_price_that_changed_meanwhile_is_shown_before_it_is_paid(session: Session) -> None:
    learner, [course_id] = filled_cart(session, "49.00", title="Dear")
    session.execute(text("UPDATE courses SET price = 59 WHERE id = :id"), {"id": course_id})
    with pytest.raises(PriceChangedError, match="Dear"):
        order(session, learner, "49.00")
    [line] = cart.lines(session, learner.id)
    assert (line.price, line.old_price) == (Decimal(59), Decimal(49))


def test_what_can_not_be_bought_is_said(session: Session) -> None:
    learner, [course_id] = filled_cart(session, "49.00")
    with pytest.raises(EmptyCartError):
        order(session, make_user(session), "0")
    draft = make_course(session, status="draft")
    with pytest.raises(CourseNotOpenError):
        cart.put_in(session, learner_id=learner.id, course_id=draft.id)
    session.execute(text("UPDATE courses SET status = 'archived' WHERE id = :id"), {"id": course_id})
    with pytest.raises(CourseNotOpenError):
        order(session, learner, "49.00")
    joined = make_course(session)
    make_enrollment(session, joined.course, learner)
    with pytest.raises(AlreadyEnrolledError):
        cart.put_in(session, learner_id=learner.id, course_id=joined.id)


def test_a_cart_of_free_courses_is_paid_at_once(session: Session) -> None:
    learner, [course_id] = filled_cart(session, "0")
    made = order(session, learner, "0")
    found = queries.order_of(session, learner.id, made)
    assert found is not None
    assert (found.status, found.provider) == (OrderStatus.PAID, "free")
    assert place(session, learner.id, course_id) is not None


def test_an_order_is_its_owners(session: Session) -> None:
    learner, _ = filled_cart(session, "49.00")
    made = order(session, learner, "49.00")
    other = make_user(session)
    assert queries.order_of(session, other.id, made) is None
    assert queries.bill(session, other.id, made, back_to="/") is None
    with pytest.raises(OrderNotFoundError):
        checkout.cancel(session, made, owner_id=other.id)


def test_a_refund_ends_the_place_and_keeps_a_finished_course(session: Session) -> None:
    learner, courses = filled_cart(session, "1", "2")
    made = order(session, learner, "3")
    with pytest.raises(OrderClosedError):
        checkout.refund(session, made)
    checkout.settle(session, made)
    finished = place(session, learner.id, courses[1])
    assert finished is not None
    finished.status, finished.completed_at = EnrollmentStatus.COMPLETED, func.now()
    session.flush()
    for _ in range(2):
        checkout.refund(session, made, note="Asked for it.")
    assert [place(session, learner.id, one).status for one in courses] == ["cancelled", "completed"]  # type: ignore[union-attr]
    with pytest.raises(OrderClosedError):
        checkout.cancel(session, made)
    with pytest.raises(CourseHasPriceError):  # what was paid back has to be bought again
        service.enroll(session, learner_id=learner.id, course_id=courses[0])


def test_who_paid_twice_and_gets_one_payment_back_stays_in(session: Session) -> None:
    learner, [course_id] = filled_cart(session, "49.00")
    first = order(session, learner, "49.00")
    cart.put_in(session, learner_id=learner.id, course_id=make_course(session, price=Decimal(1)).id)
    second = order(session, learner, "50.00")  # another cart: the first order is given up
    for made in (second, first):  # and yet its money comes
        checkout.settle(session, made)
    for back, left in ((first, second), (second, None)):
        checkout.refund(session, back)
        found = place(session, learner.id, course_id)
        assert found is not None
        assert found.payment_id == (str(left) if left else None)
        assert found.status == (EnrollmentStatus.ACTIVE if left else EnrollmentStatus.CANCELLED)


def test_who_leaves_a_course_that_they_bought_comes_back_without_paying(session: Session) -> None:
    learner, [course_id] = filled_cart(session, "49.00")
    checkout.settle(session, order(session, learner, "49.00"))
    service.leave(session, learner_id=learner.id, course_id=course_id)
    assert service.enroll(session, learner_id=learner.id, course_id=course_id).status == EnrollmentStatus.ACTIVE


def test_who_left_and_was_paid_back_pays_again(session: Session) -> None:
    learner, [course_id] = filled_cart(session, "49.00")
    made = order(session, learner, "49.00")
    checkout.settle(session, made)
    service.leave(session, learner_id=learner.id, course_id=course_id)
    checkout.refund(session, made)
    with pytest.raises(CourseHasPriceError):
        service.enroll(session, learner_id=learner.id, course_id=course_id)


def test_orders_that_nobody_paid_are_given_up_after_two_weeks(session: Session) -> None:
    learner, _ = filled_cart(session, "49.00")
    made = order(session, learner, "49.00")
    assert checkout.give_up_old(session) == 0
    session.execute(text("UPDATE orders SET created_at = now() - interval '15 days'"))
    assert checkout.give_up_old(session) == 1
    checkout.settle(session, made)  # money that comes later counts all the same
    assert session.get_one(Order, made, populate_existing=True).status == OrderStatus.PAID


def tiered(session: Session, tier: str, **values: object) -> UUID:
    return make_course(session, price=Decimal(49), extra={"opens_with_tier": tier}, **values).id


def test_a_subscription_opens_what_its_tier_holds_as_long_as_it_runs(session: Session) -> None:
    learner = make_user(session)
    basic, premium = tiered(session, "basic"), tiered(session, "premium")
    until = datetime.now(UTC) + timedelta(days=30)
    with pytest.raises(CourseHasPriceError):
        service.enroll(session, learner_id=learner.id, course_id=basic)
    subscriptions.give(session, learner.id, tier=SubscriptionTier.PRO, until=until)
    assert session.get_one(User, learner.id, populate_existing=True).subscription_tier == SubscriptionTier.PRO
    assert service.enroll(session, learner_id=learner.id, course_id=basic).expires_at == until
    with pytest.raises(CourseHasPriceError):
        service.enroll(session, learner_id=learner.id, course_id=premium)

    session.execute(text("UPDATE enrollments SET expires_at = now() - interval '1 minute'"))
    session.execute(
        text(
            "UPDATE subscriptions SET current_period_start = now() - interval '2 days', "
            "current_period_end = now() - interval '1 minute'"
        )
    )
    session.expire_all()
    assert subscriptions.expire(session) == 1
    assert opening.expire(session, limit=10) == 1
    assert session.get_one(User, learner.id, populate_existing=True).subscription_tier == SubscriptionTier.FREE
    found = place(session, learner.id, basic)
    assert found is not None
    session.refresh(found)
    assert found.status == EnrollmentStatus.EXPIRED

    later = datetime.now(UTC) + timedelta(days=60)
    subscriptions.follow_provider(
        session,
        reference="sub_1",
        user_id=learner.id,
        tier=SubscriptionTier.BASIC,
        status=SubscriptionStatus.ACTIVE,
        period=(datetime.now(UTC) - timedelta(seconds=30), later),
        ends_then=False,
    )
    opening.extend(session, learner.id)
    session.refresh(found)
    assert (found.status, found.expires_at) == (EnrollmentStatus.ACTIVE, later)


def test_a_place_that_a_renewed_subscription_opens_again_is_counted_and_a_full_course_stays_closed(
    session: Session,
) -> None:
    learner, other = make_user(session), make_user(session)
    course_id = tiered(session, "basic", max_students=1)
    soon = datetime.now(UTC) + timedelta(days=30)
    for person in (learner, other):
        subscriptions.give(session, person.id, tier=SubscriptionTier.BASIC, until=soon)
        service.enroll(session, learner_id=person.id, course_id=course_id)
        session.execute(text("UPDATE enrollments SET expires_at = now() - interval '1 minute'"))
        session.expire_all()
        opening.expire(session, limit=10)
    counted = text("SELECT enrollment_count FROM courses WHERE id = :id")
    opening.extend(session, learner.id)
    assert session.scalar(counted, {"id": course_id}) == 1
    opening.extend(session, other.id)  # the one seat is taken
    statuses = [found.status for one in (learner, other) if (found := place(session, one.id, course_id))]
    assert statuses == [EnrollmentStatus.ACTIVE, EnrollmentStatus.EXPIRED]
    assert session.scalar(counted, {"id": course_id}) == 1


def test_a_subscription_by_hand_needs_a_tier_and_a_day_to_come(session: Session) -> None:
    learner = make_user(session)
    soon = datetime.now(UTC) + timedelta(days=1)
    with pytest.raises(InvalidInputError, match="needs no subscription"):
        subscriptions.give(session, learner.id, tier=SubscriptionTier.FREE, until=soon)
    with pytest.raises(InvalidInputError, match="over already"):
        subscriptions.give(session, learner.id, tier=SubscriptionTier.PRO, until=soon - timedelta(days=2))


def test_a_course_that_builds_on_another_is_joined_after_it(session: Session) -> None:
    learner = make_user(session)
    first = make_course(session, title="Sums")
    second = make_course(session, extra={"required_courses": [str(first.id), "nonsense"][:1]})
    with pytest.raises(PrerequisiteError, match="Sums"):
        service.enroll(session, learner_id=learner.id, course_id=second.id)
    [told] = prerequisites.explained(session, learner.id, second.course)
    assert (told.title, told.slug, told.percent, told.is_finished) == ("Sums", first.course.slug, None, False)
    make_enrollment(session, first.course, learner, status="completed", completed_at=func.now())
    assert [one.is_finished for one in prerequisites.explained(session, learner.id, second.course)] == [True]
    assert service.enroll(session, learner_id=learner.id, course_id=second.id).status == EnrollmentStatus.ACTIVE
