"""What each process of a server takes of the processors."""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil


@dataclass
class Processors:
    """Measures from when it is made. Processes of a server are known by their command lines."""

    server: int
    _before: dict[str, float] = field(default_factory=dict)
    _begun: float = 0.0

    def __post_init__(self) -> None:
        self._before, self._begun = self._now(), time.monotonic()

    def used(self) -> dict[str, float]:
        """How much of one core each has taken since, in percent."""
        seconds = time.monotonic() - self._begun
        return {name: round(100 * (now - self._before.get(name, 0)) / seconds, 1) for name, now in self._now().items()}

    def _now(self) -> dict[str, float]:
        root = psutil.Process(self.server)
        found: dict[str, float] = {"load maker": time.process_time()}
        for process in [root, *root.children(recursive=True)]:
            with suppress(psutil.NoSuchProcess):
                name, times = _name_of(process, self.server), process.cpu_times()
                found[name] = found.get(name, 0.0) + times.user + times.system
                if name == "PostgreSQL" and process.ppid() == self.server:
                    found[name] += times.children_user + times.children_system  # connections that have ended
        return found


def prefer(server: int, nice: int) -> None:
    """Give a server, all that belongs to it, and this process another priority than other work on the machine.

    Linux shares the processors between sessions first, and each of a server's processes has a session of its own.
    """
    root = psutil.Process(server)
    for process in [psutil.Process(), root, *root.children(recursive=True)]:
        with suppress(OSError, psutil.Error):
            process.nice(nice)
            Path(f"/proc/{process.pid}/autogroup").write_text(str(nice), encoding="ascii")


def _name_of(process: psutil.Process, server: int) -> str:
    words = process.cmdline()
    if "web-process" in words:
        return f"web process {words[words.index('--number') + 1]}"
    if process.pid == server:
        return "server"
    return "PostgreSQL" if process.name().startswith("postgres") else "event store and others"
