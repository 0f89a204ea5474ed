"""uvicorn in one of several web processes: it listens nowhere, and serves the connections that it is handed."""

from __future__ import annotations

import asyncio
import logging
import os
import socket
from contextlib import suppress
from typing import Any

from learncraft.settings import Settings
from learncraft.supervisor.web_processes import REPORT
from learncraft.web.server import WebServer

_AT_ONCE = 64

log = logging.getLogger(__name__)


class HandedServer(WebServer):
    """Serves what comes through a channel, and tells its other end how many connections there are.

    When the other end is gone, so is the server that started this process, and it ends too.
    """

    def __init__(self, application: Any, settings: Settings, channel: socket.socket) -> None:
        super().__init__(application, settings, self._begin)
        self._channel = channel
        self._told = -1

    async def on_tick(self, counter: int) -> bool:
        """Ten times a second: say how many connections there are, when that has changed."""
        count = len(self.server_state.connections)
        if count != self._told:
            with suppress(OSError):
                self._channel.send(REPORT.pack(count))
                self._told = count
        return await super().on_tick(counter)

    def _begin(self) -> None:
        asyncio.get_running_loop().add_reader(self._channel, self._receive)

    def _receive(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            said, descriptors, _, _ = socket.recv_fds(self._channel, _AT_ONCE, _AT_ONCE)
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            said, descriptors = b"", []
        if not said:
            loop.remove_reader(self._channel)
            self.should_exit = True
            return
        for descriptor in descriptors:
            task = loop.create_task(self._serve_one(descriptor))
            self.server_state.tasks.add(task)
            task.add_done_callback(self.server_state.tasks.discard)

    async def _serve_one(self, descriptor: int) -> None:
        try:
            connection = socket.socket(fileno=descriptor)
        except OSError as error:
            os.close(descriptor)
            log.warning("a connection was lost on the way: %s", error)
            return
        connection.setblocking(False)
        try:
            await asyncio.get_running_loop().connect_accepted_socket(self._protocol, connection)
        except OSError as error:
            connection.close()
            log.warning("a connection was lost on the way: %s", error)

    def _protocol(self) -> asyncio.Protocol:
        """As uvicorn's own `startup` makes one for each connection that it accepts."""
        made: asyncio.Protocol = self.config.http_protocol_class(  # type: ignore[call-arg]
            config=self.config, server_state=self.server_state, app_state=self.lifespan.state
        )
        return made
