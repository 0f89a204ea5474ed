"""uvicorn as `learncraft serve` runs it: on our socket, with our signals, gone within seconds."""
# ruff: noqa: PLC0415  # heavy imports wait until the command that needs them runs

from __future__ import annotations

import gc
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn

from learncraft.settings import Settings
from learncraft.supervisor.errors import StartError

GOODBYE_SECONDS = 1  # how long open pages may take to say goodbye


class WebServer(uvicorn.Server):
    """Serves one application and tells when it really answers."""

    def __init__(
        self,
        application: Any,
        settings: Settings,
        when_ready: Callable[[], None],
        *listeners: socket.socket,
    ) -> None:
        super().__init__(_config(application, settings))
        self._when_ready = when_ready
        self._listeners = list(listeners)

    def run(self, sockets: list[socket.socket] | None = None) -> None:
        """Serve until asked to stop.

        Raises:
            StartError: the application doesn't start.
        """
        try:
            super().run(sockets=self._listeners if sockets is None else sockets)
        except SystemExit as ended:
            raise StartError("The web server doesn't start. The log has the reason.") from ended

    def ask(self) -> None:
        """Ask it to stop, from a signal or another thread."""
        self.should_exit = True

    def kill(self) -> None:
        """Nothing is left behind: it ends with its process."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals to whoever started us: uvicorn would raise them again before the databases are stopped."""
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to accept, then say so."""
        await super().startup(sockets)
        _calm_collector()
        self._when_ready()


def _calm_collector() -> None:
    """Collect garbage seldom, and never look again at what stays for good: modules, routes, statements.

    Measured with 150 learners: Python's own measure stops all pages for 0.2 to 0.4 s, three times in ten seconds.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 10, 20)


def _config(application: Any, settings: Settings) -> uvicorn.Config:
    from streamlit import config

    return uvicorn.Config(
        application,
        host=settings.host,
        log_config=None,
        access_log=False,
        server_header=False,
        lifespan="on",
        proxy_headers=True,
        forwarded_allow_ips=settings.trusted_proxies,
        timeout_graceful_shutdown=GOODBYE_SECONDS,
        # As Streamlit sets its own server up: the newer websocket protocol, and room for a large page.
        ws="websockets-sansio",
        ws_max_size=int(config.get_option("server.maxMessageSize")) * 1_000_000,
        ws_per_message_deflate=bool(config.get_option("server.enableWebsocketCompression")),
        ws_ping_interval=20,
        ws_ping_timeout=20,
    )
