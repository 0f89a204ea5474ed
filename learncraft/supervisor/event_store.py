"""The embedded event store of one home folder: one process owns it, other commands join it through its state file."""

from __future__ import annotations

import time
from pathlib import Path

from learncraft.analytics.embedded import EmbeddedStore, data_folder
from learncraft.supervisor.errors import StartError
from learncraft.supervisor.locks import FileLock

JOIN_SECONDS = 30.0
POLL_SECONDS = 0.05
LINGER_SECONDS = 10.0  # how long a command that started the store lets others finish with it


class SharedEventStore:
    """Started by the first that needs it. The engine allows one process per folder, so the others join that one."""

    def __init__(self, home: Path) -> None:
        self.folder = home / "event-store"
        self._owning = FileLock(home / "event-store.owner")
        self._using = FileLock(home / "event-store.users")
        self._store = EmbeddedStore(self.folder)

    def url(self) -> str:
        """Where it is now; a restart changes it.

        Raises:
            EventStoreUnavailable: it doesn't run at the moment.
        """
        return self._store.url

    def is_running(self) -> bool:
        """Whether its process runs."""
        return self._store.is_running

    def start(self, *, must_own: bool = False) -> None:
        """Start it, or join the one that another command started. A server must own it and waits for its turn.

        Raises:
            StartError: another command kept it for too long.
            EventStoreUnavailable: it couldn't be started.
        """
        deadline = time.monotonic() + JOIN_SECONDS
        while time.monotonic() < deadline:
            if self._owning.try_alone():
                self._store.stop()  # left by an owner that was killed; it would end by itself in a moment
                self._store.start()
                return
            if not must_own and self._store.is_running:
                self._using.try_shared()
                return
            time.sleep(POLL_SECONDS)
        raise StartError(f"Another command keeps the event store in {self.folder} busy. Try again when it is done.")

    def restart(self) -> None:
        """Start it again after its process died; only its owner does. Others find the new one by themselves.

        Raises:
            StartError: its files are gone.
            EventStoreUnavailable: it couldn't be started.
        """
        if not data_folder(self.folder).is_dir():
            raise StartError(f"The event store's files in {self.folder} are gone. Bring them back, restart LearnCraft.")
        if self._owning.is_held:
            self._store.start()

    def stop(self, *, linger: bool = True) -> None:
        """Leave it; its owner ends it, after those who joined it have left. Safe to repeat."""
        if self._owning.is_held:
            if linger:
                self._using.wait_alone(LINGER_SECONDS)
            self._store.stop()
        self._using.release()
        self._owning.release()
