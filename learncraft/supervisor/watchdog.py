"""Starts an embedded part again when its process dies while the server runs."""

from __future__ import annotations

import logging
import threading
import time
from typing import Protocol

LOOK_SECONDS = 0.5
FIRST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 30.0
CALM_SECONDS = 60.0  # after this long without a death the pauses are short again

log = logging.getLogger(__name__)


class Part(Protocol):
    """Something with a process of its own."""

    def is_running(self) -> bool:
        """Whether the process is there."""

    def restart(self) -> None:
        """Start it again; it kept its place and its data."""


class Watchdog:
    """One thread that looks at some parts. A part that dies again and again is started at growing intervals."""

    def __init__(self, parts: dict[str, Part]) -> None:
        self._parts = parts
        self._stop = threading.Event()
        self._pause = dict.fromkeys(parts, FIRST_PAUSE_SECONDS)
        self._not_before = dict.fromkeys(parts, 0.0)
        self._thread = threading.Thread(target=self._run, name="watchdog", daemon=True)

    def start(self) -> None:
        """Begin to look."""
        if self._parts:
            self._thread.start()

    def stop(self) -> None:
        """Look no more. A restart that is under way may still end."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(1.0)

    def _run(self) -> None:
        while not self._stop.wait(LOOK_SECONDS):
            for name, part in self._parts.items():
                if not part.is_running() and time.monotonic() >= self._not_before[name] and not self._stop.is_set():
                    self._restart(name, part)

    def _restart(self, name: str, part: Part) -> None:
        now = time.monotonic()
        if now - self._not_before[name] > CALM_SECONDS:
            self._pause[name] = FIRST_PAUSE_SECONDS
        log.error("the %s ended unexpectedly; starting it again", name)
        try:
            part.restart()
            log.warning("the %s runs again", name)
        except Exception:
            log.exception("the %s can't be started; next try in %s s", name, self._pause[name])
        self._not_before[name] = time.monotonic() + self._pause[name]
        self._pause[name] = min(self._pause[name] * 2, LONGEST_PAUSE_SECONDS)
