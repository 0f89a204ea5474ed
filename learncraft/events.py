"""Learning events: recorded in the same transaction as what they tell of.

No commit, no event; no event without its commit. `analytics.shipping` moves the rows to the event store.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Double,
    FetchedValue,
    Identity,
    Index,
    Numeric,
    PrimaryKeyConstraint,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql.base import ischema_names
from sqlalchemy.orm import Mapped, Session, mapped_column
from sqlalchemy.types import UserDefinedType

from learncraft.db import Base, CreatedAt, JsonObject, UuidPk, new_id
from learncraft.event_types import EVENT_TYPES, MAX_DATA_BYTES, InvalidEventError, check, is_storable
from learncraft.json_shapes import AnyObject, Json

__all__ = [
    "EVENT_TYPES",
    "EventBatch",
    "InvalidEventError",
    "LearningEvent",
    "QuarantinedEvent",
    "check",
    "quarantine",
    "record",
]


class Xid8(UserDefinedType[int]):
    """PostgreSQL's 64-bit transaction id: grows with each writing transaction and never wraps."""

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        return "xid8"


ischema_names["xid8"] = Xid8  # so that reading a schema back knows the type


class LearningEvent(Base):
    """One thing that happened, until and after it is shipped. Rows are only ever added.

    It has no foreign keys: an event outlives the lesson it tells of.
    """

    __tablename__ = "learning_events"
    __table_args__ = (
        PrimaryKeyConstraint("id", "created_at"),
        CheckConstraint("jsonb_typeof(event_data) = 'object'", name="event_data_is_object"),
        Index("ix_learning_events_xid_id", "xid", "id"),  # the order of shipping
        Index("ix_learning_events_user_id_occurred_at", "user_id", "occurred_at"),
        Index("ix_learning_events_course_id_occurred_at", "course_id", "occurred_at"),
        {"postgresql_partition_by": "RANGE (created_at)"},
    )

    # The sentinel lets many events of one transaction go out in one statement.
    id: Mapped[UUID] = mapped_column(
        default=new_id,
        server_default=text("new_id()"),
        insert_sentinel=True,
        doc="Identifies the event, in the event store too.",
    )
    created_at: Mapped[CreatedAt] = mapped_column(doc="When it was received.")
    occurred_at: Mapped[datetime] = mapped_column(server_default=text("now()"), doc="When it happened.")
    user_id: Mapped[UUID] = mapped_column(doc="Who did it.")
    event_type: Mapped[str] = mapped_column(
        String(50), doc="What happened: a key of `EVENT_TYPES`, which names its verb of xAPI."
    )
    course_id: Mapped[UUID | None] = mapped_column(doc="The course that it happened in.")
    module_id: Mapped[UUID | None] = mapped_column(doc="The module that it happened in.")
    lesson_id: Mapped[UUID | None] = mapped_column(doc="The lesson that it happened in.")
    object_id: Mapped[UUID | None] = mapped_column(doc="The assessment, question, video, ... that it is about.")
    attempt_id: Mapped[UUID | None] = mapped_column(doc="The attempt that it is part of.")
    cohort_id: Mapped[UUID | None] = mapped_column(doc="The cohort that the learner was in.")
    score: Mapped[Decimal | None] = mapped_column(Numeric(10, 2), doc="What was earned.")
    max_score: Mapped[Decimal | None] = mapped_column(Numeric(10, 2), doc="What could be earned.")
    duration_ms: Mapped[int | None] = mapped_column(doc="How long it took.")
    position_start: Mapped[float | None] = mapped_column(
        Double, doc="Where it began: seconds of a video, or share of a text."
    )
    position_end: Mapped[float | None] = mapped_column(
        Double, doc="Where it ended: seconds of a video, or share of a text."
    )
    is_correct: Mapped[bool | None] = mapped_column(doc="Whether an answer was right.")
    event_data: Mapped[JsonObject] = mapped_column(Json(AnyObject), doc="The rest, with the keys that the type allows.")
    xid: Mapped[int] = mapped_column(
        Xid8,
        server_default=text("pg_current_xact_id()"),
        server_onupdate=FetchedValue(),
        doc="The transaction that wrote it: events are shipped in this order.",
    )


