"""The event store made anew from PostgreSQL, which has every event: after a restore, and whenever someone doubts it."""

from __future__ import annotations

import time

from sqlalchemy import Connection, text

from learncraft import sql
from learncraft.analytics.batches import shipping_lock
from learncraft.analytics.errors import ShippingError
from learncraft.analytics.schema import DEFAULT_TTL_MONTHS, drop, migrate
from learncraft.analytics.shipping import ship_waiting
from learncraft.analytics.store import EventStore
from learncraft.db import Database

HELD_BACK_SECONDS = 60.0
POLL_SECONDS = 0.1


def rebuild(database: Database, store: EventStore, *, ttl_months: int = DEFAULT_TTL_MONTHS) -> None:
    """Empty the store and count every event as not shipped. `ship_all`, or a running server, fills it again.

    The store is emptied first: interrupted in between, both sides differ, and a second call mends that. The other
    way round old rows could meet batches of the same name.

    Raises:
        ShippingError: a server ships at the same time.
        EventStoreUnavailable: the store doesn't answer.
    """
    with shipping_lock(database.engine) as connection:
        if connection is None:
            raise ShippingError("A running server ships events. Stop it, then rebuild the event store.")
        drop(store)
        migrate(store, ttl_months=ttl_months)
        with connection.begin():
            forget_batches(connection)


def forget_batches(connection: Connection) -> None:
    """Count every event as not shipped, in the caller's transaction. The store must be empty before anything ships."""
    connection.execute(text("SET LOCAL statement_timeout = 0"))
    connection.execute(text(sql.text("postgres/shipping/renumber_events")))
    connection.execute(text("DELETE FROM event_batches"))


def ship_all(database: Database, store: EventStore) -> int:
    """Ship until nothing waits, or until another shipper does it; returns how many events went.

    A transaction that still runs, be it PostgreSQL's own housekeeping, holds back those after it; it is waited for.

    Raises:
        EventStoreUnavailable: the store doesn't answer. Nothing is lost; the next shipper goes on.
    """
    events, deadline = 0, time.monotonic() + HELD_BACK_SECONDS
    while True:
        shipped = ship_waiting(database.engine, store)
        events += shipped.events
        if shipped.events:
            continue
        if shipped.busy or not _waiting(database) or time.monotonic() > deadline:
            return events
        time.sleep(POLL_SECONDS)


def _waiting(database: Database) -> int:
    with database.reading() as session:
        return int(session.execute(text(sql.text("postgres/shipping/queue"))).one().queued)
