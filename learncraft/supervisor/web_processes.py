"""Several processes that serve pages, behind one door. One interpreter runs pages on one core; these use the others.

The server itself keeps what there must be once: the databases, jobs, the shipping of events. A web process that dies is
started again under its number, and its browsers come back to it.
"""

from __future__ import annotations

import asyncio
import logging
import os
import socket
import struct
import subprocess
import time
from collections.abc import Callable, Sequence
from contextlib import suppress

from learncraft.supervisor.doorman import Doorman
from learncraft.supervisor.errors import StartError

REPORT = struct.Struct("!I")  # how many connections a process has; the first one says that it is ready
HOLD_SECONDS = 15.0  # how long browsers wait for a process that is being started again, before another takes them
LOOK_SECONDS = 0.05
FIRST_PAUSE_SECONDS = 0.2
LONGEST_PAUSE_SECONDS = 30.0
CALM_SECONDS = 60.0
STOP_SECONDS = 2.5

log = logging.getLogger(__name__)

Command = Callable[[int, int], Sequence[str]]  # by the process's number and the descriptor of its channel


class WebProcess:
    """One process that serves pages, and the channel to it: connections go down, their number comes up."""

    def __init__(self, number: int, command: Command) -> None:
        self.number = number
        self.is_ready = False
        self.was_ready = False
        self._command = command
        self._popen: subprocess.Popen[bytes] | None = None
        self._channel: socket.socket | None = None
        self._reported = 0
        self._handed = 0  # since the last report

    @property
    def load(self) -> int:
        """How many connections it has."""
        return self._reported + self._handed

    def hand(self, connection: socket.socket) -> None:
        """Pass a connection on.

        Raises:
            OSError: the process has ended, or takes none.
        """
        if self._channel is None:
            raise ConnectionResetError
        socket.send_fds(self._channel, [b"c"], [connection.fileno()])
        self._handed += 1

    async def live(self) -> None:
        """Start it, and follow it until it has ended."""
        ours, theirs = socket.socketpair()
        ours.setblocking(False)
        with ours, theirs:
            # A session of its own: Ctrl-C in the terminal is for the server, which then ends all in order.
            self._popen = subprocess.Popen(  # noqa: S603  # our own command
                self._command(self.number, theirs.fileno()),
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )
            theirs.close()
            self._channel = ours
            try:
                await self._follow(ours)
            finally:
                self.is_ready, self._channel, self._reported, self._handed = False, None, 0, 0
        # The channel is closed, so it ends by itself; if it doesn't, nobody could reach it any more.
        await self._ended(STOP_SECONDS)
        self.kill()

    async def _follow(self, channel: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        rest = b""
        with suppress(ConnectionError):
            while said := await loop.sock_recv(channel, 4096):
                said = rest + said
                whole = len(said) - len(said) % REPORT.size
                rest = said[whole:]
                if whole:
                    (self._reported,), self._handed = REPORT.unpack_from(said, whole - REPORT.size), 0
                    self.is_ready = self.was_ready = True

    def terminate(self) -> None:
        """Ask it to end."""
        if self._popen is not None and self._popen.poll() is None:
            self._popen.terminate()

    def kill(self) -> None:
        """End it at once, and take it off the process table."""
        if self._popen is not None and self._popen.poll() is None:
            self._popen.kill()
            self._popen.wait()

    async def _ended(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while self._popen is not None and self._popen.poll() is None and time.monotonic() < until:
            await asyncio.sleep(LOOK_SECONDS)


class WebProcesses:
    """All of them, and the door before them."""

    def __init__(
        self, listener: socket.socket, how_many: int, command: Command, when_ready: Callable[[], None]
    ) -> None:
        self._processes = {number: WebProcess(number, command) for number in range(1, how_many + 1)}
        self._doorman = Doorman(listener, self._choose)
        self._when_ready = when_ready
        self._loop: asyncio.AbstractEventLoop | None = None
        self._asked = False
        self._stop = asyncio.Event()

    def run(self) -> None:
        """Serve until asked to stop.

        Raises:
            StartError: one of them doesn't start.
        """
        asyncio.run(self._run())

    def ask(self) -> None:
        """Ask to stop; from a signal handler or another thread."""
        self._asked = True
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._stop.set)

    def kill(self) -> None:
        """End all at once. Safe to repeat."""
        self._asked = True
        for process in self._processes.values():
            process.kill()

    async def _run(self) -> None:
        self._loop = asyncio.get_running_loop()
        if self._asked:
            return
        lives = [asyncio.create_task(self._keep(process)) for process in self._processes.values()]
        stopping = asyncio.create_task(self._stop.wait())
        try:
            starting = asyncio.create_task(self._all_ready())
            await asyncio.wait({starting, stopping, *lives}, return_when=asyncio.FIRST_COMPLETED)
            if starting.done():
                self._doorman.open()
                self._when_ready()
                await asyncio.wait({stopping, *lives}, return_when=asyncio.FIRST_COMPLETED)
                self._doorman.close()
            starting.cancel()
        finally:
            self._asked = True
            for process in self._processes.values():
                process.terminate()
            ended = await asyncio.gather(*lives, return_exceptions=True)
            stopping.cancel()
        for error in ended:
            if isinstance(error, BaseException):
                raise error

    async def _all_ready(self) -> None:
        while not all(process.is_ready for process in self._processes.values()):
            await asyncio.sleep(LOOK_SECONDS)

    async def _keep(self, process: WebProcess) -> None:
        """Start a process again whenever it ends. One that ends again and again is started at growing intervals."""
        pause = FIRST_PAUSE_SECONDS
        while not self._asked:
            begun = time.monotonic()
            try:
                await process.live()
            except OSError as error:  # the machine has no room for one more
                log.error("web process %s can't be started: %s", process.number, error)
            if self._asked:
                return
            if not process.was_ready:
                raise StartError("A web process doesn't start. The log has the reason.")
            if time.monotonic() - begun > CALM_SECONDS:
                pause = FIRST_PAUSE_SECONDS
            log.error("web process %s ended unexpectedly; starting it again", process.number)
            with suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await self._stop.wait()
            pause = min(2 * pause, LONGEST_PAUSE_SECONDS)

    async def _choose(self, number: int | None) -> WebProcess | None:
        """The process of a number, which may be coming back; for who has none, the one with the fewest connections."""
        until = time.monotonic() + HOLD_SECONDS
        named = self._processes.get(number or 0)
        while named is not None and not named.is_ready and time.monotonic() < until:
            await asyncio.sleep(LOOK_SECONDS)
        if named is not None and named.is_ready:
            return named
        while not (ready := [process for process in self._processes.values() if process.is_ready]):
            if time.monotonic() > until:
                return None
            await asyncio.sleep(LOOK_SECONDS)
        return min(ready, key=lambda process: process.load)


def inherited(descriptor: int) -> socket.socket:
    """The other end of the channel, in the process that was started with it."""
    os.set_inheritable(descriptor, False)  # what this process starts, such as programs of learners, must not have it
    channel = socket.socket(fileno=descriptor)
    channel.setblocking(False)
    return channel
