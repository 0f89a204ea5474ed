"""Locks on files. The operating system drops them with the process, so a kill leaves none behind."""

from __future__ import annotations

import fcntl
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

from learncraft.supervisor.errors import HomeInUseError

POLL_SECONDS = 0.05
PROBE_SECONDS = 0.2  # a command that asks whether a server runs holds the lock for a moment


class FileLock:
    """An advisory lock: many may share it, or one holds it alone."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._descriptor: int | None = None

    def try_alone(self) -> bool:
        """Take it for oneself; False when anyone else holds or shares it. A share of one's own is traded in."""
        return self._try(fcntl.LOCK_EX)

    def try_shared(self) -> bool:
        """Share it; False when someone holds it alone."""
        return self._try(fcntl.LOCK_SH)

    def wait_alone(self, seconds: float) -> bool:
        """Take it for oneself within so many seconds; False when others kept it."""
        deadline = time.monotonic() + seconds
        while not self.try_alone():
            if time.monotonic() > deadline:
                return False
            time.sleep(POLL_SECONDS)
        return True

    def release(self) -> None:
        """Give it back. Safe to repeat."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def _try(self, kind: int) -> bool:
        opened = self._descriptor is None
        if self._descriptor is None:
            self._descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._descriptor, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            if opened:
                self.release()
            return False
        return True

    @property
    def is_held(self) -> bool:
        """Whether this object holds or shares it."""
        return self._descriptor is not None


@contextmanager
def taking_turns(path: Path) -> Iterator[None]:
    """Wait for one's turn, hold it for the block."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


@dataclass(frozen=True, slots=True)
class Serving:
    """What a running server tells other commands of itself. `url` is None until it answers."""

    pid: int
    host: str
    port: int
    url: str | None = None


class HomeLock:
    """One server per home folder. What it serves is written beside the lock, for doctor and for sentences."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self._lock = FileLock(home / "serve.lock")
        self._note = home / "serve.json"

    def __enter__(self) -> Self:
        if not self._lock.wait_alone(PROBE_SECONDS):
            other = self.serving()
            where = f" at {other.url}" if other and other.url else ""
            process = f" (process {other.pid})" if other else ""
            raise HomeInUseError(
                f"LearnCraft already serves {self.home}{where}{process}. "
                "Stop that one first, or give this one a folder of its own with --home."
            )
        self._note.unlink(missing_ok=True)
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(OSError):
            self._note.unlink(missing_ok=True)
        self._lock.release()

    def announce(self, serving: Serving) -> None:
        """Say what is served; the file is replaced as a whole."""
        draft = self._note.with_suffix(".new")
        draft.write_text(json.dumps(asdict(serving)), encoding="utf-8")
        draft.replace(self._note)

    def serving(self) -> Serving | None:
        """What the running server said; None when none runs."""
        if self.is_free():
            return None
        try:
            return Serving(**json.loads(self._note.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return None

    def is_free(self) -> bool:
        """Whether no server uses the home folder."""
        if self._lock.is_held:
            return False
        if not self._lock.path.exists():
            return True
        probe = FileLock(self._lock.path)
        free = probe.try_alone()
        probe.release()
        return free
