"""Hands each connection to the web process that its browser is with, before a byte of it is read.

What a browser is in the middle of (its pages' state, pictures, uploads) lives in one process, so a browser has to come
back to the same one. The process gave it a cookie with its number. The doorman looks at the head of a connection's
first request without taking it from the connection, finds the cookie, and passes the connection itself on: from then on
browser and process talk without anybody between.
"""

from __future__ import annotations

import asyncio
import logging
import re
import socket
import time
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any, Protocol

COOKIE = "learncraft_process"
LONGEST_HEAD = 16 * 1024
SILENCE_SECONDS = 60.0  # browsers open connections before they need them
SLOW_HEAD_SECONDS = 2.0  # after this a process takes what there is, and the time that it grants
FIRST_PAUSE_SECONDS = 0.01
MOST_WAITING = 2_000
ACCEPTED_AT_ONCE = 64
NO_ROOM_SECONDS = 0.2

_COOKIE_LINE = re.compile(rb"\r\ncookie:([^\r\n]*)", re.IGNORECASE)
_NUMBER = re.compile(rb"(?:^|[;\s])" + COOKIE.encode() + rb"=(\d{1,4})\s*(?:;|$)")
_END = b"\r\n\r\n"

log = logging.getLogger(__name__)


class Taker(Protocol):
    """A web process, as far as the doorman knows it."""

    def hand(self, connection: socket.socket) -> None:
        """Take a connection over. Raises OSError when the process can't."""


Choose = Callable[[int | None], Coroutine[Any, Any, Taker | None]]


def number_in(head: bytes) -> int | None:
    """The number of the process that the head of a request names by its cookie."""
    head = head.partition(_END)[0]
    for line in _COOKIE_LINE.finditer(head):
        if found := _NUMBER.search(line[1]):
            return int(found[1])
    return None


class Doorman:
    """Accepts on one socket. `choose` says who takes a connection, by the number in its cookie."""

    def __init__(self, listener: socket.socket, choose: Choose) -> None:
        self._listener = listener
        self._choose = choose
        self._waiting: dict[asyncio.Task[None], None] = {}  # in the order in which they came

    def open(self) -> None:
        """Begin to accept. Called in the event loop."""
        asyncio.get_running_loop().add_reader(self._listener, self._accept)

    def close(self) -> None:
        """Accept no more, and drop those that no process has taken yet."""
        asyncio.get_running_loop().remove_reader(self._listener)
        for task in list(self._waiting):
            task.cancel()

    def _accept(self) -> None:
        for _ in range(ACCEPTED_AT_ONCE):
            try:
                connection, _ = self._listener.accept()
            except (BlockingIOError, ConnectionAbortedError, InterruptedError):
                return
            except OSError as error:  # no descriptors are left; accepting again at once would only spin
                log.error("no connection can be accepted: %s", error)
                loop = asyncio.get_running_loop()
                loop.remove_reader(self._listener)
                loop.call_later(NO_ROOM_SECONDS, self.open)
                return
            connection.setblocking(False)
            if len(self._waiting) >= MOST_WAITING:
                next(iter(self._waiting)).cancel()
            task = asyncio.get_running_loop().create_task(self._pass_on(connection))
            self._waiting[task] = None
            task.add_done_callback(self._forget)

    def _forget(self, task: asyncio.Task[None]) -> None:
        self._waiting.pop(task, None)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("a connection was lost at the door", exc_info=error)

    async def _pass_on(self, connection: socket.socket) -> None:
        with connection, suppress(TimeoutError, ConnectionError):
            head = await _head_of(connection)
            for _ in range(2):  # a process may end just now
                taker = await self._choose(number_in(head))
                if taker is None:
                    return
                try:
                    taker.hand(connection)
                    return
                except OSError as error:
                    log.warning("a web process takes no connection: %s", error)


async def _head_of(connection: socket.socket) -> bytes:
    """The head of the first request, which stays in the connection; of who sends it slowly, what is there.

    Raises:
        TimeoutError: nothing came.
        ConnectionError: it was closed.
    """
    async with asyncio.timeout(SILENCE_SECONDS):
        await _readable(connection)
    until = time.monotonic() + SLOW_HEAD_SECONDS
    pause = FIRST_PAUSE_SECONDS
    while True:
        head = connection.recv(LONGEST_HEAD, socket.MSG_PEEK)
        if not head:
            raise ConnectionResetError
        if _END in head or len(head) >= LONGEST_HEAD or time.monotonic() > until:
            return head
        await asyncio.sleep(pause)
        pause *= 2


async def _readable(connection: socket.socket) -> None:
    loop = asyncio.get_running_loop()
    ready: asyncio.Future[None] = loop.create_future()
    descriptor = connection.fileno()

    def tell() -> None:
        if not ready.done():
            ready.set_result(None)

    loop.add_reader(descriptor, tell)
    try:
        await ready
    finally:
        loop.remove_reader(descriptor)
