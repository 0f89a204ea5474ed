"""Does the event store hold what PostgreSQL has? Counted by month and by batch; a month that differs is made anew.

A month is a partition in both. Its roll-ups are emptied with it and fill again from what is inserted, so one repair
mends whichever of them was wrong. Shipping pauses meanwhile: what came into a month between its emptying and its end
would be lost or doubled otherwise.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import uuid4

from sqlalchemy import Connection, Engine, text

from learncraft import sql
from learncraft.analytics import batches
from learncraft.analytics.batches import Batch, pause_of_shipping, shipping_lock
from learncraft.analytics.errors import ShippingError
from learncraft.analytics.schema import TABLES_OF_EVENTS, Topology
from learncraft.analytics.shipping import BatchCheck, check_batches
from learncraft.analytics.store import EventStore

ROLL_UPS = ("activity", "receipts", "presence")  # those that count every event once, in a column named events
BATCHES_AT_ONCE = 500
PAUSE_SECONDS = 30.0  # for a shipper to give the lock back
_LOOKS = 3  # a batch that is being inserted is in the table a moment before it is in the roll-ups

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class MonthCheck:
    """One month, counted on both sides; `rolled_up` is what each roll-up says."""

    month: date
    recorded: int
    stored: int
    rolled_up: tuple[int, ...]

    @property
    def drift(self) -> int:
        """Events too many (above zero) or missing (below), in the table or in the roll-up that is farthest off."""
        return max((count - self.recorded for count in (self.stored, *self.rolled_up)), key=abs)


@dataclass(frozen=True, slots=True)
class Reconciled:
    """What a comparison found and what was made anew."""

    months: tuple[MonthCheck, ...]
    batches: tuple[BatchCheck, ...]  # only those that differ
    batches_checked: int
    repaired: tuple[date, ...]

    @property
    def drifting(self) -> tuple[date, ...]:
        """The months that differed."""
        return tuple(check.month for check in self.months if check.drift)


def reconcile(
    engine: Engine,
    store: EventStore,
    *,
    since: date,
    repair: bool = True,
    last_batches: int | None = 2_000,
    say: Say = lambda _words: None,
) -> Reconciled:
    """Compare the months from `since` on, and the latest batches (None: all); make anew what differs.

    Raises:
        EventStoreUnavailable: the store doesn't answer.
        ShippingError: another process doesn't let go of the lock.
    """
    months = _settled(engine, store, since)
    say(f"{len(months)} months counted")
    checked = list(_batches(engine, store, last_batches))
    wrong = tuple(check for check in checked if check.drift)
    to_mend = {check.month for check in months if check.drift} | _months_of(engine, wrong, since)
    repaired = []
    for month in sorted(to_mend) if repair else ():
        say(f"{month:%Y-%m} is made anew")
        rebuild_month(engine, store, month)
        repaired.append(month)
    return Reconciled(tuple(months), wrong, len(checked), tuple(repaired))


def _settled(engine: Engine, store: EventStore, since: date) -> list[MonthCheck]:
    for _ in range(_LOOKS):
        months = _months(engine, store, since)
        if not any(check.drift for check in months):
            break
        time.sleep(1)
    return months


def _months(engine: Engine, store: EventStore, since: date) -> list[MonthCheck]:
    """The store is asked about confirmed batches only, and for events that no batch brought (the number 0)."""
    with engine.connect() as connection:
        connection.execute(text("SET LOCAL statement_timeout = 0"))
        rows = connection.execute(text(sql.text("postgres/shipping/months")), {"since": since}).all()
        waiting = connection.scalar(text("SELECT count(*) FROM event_batches WHERE acknowledged_at IS NULL"))
    recorded = {row.month: row.events for row in rows}
    stored = _by_month(store, "learning_events", "count()", since)
    rolled_up = [_by_month(store, table, "sum(events)", since) for table in ROLL_UPS]
    kept = sorted(recorded)
    if waiting:  # it may be in the store already: that month is left to the next look
        kept = kept[:-1]
    return [
        MonthCheck(month, recorded[month], stored.get(month, 0), tuple(one.get(month, 0) for one in rolled_up))
        for month in kept
    ]


def _by_month(store: EventStore, table: str, count: str, since: date) -> dict[date, int]:
    found = store.patient.query(
        f"SELECT received_month, {count} FROM {table} "  # noqa: S608  # names of our own
        "WHERE received_month >= {since:Date} GROUP BY received_month",
        since=since,
    )
    return {month: int(events) for month, events in found}


def _batches(engine: Engine, store: EventStore, last: int | None) -> Iterator[BatchCheck]:
    with engine.connect() as connection:
        rows = connection.execute(
            text(
                "SELECT id, event_count FROM event_batches WHERE acknowledged_at IS NOT NULL "
                "ORDER BY id DESC LIMIT :batches"
            ),
            {"batches": last},
        ).all()
    for first in range(0, len(rows), BATCHES_AT_ONCE):
        yield from check_batches(store, {row.id: row.event_count for row in rows[first : first + BATCHES_AT_ONCE]})


def _months_of(engine: Engine, wrong: tuple[BatchCheck, ...], since: date) -> set[date]:
    """The months of the events of batches; those that retention took from PostgreSQL can't be made anew."""
    if not wrong:
        return set()
    statement = text(
        "SELECT DISTINCT date_trunc('month', event.created_at AT TIME ZONE 'UTC')::date FROM event_batches AS batch "
        "JOIN learning_events AS event ON (event.xid, event.id) > (batch.from_xid, batch.from_id) "
        "AND (event.xid, event.id) <= (batch.to_xid, batch.to_id) WHERE batch.id = ANY(:ids)"
    )
    with engine.connect() as connection:
        found = connection.scalars(statement, {"ids": [check.batch_id for check in wrong]})
        return {month for month in found if month >= since}


def rebuild_month(engine: Engine, store: EventStore, month: date) -> int:
    """Make one month anew from PostgreSQL, in the table and all roll-ups; returns how many events it has.

    Killed in between, the month lacks events; the next comparison finds that and does it again.

    Raises:
        EventStoreUnavailable: the store doesn't answer.
        ShippingError: another process doesn't let go of the lock.
    """
    since = datetime(month.year, month.month, 1, tzinfo=UTC)
    until = datetime(month.year + month.month // 12, month.month % 12 + 1, 1, tzinfo=UTC)
    events = 0
    with _alone(engine) as connection:
        with connection.begin():
            rows = connection.execute(
                text(sql.text("postgres/shipping/batches_of_month")), {"since": since, "until": until}
            ).all()
        topology = Topology.of(store)
        for table in map(topology.held, TABLES_OF_EVENTS):
            store.patient.command(f"ALTER TABLE {table}{topology.on_cluster} DROP PARTITION '{month}'")
        for row in rows:
            batch = Batch(**row._mapping)
            with connection.begin():
                block = batches.block_of(connection, batch, since=since, until=until)
            if block:
                # A name of its own: the store still remembers the batch's, and would drop it.
                batches.send(store, batch, block, token=f"{batch.token}-again-{uuid4()}")
                events += block.count(b"\n")
    return events


@contextmanager
def _alone(engine: Engine) -> Iterator[Connection]:
    """The lock of shipping; a running shipper sees that somebody waits, and steps back."""
    with pause_of_shipping(engine):
        deadline = time.monotonic() + PAUSE_SECONDS
        while True:
            with shipping_lock(engine) as connection:
                if connection is not None:
                    yield connection
                    return
            if time.monotonic() > deadline:
                raise ShippingError("Another process ships events and doesn't pause. Stop it, or try again later.")
            time.sleep(0.05)
