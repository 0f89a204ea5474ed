"""One event-store process for all workers of a test run, with databases of their own."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import fasteners

from learncraft.analytics.embedded import EmbeddedStore
from learncraft.analytics.schema import migrate
from learncraft.analytics.store import EventStore


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
