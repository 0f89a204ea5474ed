"""Ctrl-C, SIGTERM and a closed terminal: each asks the server to end in order."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from types import FrameType
from typing import Self

from learncraft.supervisor.errors import StoppedError

PATIENCE_SECONDS = 2.0


class Stopping:
    """Turns signals into one orderly end.

    Before the server runs, a signal breaks the start off. While it runs, it is asked to end; should it not, the
    last resort is called from another thread. Later signals change nothing: what is being stopped is stopped.
    """

    def __init__(self) -> None:
        self._ask: Callable[[], None] | None = None
        self._last_resort: Callable[[], None] | None = None
        self._asked = False
        self._ended = threading.Event()

    def __enter__(self) -> Self:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._received)
        return self

    def __exit__(self, *_: object) -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)

    def serving(self, ask: Callable[[], None], last_resort: Callable[[], None]) -> None:
        """From now on a signal calls `ask`; `last_resort` follows if that doesn't help."""
        self._ask, self._last_resort = ask, last_resort

    def served(self) -> None:
        """The server has ended."""
        self._asked = True
        self._ended.set()

    def _received(self, _number: int, _frame: FrameType | None) -> None:
        if self._asked:
            return
        self._asked = True
        if self._ask is None:
            raise StoppedError("Stopped before LearnCraft had started.")
        self._ask()
        threading.Thread(target=self._wait, name="last resort", daemon=True).start()

    def _wait(self) -> None:
        if not self._ended.wait(PATIENCE_SECONDS) and self._last_resort is not None:
            self._last_resort()
