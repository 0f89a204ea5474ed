"""Batch after batch while many events wait: the next one is read from PostgreSQL while the store takes the one before.

Both databases work at the same time then, which nearly doubles what one shipper moves. Each batch is still written down
before it is sent, sent in order, and confirmed for itself.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import Connection

from learncraft.analytics import batches
from learncraft.analytics.batches import MAX_EVENTS, Batch, Shipped
from learncraft.analytics.store import EventStore


def drain(
    connection: Connection,
    store: EventStore,
    *,
    max_events: int = MAX_EVENTS,
    goes_on: Callable[[], bool] = lambda: True,
) -> Shipped:
    """Send batches until one was not full, on a connection that holds the lock. `goes_on` is asked before each further
    one.

    Raises:
        EventStoreUnavailable: the store didn't confirm a batch. It is kept, as is the one behind it, and sent again.
        ShippingError: as for `batches.ship`.
    """
    events = 0
    waiting = _next(connection, max_events)
    with ThreadPoolExecutor(1, thread_name_prefix="sender") as sender:
        while waiting is not None:
            batch, block = waiting
            sending = sender.submit(batches.send, store, batch, block)
            waiting = _next(connection, max_events, after=batch.id) if batch.is_full and goes_on() else None
            with batches.noted(connection, batch):
                sending.result()
            batches.acknowledge(connection, batch)
            events += batch.event_count
    return Shipped(events)


def _next(connection: Connection, max_events: int, after: int = 0) -> tuple[Batch, bytes] | None:
    batch = batches.form(connection, max_events=max_events, after=after)
    return None if batch is None else (batch, batches.prepare(connection, batch))
