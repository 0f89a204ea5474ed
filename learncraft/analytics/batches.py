"""One batch of events from PostgreSQL to the event store, exactly once.

A batch is a range of keys (xid, id), written down before it is first sent. All its transactions have ended, so it
never changes: it is sent until the store confirms it, each time with the same rows, settings and token, and the
store drops what it already has. No event row is ever updated. One shipper works at a time, the one whose
connection holds the lock; when that connection ends, whoever waits takes over.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from clickhouse_connect.driver.exceptions import DatabaseError
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import SQLAlchemyError

from learncraft import sql
from learncraft.analytics.copying_out import copied
from learncraft.analytics.errors import EventStoreUnavailable, ShippingError
from learncraft.analytics.store import EventStore

MAX_EVENTS = 100_000
MAX_BYTES = 64_000_000

_LOCK = 7_101_843  # any numbers, the same in every process
_PAUSE = 7_101_844
_STATEMENT_TIMEOUT = "5min"  # a full batch on a busy server, where a page's question would have been stopped

# The order of copy_batch.sql.
_COLUMNS = [
    *["event_id", "occurred_at", "received_at", "event_type", "actor_id"],
    *["course_id", "module_id", "lesson_id", "object_id", "attempt_id", "cohort_id"],
    *["score", "max_score", "duration_ms", "position_start", "position_end", "is_correct", "data", "batch_id"],
]

# A repeated insert is recognised only when it is cut into the same blocks: one, here. Deduplication must reach the
# roll-ups too, and is said in full because defaults differ between versions.
SETTINGS = {
    "async_insert": 0,
    "insert_deduplicate": 1,
    "deduplicate_blocks_in_dependent_materialized_views": 1,
    "input_format_parallel_parsing": 0,
    "max_insert_threads": 1,
    "max_insert_block_size": 10 * MAX_EVENTS,
    "min_insert_block_size_rows": 10 * MAX_EVENTS,
    "min_insert_block_size_bytes": 10 * MAX_BYTES,
    "max_partitions_per_insert_block": 0,
    "type_json_skip_duplicated_paths": 1,
}


@dataclass(frozen=True, slots=True)
class Batch:
    """A range of events: after `from`, up to and with `to`. The transaction ids are text, as xid8 has no type here.

    `is_full` when more may wait behind it.
    """

    id: int
    from_xid: str
    from_id: UUID
    to_xid: str
    to_id: UUID
    event_count: int
    is_full: bool = True

    @property
    def token(self) -> str:
        """What the store knows the batch by."""
        return f"batch-{self.id}"


@dataclass(frozen=True, slots=True)
class Shipped:
    """What one round did. `busy` when another shipper holds the lock."""

    events: int = 0
    busy: bool = False


@contextmanager
def shipping_lock(engine: Engine) -> Iterator[Connection | None]:
    """A connection that alone may ship, or None while another one does.

    It is not given back to the pool: closing it frees the lock, however this block ends. The server notices a closed
    connection a little later, so the lock is given back in words first, for whoever comes next.
    """
    with engine.connect() as connection:
        connection.detach()
        with connection.begin():
            connection.execute(text(f"SET statement_timeout = '{_STATEMENT_TIMEOUT}'"))
            locked = connection.scalar(text("SELECT pg_try_advisory_lock(:key)"), {"key": _LOCK})
        try:
            yield connection if locked else None
        finally:
            with suppress(SQLAlchemyError):
                connection.rollback()
                connection.execute(text("SELECT pg_advisory_unlock_all()"))
                connection.commit()


@contextmanager
def pause_of_shipping(engine: Engine) -> Iterator[None]:
    """For the length of the block, shippers step back from the lock: somebody needs it for a repair."""
    with engine.connect() as connection:
        connection.detach()  # closing it ends the pause, whatever happens
        with connection.begin():
            connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": _PAUSE})
        yield


def pause_is_wanted(connection: Connection) -> bool:
    """Whether a shipper should step back."""
    with connection.begin():
        return not connection.scalar(text("SELECT pg_try_advisory_xact_lock_shared(:key)"), {"key": _PAUSE})


def ship(connection: Connection, store: EventStore, *, max_events: int = MAX_EVENTS) -> Shipped:
    """Send one batch, on a connection that holds the lock: the one not confirmed yet, or else a new one.

    The batch is formed on that very connection: if the lock is lost, so is the transaction.

    Raises:
        EventStoreUnavailable: the store didn't confirm it. The batch is kept and sent again next time.
        ShippingError: the store refuses the batch, or the database was restored without its transaction numbers.
    """
    batch = form(connection, max_events=max_events)
    if batch is None:
        return Shipped()
    block = prepare(connection, batch)
    with noted(connection, batch):
        send(store, batch, block)
    acknowledge(connection, batch)
    return Shipped(batch.event_count)


def form(connection: Connection, *, max_events: int = MAX_EVENTS, after: int = 0) -> Batch | None:
    """The first batch that isn't confirmed yet, or else a new one, written down; None when nothing waits.

    `after` is the batch that is being sent: the one behind it is asked for.

    Raises:
        ShippingError: the database was restored without its transaction numbers.
    """
    with connection.begin():
        return _unconfirmed(connection, after) or _form(connection, max_events)


def prepare(connection: Connection, batch: Batch) -> bytes:
    """Write down that a batch is about to be sent, and read its rows."""
    with connection.begin():
        connection.execute(
            text("UPDATE event_batches SET sent_at = now(), attempts = attempts + 1 WHERE id = :id"), {"id": batch.id}
        )
        return block_of(connection, batch)


@contextmanager
def noted(connection: Connection, batch: Batch) -> Iterator[None]:
    """Write down why a batch was not confirmed, for the status."""
    try:
        yield
    except (EventStoreUnavailable, ShippingError) as error:
        with connection.begin():
            connection.execute(
                text("UPDATE event_batches SET last_error = :error WHERE id = :id"),
                {"id": batch.id, "error": str(error)[:2000]},
            )
        raise


def acknowledge(connection: Connection, batch: Batch) -> None:
    """Write down that the store has confirmed a batch."""
    with connection.begin():
        connection.execute(
            text("UPDATE event_batches SET acknowledged_at = now(), last_error = NULL WHERE id = :id"), {"id": batch.id}
        )


def _unconfirmed(connection: Connection, after: int) -> Batch | None:
    found = connection.execute(
        text(
            "SELECT id, from_xid::text AS from_xid, from_id, to_xid::text AS to_xid, to_id, event_count "
            "FROM event_batches WHERE acknowledged_at IS NULL AND id > :after ORDER BY id LIMIT 1"
        ),
        {"after": after},
    ).one_or_none()
    return Batch(**found._mapping) if found else None


def _form(connection: Connection, max_events: int) -> Batch | None:
    last = connection.execute(
        text(
            "SELECT to_xid::text, to_id, to_xid >= pg_snapshot_xmax(pg_current_snapshot()) AS ahead "
            "FROM event_batches ORDER BY id DESC LIMIT 1"
        )
    ).one_or_none()
    if last and last.ahead:
        raise ShippingError(
            "The events' transaction numbers are ahead of this server's: the database was restored from a dump into "
            "a new server by hand. Stop LearnCraft, then run learncraft events rebuild."
        )
    found = connection.execute(
        text(sql.text("postgres/shipping/form_batch")),
        {
            "from_xid": last.to_xid if last else "0",
            "from_id": last.to_id if last else UUID(int=0),
            "max_events": max_events,
            "max_bytes": MAX_BYTES,
        },
    ).one_or_none()
    return Batch(**found._mapping) if found else None


def block_of(
    connection: Connection, batch: Batch, *, since: datetime | None = None, until: datetime | None = None
) -> bytes:
    """The rows of a batch, as PostgreSQL writes and ClickHouse reads them: no Python object per event.

    With `since` and `until`, only those that were received then.
    """
    driver: Any = connection.connection.dbapi_connection  # the driver's own: SQLAlchemy has no COPY
    values = {
        "batch_id": batch.id,
        "from_xid": batch.from_xid,
        "from_id": batch.from_id,
        "to_xid": batch.to_xid,
        "to_id": batch.to_id,
        "since": since or "-infinity",
        "until": until or "infinity",
    }
    return copied(driver, sql.text("postgres/shipping/copy_batch"), values)


def send(store: EventStore, batch: Batch, block: bytes, *, token: str | None = None) -> None:
    """Insert a batch's rows, if it has any; what the store already has under the batch's token, it drops.

    Raises:
        EventStoreUnavailable: no confirmation came; the rows may be there.
        ShippingError: the store refuses them.
    """
    if not block:
        return
    try:
        store.patient.insert_block(
            "learning_events", block, _COLUMNS, settings=SETTINGS | {"insert_deduplication_token": token or batch.token}
        )
    except DatabaseError as error:
        raise ShippingError(f"The event store refuses batch {batch.id}: {error}") from error
