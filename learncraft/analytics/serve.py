"""The event-store process: owns the engine of one folder and answers ClickHouse's HTTP protocol on loopback.

Run as `python -m learncraft.analytics.serve --folder DIR`; `embedded.EmbeddedStore` starts and stops it.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import secrets
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import uvicorn

from learncraft.analytics.embedded import DATABASE, State, data_folder, state_file
from learncraft.analytics.engine import Engine, EngineError, Statement
from learncraft.analytics.protocol import application

PARENT_CHECK_SECONDS = 0.5


class _Server(uvicorn.Server):
    """uvicorn that tells where it listens, and ends with its parent."""

    def __init__(self, engine: Engine, folder: Path, state: State, parent: psutil.Process | None) -> None:
        super().__init__(
            uvicorn.Config(
                application(engine, state.key),
                log_level="warning",
                access_log=False,
                lifespan="off",
                timeout_graceful_shutdown=1,
                timeout_keep_alive=60,
            )
        )
        self._engine = engine
        self._folder = folder
        self._state = state
        self._parent = parent

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Stop on a signal, and don't raise it again afterwards as uvicorn does: the engine is closed after this."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self.handle_exit)
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen, then say so."""
        await super().startup(sockets)
        self._state.write(state_file(self._folder))
        if self._parent is not None:
            self._watch = asyncio.create_task(self._end_with(self._parent))

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Answer those who wait with an error, rather than make them wait for nothing."""
        await asyncio.to_thread(self._engine.cancel_all)
        await super().shutdown(sockets)

    async def _end_with(self, parent: psutil.Process) -> None:
        while _is_alive(parent):
            await asyncio.sleep(PARENT_CHECK_SECONDS)
        self.should_exit = True


def _is_alive(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _listening(port: int) -> socket.socket:
    # With the protocol named, asyncio turns Nagle's algorithm off; without, each answer waits up to 40 ms.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", port))
    return listener


def _opened(folder: Path) -> Engine:
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        engine = Engine(data_folder(folder), incoming=folder / "incoming")
    except EngineError as error:
        print(error, file=sys.stderr)  # noqa: T201
        sys.exit(f"The event store in {folder} can't be opened: another process is using it, or its files are damaged.")
    engine.submit(Statement("", f"CREATE DATABASE IF NOT EXISTS {DATABASE}".encode())).result()
    return engine


def main() -> None:
    """Serve until a signal comes or the parent is gone."""
    arguments = argparse.ArgumentParser(description="Run LearnCraft's embedded event store.")
    arguments.add_argument("--folder", type=Path, required=True, help="folder of the data, the state file and the log")
    arguments.add_argument("--port", type=int, default=0, help="port to listen on; 0 takes a free one")
    arguments.add_argument("--parent", type=int, help="process whose end also ends this one")
    given = arguments.parse_args()
    try:
        parent = psutil.Process(given.parent) if given.parent else None
    except psutil.NoSuchProcess:
        sys.exit(0)
    os.environ["TZ"] = "UTC"  # the engine's time zone, wherever it runs
    folder = given.folder.resolve()
    engine = _opened(folder)
    listener = _listening(given.port)
    state = State.of_this_process(port=listener.getsockname()[1], key=secrets.token_urlsafe(32))
    _Server(engine, folder, state, parent).run(sockets=[listener])
    engine.close()  # the state file stays: it names this process, so nobody takes it for a running one
    os._exit(0)  # not sys.exit: a statement that doesn't stop must not keep the process


if __name__ == "__main__":
    main()
