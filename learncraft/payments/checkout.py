"""From a cart to places in courses. Each function lists its consequences in order."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from uuid import UUID

from sqlalchemy import func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from learncraft.db import new_id
from learncraft.enrollment import cart, service
from learncraft.enrollment.errors import CourseNotOpenError
from learncraft.enrollment.registration import deciding
from learncraft.errors import LearnCraftError
from learncraft.payments.errors import EmptyCartError, OrderClosedError, OrderNotFoundError, PriceChangedError
from learncraft.payments.models import Order, OrderItem, OrderStatus, PaymentNotice

KEPT_PENDING = timedelta(days=14)  # for a transfer by bank; cards are quicker


def start(session: Session, *, learner_id: UUID, provider: str, currency: str, total: Decimal) -> UUID:
    """Make an order of what lies in the cart, at the total that the person saw; returns its identifier.

    The same cart twice, from two tabs or by a double click, is one order. Another cart takes the pending order's place.
    An order without anything to pay is paid at once.

    Raises:
        EmptyCartError: nothing is in the cart.
        CourseNotOpenError: a course of it isn't open any more.
        PriceChangedError: the total is another one by now.
    """
    session.execute(text("SELECT pg_advisory_xact_lock(hashtext('checkout ' || :id))"), {"id": str(learner_id)})
    lines = cart.lines(session, learner_id)
    if not lines:
        raise EmptyCartError
    if any(not line.is_open for line in lines):
        raise CourseNotOpenError
    if sum((line.price for line in lines), Decimal(0)) != total:
        changed = next((line for line in lines if line.old_price is not None), lines[0])
        raise PriceChangedError(changed.title)
    waiting = session.scalar(select(Order).where(Order.user_id == learner_id, Order.status == OrderStatus.PENDING))
    if waiting is not None:
        items = session.execute(select(OrderItem.course_id, OrderItem.price).where(OrderItem.order_id == waiting.id))
        if {(course_id, price) for course_id, price in items} == {(line.course_id, line.price) for line in lines}:
            return waiting.id
        waiting.status = OrderStatus.CANCELLED
        session.flush()
    order = Order(
        id=new_id(), user_id=learner_id, provider=provider if total else "free", total=total, currency=currency
    )
    session.add(order)
    session.flush()
    session.add_all(
        OrderItem(id=new_id(), order_id=order.id, course_id=line.course_id, title=line.title, price=line.price)
        for line in lines
    )
    session.flush()
    if not total:
        settle(session, order.id)
    return order.id


def settle(session: Session, order_id: UUID) -> None:
    """Note that the money of an order came, and give the places. Safe to repeat and to race.

    A place that can't be given any more is refused with a reason, which the order shows to the person and to
    administrators: that part is to be paid back. Money for an order that was cancelled meanwhile counts all the same.

    Raises:
        OrderNotFoundError: there is no such order.
    """
    order = _lock(session, order_id)
    if order.status in {OrderStatus.PAID, OrderStatus.REFUNDED}:
        return
    order.status, order.paid_at = OrderStatus.PAID, func.now()
    items = session.scalars(select(OrderItem).where(OrderItem.order_id == order_id).order_by(OrderItem.course_id)).all()
    for item in items:
        if item.course_id is None:
            item.refusal = "The course is gone."
            continue
        try:
            with session.begin_nested():
                place = service.give_place(
                    session,
                    learner_id=order.user_id,
                    course_id=item.course_id,
                    price_paid=item.price,
                    payment_id=str(order.id),
                )
                deciding.paid(session, place)
        except LearnCraftError as error:
            item.refusal = str(error)
        cart.take_out(session, learner_id=order.user_id, course_id=item.course_id)
    session.flush()


def cancel(session: Session, order_id: UUID, *, owner_id: UUID | None = None) -> None:
    """Give an order up that nobody paid; what is in the cart stays there.

    Raises:
        OrderNotFoundError: there is no such order, or not of `owner_id`.
        OrderClosedError: it was paid.
    """
    order = _lock(session, order_id)
    if owner_id is not None and order.user_id != owner_id:
        raise OrderNotFoundError
    if order.status == OrderStatus.CANCELLED:
        return
    if order.status != OrderStatus.PENDING:
        raise OrderClosedError(order.status.value)
    order.status = OrderStatus.CANCELLED
    session.flush()


def refund(session: Session, order_id: UUID, *, note: str = "") -> None:
    """Note that the money of an order went back, and end the places that it paid for. Safe to repeat.

    A course that was completed stays completed, as does its certificate.

    Raises:
        OrderNotFoundError: there is no such order.
        OrderClosedError: it was never paid.
    """
    order = _lock(session, order_id)
    if order.status == OrderStatus.REFUNDED:
        return
    if order.status != OrderStatus.PAID:
        raise OrderClosedError(order.status.value)
    order.status, order.note = OrderStatus.REFUNDED, note.strip() or order.note
    for item in session.scalars(select(OrderItem).where(OrderItem.order_id == order_id).order_by(OrderItem.course_id)):
        if item.course_id is None or item.refusal is not None:
            continue
        other = _also_paid(session, order, item.course_id)
        service.take_back(
            session,
            learner_id=order.user_id,
            course_id=item.course_id,
            payment_id=str(order.id),
            reason="refunded",
            instead=None if other is None else (other.price, str(other.order_id)),
        )
    session.flush()


def _also_paid(session: Session, order: Order, course_id: UUID) -> OrderItem | None:
    """What the same person paid for the same course by another order: money that came late, after a second cart."""
    return session.scalars(
        select(OrderItem)
        .join(Order, Order.id == OrderItem.order_id)
        .where(
            Order.user_id == order.user_id,
            Order.id != order.id,
            Order.status == OrderStatus.PAID,
            OrderItem.course_id == course_id,
            OrderItem.refusal.is_(None),
        )
        .order_by(Order.paid_at.desc())
        .limit(1)
    ).first()


def name_payment(session: Session, order_id: UUID, reference: str) -> None:
    """Keep what the provider calls the payment of an order."""
    session.execute(update(Order).where(Order.id == order_id).values(provider_reference=reference))


def is_new_notice(session: Session, notice_id: str, kind: str) -> bool:
    """Remember a provider's message, in the transaction of what it leads to; False for one that was acted on."""
    kept = insert(PaymentNotice).values(id=notice_id[:255], kind=kind[:100]).on_conflict_do_nothing()
    return session.scalar(kept.returning(PaymentNotice.id)) is not None


def give_up_old(session: Session) -> int:
    """Cancel orders that nobody paid for two weeks; returns how many."""
    old = session.scalars(
        update(Order)
        .where(Order.status == OrderStatus.PENDING, Order.created_at < func.now() - KEPT_PENDING)
        .values(status=OrderStatus.CANCELLED)
        .returning(Order.id)
    )
    return len(old.all())


def _lock(session: Session, order_id: UUID) -> Order:
    order = session.scalar(select(Order).where(Order.id == order_id).with_for_update())
    if order is None:
        raise OrderNotFoundError
    return order
