"""Fills an event store with made-up events, and measures how fast real ones come into it."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime

from sqlalchemy import text

from learncraft import sql
from learncraft.analytics.shipping import Shipper, ship_waiting
from learncraft.analytics.store import EventStore
from learncraft.bench.timing import percentile
from learncraft.demo.traffic import Target
from learncraft.demo.traffic.generating import Order, generate
from learncraft.demo.traffic.world import Size
from learncraft.runtime import Runtime

COURSES = 400
PIECE = 200_000  # events of one insert: a second or two, well below the time that a question may take
LONE_EVENTS = 40  # whose way is timed, one after the other
_RECORD = text(
    """
    INSERT INTO learning_events (user_id, event_type, course_id, lesson_id, event_data)
    VALUES (new_id(), 'lesson_opened', new_id(), new_id(), '{}')
    """
)


def fill(store: EventStore, events: int, *, progress: Callable[[float], None]) -> None:
    """Bring the store to so many events, about one person for each 500 of them."""
    have = int(store.command("SELECT count() FROM learning_events"))
    for first in range(have, events, PIECE):
        progress(first / events)
        store.command(
            sql.text("bench/events"),
            settings={"max_execution_time": 0, "max_memory_usage": 0},
            first=first,
            count=min(PIECE, events - first),
            people=max(events // 500, 1_000),
            courses=COURSES,
            until=f"{datetime.now(UTC):%Y-%m-%d} 21:30:00",
        )


def ship(here: Runtime, events: int) -> float:
    """Record so many events of all types in PostgreSQL, then ship them; returns how many a second were shipped."""
    generate(
        Order(events, days=30, target=Target.POSTGRES, size=Size(COURSES, 5_000)),
        database=here.database,
        store=here.store,
    )
    shipped, begun = 0, time.perf_counter()
    while shipped < events:
        shipped += ship_waiting(here.database.engine, here.store).events
    return round(shipped / (time.perf_counter() - begun), 0)


def lag(here: Runtime) -> float:
    """Seconds from the commit of a lone event until a chart could count it: what 95 % of them don't exceed."""
    shipper = Shipper(here.database.engine, here.store)
    shipper.start()
    waits = []
    try:
        for _ in range(LONE_EVENTS):
            before = int(here.store.command("SELECT count() FROM learning_events"))
            _record(here)
            begun = time.perf_counter()
            while int(here.store.command("SELECT count() FROM learning_events")) == before:
                time.sleep(0.01)
            waits.append(time.perf_counter() - begun)
            time.sleep(0.3)
    finally:
        shipper.stop()
    return percentile(waits, 0.95)


def _record(here: Runtime) -> None:
    with here.database.transaction() as session:
        session.execute(_RECORD)