class EventBatch(Base):
    """A range of events in the order (xid, id), fixed before it is first sent and never changed."""

    __tablename__ = "event_batches"
    __table_args__ = (
        UniqueConstraint("to_xid", "to_id"),
        Index("ix_event_batches_unacknowledged", "id", postgresql_where=text("acknowledged_at IS NULL")),
    )

    id: Mapped[int] = mapped_column(
        BigInteger, Identity(always=True), primary_key=True, doc="Numbers the batches in their order."
    )
    from_xid: Mapped[int] = mapped_column(Xid8, doc="Events after this transaction and `from_id` are in it; exclusive.")
    from_id: Mapped[UUID] = mapped_column(doc="See `from_xid`.")
    to_xid: Mapped[int] = mapped_column(Xid8, doc="Events up to this transaction and `to_id` are in it; inclusive.")
    to_id: Mapped[UUID] = mapped_column(doc="See `to_xid`.")
    event_count: Mapped[int] = mapped_column(doc="How many events it holds.")
    attempts: Mapped[int] = mapped_column(server_default=text("0"), doc="How often it was sent.")
    last_error: Mapped[str | None] = mapped_column(Text, doc="Why it was not taken the last time.")
    created_at: Mapped[CreatedAt]
    sent_at: Mapped[datetime | None] = mapped_column(doc="When it was last sent.")
    acknowledged_at: Mapped[datetime | None] = mapped_column(doc="When the event store confirmed it.")


class QuarantinedEvent(Base):
    """An event from outside that was refused, kept with the reason so that nothing vanishes silently."""

    __tablename__ = "event_quarantine"
    __table_args__ = (CheckConstraint("jsonb_typeof(payload) = 'object'", name="payload_is_object"),)

    id: Mapped[UuidPk]
    user_id: Mapped[UUID | None] = mapped_column(doc="Who sent it.")
    event_type: Mapped[str] = mapped_column(Text, doc="The type that it claimed.")
    payload: Mapped[JsonObject] = mapped_column(Json(AnyObject), doc="What was sent, cut to a safe size.")
    reason: Mapped[str] = mapped_column(Text, doc="Why it was refused.")
    created_at: Mapped[CreatedAt]


def record(
    session: Session,
    event_type: str,
    actor_id: UUID,
    *,
    occurred_at: datetime | None = None,
    event_id: UUID | None = None,
    data: dict[str, Any] | None = None,
    **columns: Any,
) -> LearningEvent:
    """Add one event to the caller's transaction and return its row.

    `columns` are the typed columns of learning_events (course_id, score, ...); `data` is the rest, with the keys
    that EVENT_TYPES names. `occurred_at` is when it happened, if that was not now; `event_id` names an event that
    may be sent again.

    Raises:
        InvalidEventError: the type is unknown, a needed column is missing, or something doesn't belong.
    """
    check(event_type, columns, data or {})
    event = LearningEvent(user_id=actor_id, event_type=event_type, event_data=data or {}, **columns)
    if occurred_at is not None:
        event.occurred_at = occurred_at
    if event_id is not None:
        event.id = event_id
    session.add(event)
    return event


def quarantine(
    session: Session, *, user_id: UUID | None, event_type: str, payload: dict[str, Any], reason: str
) -> None:
    """Keep an event from outside that was refused, with the reason. Its payload is cut to a safe size."""
    is_kept_whole = is_storable(payload) and len(str(payload)) <= MAX_DATA_BYTES
    kept = payload if is_kept_whole else {"cut": ascii(payload)[:MAX_DATA_BYTES]}
    session.add(
        QuarantinedEvent(user_id=user_id, event_type=ascii(event_type)[1:-1][:200], payload=kept, reason=reason)
    )
