"""Learning events: recorded in the same transaction as what they tell of.

No commit, no event; no event without its commit. `analytics.shipping` moves the rows to the event store.
"""

from __future__ import annotations

from dataclasses import dataclass
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
from learncraft.errors import InvalidInputError
from learncraft.json_shapes import AnyObject, Json

MAX_DATA_BYTES = 16_000


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


@dataclass(frozen=True, slots=True)
class EventType:
    """What an event must carry. `needs` are columns, `data` are the keys allowed in event_data."""

    verb: str  # xAPI's
    needs: frozenset[str] = frozenset()
    data: frozenset[str] = frozenset()


def _type(verb: str, needs: str = "", data: str = "") -> EventType:
    return EventType(verb, frozenset(needs.split()), frozenset(data.split()))


EVENT_TYPES: dict[str, EventType] = {
    "signed_in": _type("logged-in", data="method"),
    "course_viewed": _type("viewed", "course_id"),
    "search_made": _type("searched", data="query results"),
    "enrolled": _type("registered", "course_id", "price"),
    "unenrolled": _type("unregistered", "course_id", "reason"),
    "lesson_opened": _type("initialized", "course_id lesson_id"),
    "lesson_completed": _type("completed", "course_id lesson_id"),
    "course_completed": _type("completed", "course_id"),
    "video_played": _type("played", "course_id lesson_id object_id position_start"),
    "video_paused": _type("paused", "course_id lesson_id object_id position_end"),
    "video_seeked": _type("seeked", "course_id lesson_id object_id position_start position_end"),
    "video_watched": _type("watched", "course_id lesson_id object_id position_start position_end", "speed"),
    "reading_scrolled": _type("read", "course_id lesson_id position_end"),
    "assessment_started": _type("initialized", "course_id object_id attempt_id"),
    "answer_saved": _type("answered", "course_id object_id attempt_id"),
    "answer_graded": _type("scored", "course_id object_id attempt_id score max_score is_correct", "response"),
    "assessment_submitted": _type("submitted", "course_id object_id attempt_id"),
    "assessment_graded": _type("scored", "course_id object_id attempt_id score max_score"),
    "assessment_passed": _type("passed", "course_id object_id attempt_id score max_score"),
    "assessment_failed": _type("failed", "course_id object_id attempt_id score max_score"),
    "hint_requested": _type("requested", "course_id object_id", "level"),
    "tutor_asked": _type("asked", data="kind answered"),
    "tutor_rated": _type("rated", data="rating reason"),
    "lab_started": _type("launched", "course_id lesson_id object_id"),
    "lab_checked": _type("evaluated", "course_id lesson_id object_id is_correct", "checks"),
    "lab_passed": _type("passed", "course_id lesson_id object_id"),
    "lab_expired": _type("terminated", "course_id lesson_id object_id"),
    "flashcard_reviewed": _type("reviewed", "object_id is_correct", "grade"),
    "note_written": _type("annotated", "course_id lesson_id"),
    "discussion_posted": _type("posted", "course_id object_id"),
    "discussion_voted": _type("voted", "course_id object_id", "direction"),
    "bookmark_added": _type("bookmarked", "course_id lesson_id object_id position_start"),
    "certificate_issued": _type("earned", "course_id object_id"),
}

_COLUMN_NAMES = (
    "course_id module_id lesson_id object_id attempt_id cohort_id score max_score duration_ms "
    "position_start position_end is_correct"
)
_COLUMNS = frozenset(_COLUMN_NAMES.split())


class InvalidEventError(InvalidInputError):
    """An event of an unknown type, or one that lacks or has what its type doesn't allow."""


def record(
    session: Session,
    event_type: str,
    actor_id: UUID,
    *,
    occurred_at: datetime | None = None,
    data: dict[str, Any] | None = None,
    **columns: Any,
) -> LearningEvent:
    """Add one event to the caller's transaction and return its row.

    `columns` are the typed columns of learning_events (course_id, score, ...); `data` is the rest, with the keys
    that EVENT_TYPES names. `occurred_at` is when it happened, if that was not now.

    Raises:
        InvalidEventError: the type is unknown, a needed column is missing, or something doesn't belong.
    """
    check(event_type, columns, data or {})
    event = LearningEvent(user_id=actor_id, event_type=event_type, event_data=data or {}, **columns)
    if occurred_at is not None:
        event.occurred_at = occurred_at
    session.add(event)
    return event


def check(event_type: str, columns: dict[str, Any], data: dict[str, Any]) -> None:
    """Refuse what `EVENT_TYPES` doesn't allow.

    Raises:
        InvalidEventError: with the reason in words.
    """
    rule = EVENT_TYPES.get(event_type)
    if rule is None:
        raise InvalidEventError(f"{event_type!r} is not a type of learning event.")
    if missing := sorted(name for name in rule.needs if columns.get(name) is None):
        raise InvalidEventError(f"A {event_type} event needs {', '.join(missing)}.")
    if unknown := sorted(set(columns) - _COLUMNS) + sorted(set(data) - rule.data):
        raise InvalidEventError(f"A {event_type} event has no {', '.join(unknown)}.")
    if len(str(data)) > MAX_DATA_BYTES:
        raise InvalidEventError(f"The data of a {event_type} event is longer than {MAX_DATA_BYTES} characters.")


def quarantine(
    session: Session, *, user_id: UUID | None, event_type: str, payload: dict[str, Any], reason: str
) -> None:
    """Keep an event from outside that was refused, with the reason. Its payload is cut to a safe size."""
    kept = payload if len(str(payload)) <= MAX_DATA_BYTES else {"cut": str(payload)[:MAX_DATA_BYTES]}
    session.add(QuarantinedEvent(user_id=user_id, event_type=event_type[:200], payload=kept, reason=reason))
