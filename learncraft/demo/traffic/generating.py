"""Fills one store or both with invented events, as fast as they take them.

Into both, events go the way of all others, but for the reading back: each part is written to PostgreSQL, becomes a
batch there, is sent to the event store as columns under the batch's name, and confirmed. A kill in between leaves what
any shipper mends.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import numpy as np
from sqlalchemy import Connection, Engine, text

from learncraft.analytics import batches
from learncraft.analytics.errors import ShippingError
from learncraft.analytics.rebuilding import ship_all
from learncraft.analytics.store import EventStore
from learncraft.db import Database
from learncraft.demo.scale.copying import copy_columns
from learncraft.demo.traffic import Target, blocks
from learncraft.demo.traffic.blocks import Block
from learncraft.demo.traffic.telling import tell
from learncraft.demo.traffic.visits import DAY_MS, starts, visits
from learncraft.demo.traffic.world import Size, World, found, made_up
from learncraft.errors import InvalidInputError

_PART = 100_000  # events at a time
_INSERT = 5  # parts of one insert when only the event store is filled
_SAMPLE = 2_000
_TAIL = 0.6  # the last starts lie so far from the end, as a share of the whole: events go on after a start

Progress = Callable[[str, float], None]


@dataclass(frozen=True, slots=True)
class Order:
    """How much of what."""

    events: int = 10_000_000
    days: int = 365
    seed: int = 1
    target: Target = Target.BOTH
    size: Size = field(default_factory=Size)

    def check(self) -> None:
        """Refuse what can't be.

        Raises:
            InvalidInputError: with what to change.
        """
        if self.events < 1 or self.days < 2 or self.size.courses < 1 or self.size.learners < 1:
            raise InvalidInputError("At least one event, one course and one learner, over two days or more.")


@dataclass(frozen=True, slots=True)
class Generated:
    """What came of it."""

    events: int
    courses: int
    learners: int
    seconds: float
    invents_world: bool  # rather than the courses and people of the database

    @property
    def per_second(self) -> int:
        """Events written in a second."""
        return round(self.events / max(self.seconds, 1e-9))


def generate(
    order: Order, *, database: Database, store: EventStore, progress: Progress = lambda _words, _share: None
) -> Generated:
    """Write the events of an order.

    Raises:
        ShippingError: a server ships at the same time.
        EventStoreUnavailable: the store doesn't answer.
    """
    order.check()
    with database.reading() as session:
        real = found(session, order.seed)
    world = real or made_up(order.seed, order.size)
    until = int(time.time() * 1000)
    begun, done = time.perf_counter(), 0
    write = _writer(order, database, store, until)
    for part in _parts(order, world, until=until):
        write(part)
        done += len(part)
        rate = done / (time.perf_counter() - begun)
        progress(f"{done:,} of {order.events:,} events, {rate:,.0f} a second", done / order.events)
    progress("Done", 1.0)
    seconds = round(time.perf_counter() - begun, 2)
    return Generated(done, len(world.courses), len(world.learners), seconds, real is None)


def _parts(order: Order, world: World, *, until: int) -> Iterator[Block]:
    """The events in parts, the earliest learners first; the same for the same seed, but for the present moment."""
    begin = until - order.days * DAY_MS
    end = until - int(order.days * DAY_MS * (1 - _TAIL) * 0.25)
    each = _events_of_a_place(order.seed, world, begin, end, until)
    places = max(1, int(_PART * _INSERT / each))
    stretches = max(1, -(-order.events // (_PART * _INSERT)))
    wanted, stretch = order.events, 0
    while wanted:
        low = begin + (end - begin) * min(stretch, stretches - 1) // stretches
        high = begin + (end - begin) * min(stretch + 1, stretches) // stretches
        random = np.random.default_rng([order.seed, 1, stretch])
        made = _told(random, world, places=places, low=low, high=high, until=until)
        whole = blocks.block(random, made, until=until, most=min(wanted, _PART * _INSERT))
        if not len(whole):
            raise InvalidInputError("No event fits into so short a time. Ask for more days.")
        wanted -= len(whole)
        stretch += 1
        step = _PART if order.target is not Target.CLICKHOUSE else _PART * _INSERT
        for first in range(0, len(whole), step):
            yield whole.part(first, first + step)


def _told(random: np.random.Generator, world: World, *, places: int, low: int, high: int, until: int) -> Any:
    since = np.sort(starts(random, count=places, begin=low, end=high))
    return tell(random, world, visits(random, world, places=places, since=since, until=until))


def _events_of_a_place(seed: int, world: World, begin: int, end: int, until: int) -> float:
    """How many events one learner leaves in one course, from a sample; a little less, so that no stretch is short."""
    random = np.random.default_rng([seed, 2])
    return len(_told(random, world, places=_SAMPLE, low=begin, high=end, until=until)) / _SAMPLE * 0.95


def _writer(order: Order, database: Database, store: EventStore, until: int) -> Callable[[Block], None]:
    if order.target is Target.CLICKHOUSE:
        return lambda part: _send(store, part, batch_id=0, token=None)
    months = _months(order.days + 2, until)
    with database.engine.begin() as connection:
        for month in months:
            _make_month(connection, month)
    if order.target is Target.POSTGRES:
        return lambda part: _copy(database.engine, part)
    ship_all(database, store)  # nothing may stand in the queue before the first part
    return lambda part: _both(database, store, part)


def _both(database: Database, store: EventStore, part: Block) -> None:
    _copy(database.engine, part)
    with batches.shipping_lock(database.engine) as connection:
        if connection is None:
            raise ShippingError("A running server ships events. Stop it, then generate.")
        batch = batches.form(connection, max_events=len(part))
        if batch is not None and batch.event_count == len(part) and batch.to_id == UUID(bytes=part.last_id):
            _send(store, part, batch_id=batch.id, token=batch.token)
            batches.acknowledge(connection, batch)
            return
    ship_all(database, store)  # others wrote meanwhile: the long way


def _send(store: EventStore, part: Block, *, batch_id: int, token: str | None) -> None:
    settings = batches.SETTINGS | ({"insert_deduplication_token": token} if token else {"insert_deduplicate": 0})
    store.patient.insert_block(
        "learning_events", blocks.arrow(part, batch_id=batch_id), blocks.COLUMNS, form="ArrowStream", settings=settings
    )


def _copy(engine: Engine, part: Block) -> None:
    with engine.begin() as connection:
        connection.execute(text("SET LOCAL statement_timeout = 0"))
        connection.execute(text("SET LOCAL synchronous_commit = off"))
        driver: Any = connection.connection.driver_connection
        copy_columns(driver, "learning_events", blocks.columns(part))


def _months(days: int, until: int) -> list[date]:
    moment = datetime.fromtimestamp(until / 1000, UTC)
    first = datetime.fromtimestamp((until - days * DAY_MS) / 1000, UTC)
    numbers = range(first.year * 12 + first.month - 1, moment.year * 12 + moment.month)
    return [date(number // 12, number % 12 + 1, 1) for number in numbers]


def _make_month(connection: Connection, month: date) -> None:
    """A partition for a month that has gone by; rows of the default one are sorted in with the next job."""
    name = f"learning_events_{month:%Y_%m}"
    if connection.scalar(text("SELECT to_regclass(:name)"), {"name": name}) is not None:
        return
    following = date(month.year + month.month // 12, month.month % 12 + 1, 1)
    connection.execute(
        text(
            f"CREATE TABLE {name} PARTITION OF learning_events "
            f"FOR VALUES FROM ('{month} 00:00:00+00') TO ('{following} 00:00:00+00')"
        )
    )
