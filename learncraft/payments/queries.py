"""Orders as pages show them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import Text, cast, func, or_, select
from sqlalchemy.orm import Session

from learncraft.accounts.models import User
from learncraft.payments.models import Order, OrderItem, OrderStatus
from learncraft.payments.provider import Bill, Line

PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class OrderLine:
    """One course of an order. `refusal` says why there is no place for it."""

    course_id: UUID | None
    title: str
    price: Decimal
    refusal: str | None


@dataclass(frozen=True, slots=True)
class OrderView:
    """One order with what is in it and whose it is."""

    id: UUID
    status: OrderStatus
    provider: str
    reference: str | None
    total: Decimal
    currency: str
    created_at: datetime
    paid_at: datetime | None
    note: str | None
    buyer: str
    email: str
    lines: tuple[OrderLine, ...]

    @property
    def number(self) -> str:
        """What people call it: the last eight signs of its identifier."""
        return self.id.hex[-8:].upper()


def order_of(session: Session, owner_id: UUID, order_id: UUID) -> OrderView | None:
    """A person's own order."""
    return next(iter(_views(session, [order_id], owner_id=owner_id)), None)


def orders_of(session: Session, owner_id: UUID, *, most: int = 20) -> list[OrderView]:
    """A person's last orders, the newest first."""
    newest = select(Order.id).where(Order.user_id == owner_id).order_by(Order.created_at.desc(), Order.id.desc())
    return _views(session, session.scalars(newest.limit(most)).all(), owner_id=owner_id)


def all_orders(
    session: Session, *, status: OrderStatus | None = None, search: str = "", page: int = 1
) -> tuple[list[OrderView], int]:
    """One page of everybody's orders, the newest first, and how many fit in all; for administrators."""
    fitting = select(Order.id, Order.created_at).join(User, User.id == Order.user_id)
    if status is not None:
        fitting = fitting.where(Order.status == status)
    if wanted := search.strip():
        words = func.concat_ws(" ", User.first_name, User.last_name, User.email)
        number = func.upper(func.right(func.replace(cast(Order.id, Text), "-", ""), 8))
        fitting = fitting.where(or_(words.icontains(wanted, autoescape=True), number == wanted.upper()))
    total = session.scalar(select(func.count()).select_from(fitting.subquery())) or 0
    newest = fitting.order_by(Order.created_at.desc(), Order.id.desc())
    ids = session.scalars(newest.limit(PAGE_SIZE).offset((page - 1) * PAGE_SIZE)).all()
    return _views(session, ids), total


def bill(session: Session, owner_id: UUID, order_id: UUID, *, back_to: str) -> Bill | None:
    """A person's pending order, as a payment provider needs it."""
    found = order_of(session, owner_id, order_id)
    if found is None or found.status != OrderStatus.PENDING:
        return None
    lines = tuple(Line(line.title, line.price) for line in found.lines)
    return Bill(found.id, found.email, found.currency, lines, back_to)


def by_reference(session: Session, reference: str) -> UUID | None:
    """The order that a payment of the provider's is for."""
    return session.scalar(select(Order.id).where(Order.provider_reference == reference))


def _views(session: Session, ids: Sequence[UUID], *, owner_id: UUID | None = None) -> list[OrderView]:
    if not ids:
        return []
    rows = (
        select(Order, User)
        .join(User, User.id == Order.user_id)
        .where(Order.id.in_(ids))
        .order_by(Order.created_at.desc(), Order.id.desc())
    )
    if owner_id is not None:
        rows = rows.where(Order.user_id == owner_id)
    items: dict[UUID, list[OrderLine]] = {}
    for item in session.scalars(
        select(OrderItem).where(OrderItem.order_id.in_(ids)).order_by(OrderItem.created_at, OrderItem.title)
    ):
        items.setdefault(item.order_id, []).append(OrderLine(item.course_id, item.title, item.price, item.refusal))
    return [
        OrderView(
            id=order.id,
            status=order.status,
            provider=order.provider,
            reference=order.provider_reference,
            total=order.total,
            currency=order.currency,
            created_at=order.created_at,
            paid_at=order.paid_at,
            note=order.note,
            buyer=buyer.full_name,
            email=buyer.email,
            lines=tuple(items.get(order.id, ())),
        )
        for order, buyer in session.execute(rows)
    ]
