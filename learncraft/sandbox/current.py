"""The runtime of this process: one, made when it is first asked for, so that whoever runs no program pays nothing."""

from __future__ import annotations

from threading import Lock

from learncraft.sandbox.port import Runtime
from learncraft.sandbox.wasm import WasmRuntime

_current: Runtime | None = None
_lock = Lock()


def current() -> Runtime:
    """What runs programs here."""
    global _current  # noqa: PLW0603  # a process has one, so that all its programs share one queue
    with _lock:
        if _current is None:
            _current = WasmRuntime()
        return _current


def use(runtime: Runtime | None) -> None:
    """Take this one (None: make one when it is needed). The one before is left to whoever made it."""
    global _current  # noqa: PLW0603  # see above
    with _lock:
        _current = runtime


def stop() -> None:
    """End what runs, if anything does."""
    with _lock:
        running = _current
    if running is not None:
        running.stop()
