"""Orders, what is in them, and what a payment provider told us."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from learncraft.db import Base, CreatedAt, Money, UpdatedAt, UuidPk, pg_enum, references


class OrderStatus(StrEnum):
    """Where an order stands. Pending waits for money; cancelled came to nothing; refunded got its money back."""

    PENDING = "pending"
    PAID = "paid"
    CANCELLED = "cancelled"
    REFUNDED = "refunded"


class Order(Base):
    """What one person means to pay for, or paid for, at one time. One order of a person is pending at most."""

    __tablename__ = "orders"
    __table_args__ = (
        CheckConstraint("total >= 0", name="total_not_negative"),
        CheckConstraint("currency ~ '^[A-Z]{3}$'", name="currency_is_iso_4217"),
        CheckConstraint("status NOT IN ('paid', 'refunded') OR paid_at IS NOT NULL", name="paid_has_a_date"),
        Index("uq_orders_pending", "user_id", unique=True, postgresql_where=text("status = 'pending'")),
        Index("ix_orders_user_id_created_at", "user_id", "created_at"),
        Index("ix_orders_status_created_at", "status", "created_at"),
    )

    id: Mapped[UuidPk]
    user_id: Mapped[UUID] = mapped_column(references("users.id", on_delete="CASCADE"))
    status: Mapped[OrderStatus] = mapped_column(pg_enum(OrderStatus, "order_status"), server_default="pending")
    provider: Mapped[str] = mapped_column(String(20), doc="How it is paid: `free`, `manual` or `stripe`.")
    provider_reference: Mapped[str | None] = mapped_column(
        String(255), unique=True, doc="The provider's name for the payment, once it has one."
    )
    total: Mapped[Money] = mapped_column(doc="What is to pay.", info={"unit": "currency"})
    currency: Mapped[str] = mapped_column(String(3), doc="In what money, by ISO 4217.")
    paid_at: Mapped[datetime | None] = mapped_column(doc="When the money came.")
    note: Mapped[str | None] = mapped_column(Text, doc="What an administrator wrote down with it.")
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[UpdatedAt]


class OrderItem(Base):
    """One course of an order, with its title and price of that moment."""

    __tablename__ = "order_items"
    __table_args__ = (
        UniqueConstraint("order_id", "course_id"),
        CheckConstraint("price >= 0", name="price_not_negative"),
        Index("ix_order_items_course_id", "course_id"),
    )

    id: Mapped[UuidPk]
    order_id: Mapped[UUID] = mapped_column(references("orders.id", on_delete="CASCADE"))
    course_id: Mapped[UUID | None] = mapped_column(
        references("courses.id", on_delete="SET NULL"), doc="The course; none once it is gone, the title stays."
    )
    title: Mapped[str] = mapped_column(String(500), doc="What the course was called.")
    price: Mapped[Money] = mapped_column(doc="What it cost.")
    refusal: Mapped[str | None] = mapped_column(
        Text, doc="Why no place could be given though it was paid, such as a course that was full by then."
    )
    created_at: Mapped[CreatedAt]


class PaymentNotice(Base):
    """One message of a payment provider that was acted on, so that a repeated one changes nothing."""

    __tablename__ = "payment_notices"

    id: Mapped[str] = mapped_column(String(255), primary_key=True, doc="The provider's name for the message.")
    kind: Mapped[str] = mapped_column(String(100), doc="What it tells of, such as `checkout.session.completed`.")
    received_at: Mapped[CreatedAt] = mapped_column(doc="When it came.")
