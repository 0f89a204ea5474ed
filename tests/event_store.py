"""One event-store process for all workers of a test run, with databases of their own."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import fasteners
from sqlalchemy import Engine, text

from learncraft import sql
from learncraft.analytics.batches import Shipped
from learncraft.analytics.embedded import EmbeddedStore
from learncraft.analytics.schema import migrate
from learncraft.analytics.shipping import ship_once
from learncraft.analytics.store import EventStore


def ship(engine: Engine, store: EventStore, **options: int) -> Shipped:
    """One round of shipping, which waits a moment for the transactions of other workers.

    One that ends between two looks of the shipper counts as running for that round; the shipper's loop comes back.
    """
    for _ in range(20):
        shipped = ship_once(engine, store, **options)
        if shipped.events or not queued(engine):
            return shipped
        time.sleep(0.025)
    return shipped


def queued(engine: Engine) -> int:
    """How many events the store hasn't confirmed."""
    with engine.connect() as connection:
        return int(connection.execute(text(sql.text("postgres/shipping/queue"))).one().queued)


class SharedEventStore:
    """The process that the first worker starts and the last worker stops."""

    def __init__(self, base: Path) -> None:
        # Workers come and go; what they have in common, and what must not outlive the run, is the controller.
        parent = os.getppid() if "PYTEST_XDIST_WORKER" in os.environ else os.getpid()
        self.process = EmbeddedStore(base / "event-store", parent=parent)
        self.users = base / "event-store-users"

    @classmethod
    @contextmanager
    def join(cls, base: Path) -> Iterator[SharedEventStore]:
        lock = fasteners.InterProcessLock(base / "event-store.lock")
        shared = cls(base)
        with lock:
            shared.users.mkdir(exist_ok=True)
            (shared.users / str(os.getpid())).touch()
            shared.process.ensure_running()
        try:
            yield shared
        finally:
            with lock:
                (shared.users / str(os.getpid())).unlink()
                if not any(shared.users.iterdir()):
                    shared.process.stop()

    def url(self, database: str) -> str:
        """The URL of one database."""
        return urlunsplit(urlsplit(self.process.url)._replace(path=f"/{database}"))

    @contextmanager
    def database(self, name: str) -> Iterator[EventStore]:
        """A migrated database of one's own, dropped afterwards."""
        store = EventStore.connect(self.url(name))
        migrate(store)
        try:
            yield store
        finally:
            store.command(f"DROP DATABASE `{name}` SYNC")
            store.close()
