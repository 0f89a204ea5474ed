"""The embedded event store seen from outside: start its process, find it, stop it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

import psutil

from learncraft.analytics.errors import SILENT, EventStoreUnavailable

DATABASE = "learncraft"
START_TIMEOUT_SECONDS = 60.0
STOP_TIMEOUT_SECONDS = 3.0


def data_folder(folder: Path) -> Path:
    """The engine's own folder."""
    return folder / "data"


def state_file(folder: Path) -> Path:
    """Where the running process says how to reach it."""
    return folder / "state.json"


def log_file(folder: Path) -> Path:
    """What the process printed."""
    return folder / "event-store.log"


@dataclass(frozen=True, slots=True)
class State:
    """How to reach a running event-store process. The key is new at each start."""

    pid: int
    created: float  # when the process began: tells it from a later one with the same number
    port: int
    key: str

    @classmethod
    def of_this_process(cls, *, port: int, key: str) -> Self:
        """The state that this process should announce."""
        return cls(pid=os.getpid(), created=psutil.Process().create_time(), port=port, key=key)

    @classmethod
    def read(cls, path: Path) -> Self | None:
        """What the file says; None when there is none. A process may have died and left it."""
        try:
            return cls(**json.loads(path.read_text(encoding="utf-8")))
        except (FileNotFoundError, json.JSONDecodeError, TypeError):
            return None

    def write(self, path: Path) -> None:
        """Replace the file as a whole, readable by its owner only."""
        draft = path.with_name(f"{path.name}.{self.pid}")
        draft.unlink(missing_ok=True)
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            json.dump(asdict(self), file)
        draft.replace(path)

    @property
    def url(self) -> str:
        """Where clickhouse-connect finds it."""
        return f"http://{DATABASE}:{self.key}@127.0.0.1:{self.port}/{DATABASE}"

    def process(self) -> psutil.Process | None:
        """The process, if it still runs."""
        try:
            process = psutil.Process(self.pid)
            ended = abs(process.create_time() - self.created) > 1 or process.status() == psutil.STATUS_ZOMBIE
        except psutil.NoSuchProcess:
            return None
        return None if ended else process


class EmbeddedStore:
    """The event-store process of one folder."""

    def __init__(self, folder: Path, *, parent: int | None = None) -> None:
        """`parent` is the process whose end also ends the store; by default the one that starts it."""
        self.folder = folder
        self._parent = parent or os.getpid()
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def is_running(self) -> bool:
        """Whether the process runs and has said that it listens."""
        state = State.read(state_file(self.folder))
        return state is not None and state.process() is not None

    @property
    def url(self) -> str:
        """Where the running store is found, with its key. A restart changes it.

        Raises:
            EventStoreUnavailable: it doesn't run.
        """
        state = State.read(state_file(self.folder))
        if state is None or state.process() is None:
            raise EventStoreUnavailable(SILENT)  # its process has ended: pages say so as for any other silence
        return state.url

    @property
    def pid(self) -> int | None:
        """The number of the running process."""
        state = State.read(state_file(self.folder))
        return state.pid if state and state.process() else None

    def ensure_running(self, *, timeout: float = START_TIMEOUT_SECONDS) -> None:
        """Start the process unless it runs already; one that another process started is as good.

        Raises:
            EventStoreUnavailable: it couldn't be started.
        """
        if not self.is_running:
            self.start(timeout=timeout)

    def start(self, *, timeout: float = START_TIMEOUT_SECONDS) -> None:
        """Start the process and wait until it listens.

        Raises:
            EventStoreUnavailable: it ended at once, with its own sentence, or isn't ready in time.
        """
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        command = [sys.executable, "-m", "learncraft.analytics.serve"]
        command += ["--folder", str(self.folder), "--parent", str(self._parent)]
        with log_file(self.folder).open("ab") as log:
            self._child = subprocess.Popen(  # noqa: S603 - our own module, under our own interpreter
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            state = State.read(state_file(self.folder))
            if state is not None and state.pid == self._child.pid and state.process() is not None:
                return
            if self._child.poll() is not None:
                raise EventStoreUnavailable(self._last_words())
            time.sleep(0.02)
        self._child.kill()
        raise EventStoreUnavailable(f"The embedded event store wasn't ready after {timeout:.0f} seconds.")

    def _last_words(self) -> str:
        lines = log_file(self.folder).read_text(encoding="utf-8", errors="replace").strip().splitlines()
        return lines[-1] if lines else "The embedded event store ended as soon as it started."

    def stop(self) -> None:
        """End the process, also one that another process started, and wait until it is gone. Safe to repeat."""
        state = State.read(state_file(self.folder))
        process = state.process() if state else None
        if state is not None and process is not None:
            process.terminate()
            if not _ends(state):
                process.kill()
                _ends(state)
        if self._child is not None:
            self._child.wait()
            self._child = None


def _ends(state: State) -> bool:
    """Wait for the process to end. psutil's own wait would wait for whoever started it to take note, too."""
    deadline = time.monotonic() + STOP_TIMEOUT_SECONDS
    while state.process() is not None:
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True
