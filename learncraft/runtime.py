"""What a running process holds: its settings, its database, its event store. One of each per process."""

from __future__ import annotations

from dataclasses import dataclass, replace
from threading import Lock

from learncraft.analytics.store import EventStore
from learncraft.db import Database
from learncraft.settings import Settings


@dataclass(frozen=True, slots=True)
class Runtime:
    """Handles that pages, routes and commands share. Threads may use all of them."""

    settings: Settings
    database: Database
    store: EventStore

    def for_people(self) -> Runtime:
        """The handles of pages and routes: the platform's rights only where they are asked for."""
        return replace(self, database=self.database.confined())


_current: Runtime | None = None
_lock = Lock()


def use(runtime: Runtime | None) -> None:
    """Make these the handles of this process's pages (None: forget them).

    Pages serve people, so their database is confined: a page that forgets to say who looks finds nobody's rows.
    """
    global _current  # noqa: PLW0603  # a process has one runtime, as it has one Streamlit App
    with _lock:
        _current = runtime and runtime.for_people()


def current() -> Runtime:
    """The handles of this process.

    Raises:
        RuntimeError: nothing was started; `learncraft serve` and the tests call `use` first.
    """
    if _current is None:
        raise RuntimeError("Nothing is started. Run `learncraft serve`.")
    return _current
