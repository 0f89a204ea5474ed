"""Shipping as a whole: the loop that ships, about once a second under load and at once after a quiet second, and how
far it has come."""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass
from datetime import datetime

import psycopg
from clickhouse_connect.driver.exceptions import DatabaseError
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import SQLAlchemyError

from learncraft import sql
from learncraft.analytics.batches import MAX_EVENTS, Shipped, pause_is_wanted, ship, shipping_lock
from learncraft.analytics.draining import drain
from learncraft.analytics.errors import EventStoreUnavailable
from learncraft.analytics.store import EventStore
from learncraft.errors import LearnCraftError

INTERVAL_SECONDS = 1.0  # between two batches under load: fewer, larger inserts are what the store likes
LOOK_SECONDS = 0.2  # between two looks while nothing happens: the most that a lone event waits
STANDBY_SECONDS = 2.0  # between two attempts at a lock that another shipper holds
FIRST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 30.0

RECENT_BATCHES = 20  # whose counts are compared on both sides

log = logging.getLogger(__name__)


def ship_once(engine: Engine, store: EventStore, *, max_events: int = MAX_EVENTS) -> Shipped:
    """Send one batch: the one that isn't confirmed yet, or else a new one with what has been recorded since.

    Raises:
        EventStoreUnavailable: the store didn't confirm it. The batch is kept and sent again next time.
        ShippingError: the store refuses the batch, or the database was restored without its transaction numbers.
    """
    with shipping_lock(engine) as connection:
        if connection is None:
            return Shipped(busy=True)
        return ship(connection, store, max_events=max_events)


def ship_waiting(engine: Engine, store: EventStore, *, max_events: int = MAX_EVENTS) -> Shipped:
    """Send batch after batch until one was not full: all that waited, unless transactions still run.

    Raises:
        EventStoreUnavailable: as for `ship_once`.
        ShippingError: as for `ship_once`.
    """
    with shipping_lock(engine) as connection:
        if connection is None:
            return Shipped(busy=True)
        return drain(connection, store, max_events=max_events)


class Shipper:
    """A thread that ships events until it is stopped. Several may run; one works, the others wait."""

    def __init__(self, engine: Engine, store: EventStore, *, max_events: int = MAX_EVENTS) -> None:
        self._engine = engine
        self._store = store
        self._max_events = max_events
        self._stop = threading.Event()
        self._failures = 0
        self._thread = threading.Thread(target=self.run, name="shipper", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self, *, timeout: float = 10) -> None:
        """End after the batch in hand. Nothing is lost if the process is killed instead."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(timeout)

    def run(self) -> None:
        """Ship in the calling thread until `stop`."""
        while not self._stop.is_set():
            try:
                with shipping_lock(self._engine) as connection:
                    if connection is not None:
                        self._work(connection)
                pause = STANDBY_SECONDS
            except (LearnCraftError, SQLAlchemyError, psycopg.Error) as error:
                pause = min(FIRST_PAUSE_SECONDS * 2**self._failures, LONGEST_PAUSE_SECONDS)
                self._failures = min(self._failures + 1, 10)
                log.warning("Shipping events failed; again in %.1f seconds. %s", pause, error)
            self._stop.wait(pause)

    def _work(self, connection: Connection) -> None:
        def goes_on() -> bool:
            return not self._stop.is_set() and not pause_is_wanted(connection)

        while goes_on():
            begun = time.monotonic()
            shipped = drain(connection, self._store, max_events=self._max_events, goes_on=goes_on)
            self._failures = 0
            pause = INTERVAL_SECONDS - (time.monotonic() - begun) if shipped.events else LOOK_SECONDS
            self._stop.wait(max(pause, 0))


@dataclass(frozen=True, slots=True)
class BatchCheck:
    """One confirmed batch, counted on both sides."""

    batch_id: int
    recorded: int
    stored: int
    distinct: int

    @property
    def drift(self) -> int:
        """Events too many (above zero) or missing (below)."""
        return self.stored - self.recorded if self.stored != self.recorded else self.distinct - self.stored


@dataclass(frozen=True, slots=True)
class ShippingStatus:
    """What the admin's health page shows. `checks` is None while the event store doesn't answer."""

    queued: int
    lag_seconds: float
    shipped_until: datetime
    last_acknowledged_at: datetime | None
    unacknowledged: int
    last_error: str | None
    quarantined: int
    checks: tuple[BatchCheck, ...] | None


@dataclass(frozen=True, slots=True)
class Freshness:
    """How current the store is: all that was recorded until the moment is in it, and nothing after the batch."""

    moment: datetime
    last_batch: int


def freshness(engine: Engine) -> Freshness:
    """How current the store is. Asked before a chart, so that the chart is never older than it says."""
    with engine.connect() as connection:
        queue = connection.execute(text(sql.text("postgres/shipping/queue"))).one()
        return Freshness(queue.shipped_until, queue.last_batch)


def shipped_until(engine: Engine) -> datetime:
    """The moment up to which all recorded events are in the store: now, or when the oldest one waiting came."""
    return freshness(engine).moment


def status(engine: Engine, store: EventStore) -> ShippingStatus:
    """The state of shipping now."""
    with engine.connect() as connection:
        queue = connection.execute(text(sql.text("postgres/shipping/queue"))).one()
        rest = connection.execute(text(sql.text("postgres/shipping/status"))).one()
        recent = connection.execute(
            text(
                "SELECT id, event_count FROM event_batches WHERE acknowledged_at IS NOT NULL "
                "ORDER BY id DESC LIMIT :batches"
            ),
            {"batches": RECENT_BATCHES},
        ).all()
    recorded = {row.id: row.event_count for row in recent}
    return ShippingStatus(
        queued=queue.queued,
        lag_seconds=queue.lag_seconds,
        shipped_until=queue.shipped_until,
        last_acknowledged_at=rest.last_acknowledged_at,
        unacknowledged=rest.unacknowledged,
        last_error=rest.last_error,
        quarantined=rest.quarantined,
        checks=_checked(store, recorded),
    )


def _checked(store: EventStore, recorded: dict[int, int]) -> tuple[BatchCheck, ...] | None:
    try:
        return check_batches(store, recorded)
    except (EventStoreUnavailable, DatabaseError):  # its tables may be gone; the rest of the status still counts
        return None


def check_batches(store: EventStore, recorded: dict[int, int]) -> tuple[BatchCheck, ...]:
    """Count batches in the store, given how many events each of them was formed of.

    Raises:
        EventStoreUnavailable: the store doesn't answer.
    """
    found = store.query(
        "SELECT batch_id, count(), uniqExact(event_id) FROM learning_events "
        "WHERE batch_id IN {batches:Array(UInt64)} GROUP BY batch_id",
        batches=list(recorded),
    )
    stored = {batch_id: (rows, distinct) for batch_id, rows, distinct in found}
    return tuple(BatchCheck(batch_id, count, *stored.get(batch_id, (0, 0))) for batch_id, count in recorded.items())
