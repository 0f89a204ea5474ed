"""Keeps a browser with one of several web processes: by a cookie with the process's number, which the doorman reads."""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from learncraft.settings import Settings
from learncraft.supervisor.doorman import COOKIE
from learncraft.web.cookies import is_secure
from learncraft.web.protection import is_forwarded

_STARTS = frozenset({"http.response.start", "websocket.accept"})


class Sticking:
    """Gives the cookie to who has none, or another one's.

    A connection is passed on once, by its first request. A proxy may send requests of many browsers over one
    connection, so what comes through a proxy, or from a browser of another process, closes its connection.
    """

    def __init__(self, app: ASGIApp, number: int, settings: Settings) -> None:
        self._app = app
        self._number = str(number)
        self._settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on."""
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        connection = HTTPConnection(scope)
        named = connection.cookies.get(COOKIE)
        is_ours = named == self._number
        must_close = scope["type"] == "http" and (is_forwarded(connection) or not (is_ours or named is None))

        async def with_cookie(message: Message) -> None:
            if message["type"] in _STARTS:
                headers = MutableHeaders(scope=message)
                # What caches may keep for everybody must carry nobody's cookie.
                if not is_ours and "public" not in headers.get("cache-control", ""):
                    headers.append("set-cookie", self._cookie(connection))
                if must_close:
                    headers["connection"] = "close"
            await send(message)

        await self._app(scope, receive, send if is_ours and not must_close else with_cookie)

    def _cookie(self, connection: HTTPConnection) -> str:
        secure = "; Secure" if is_secure(connection, self._settings) else ""
        return f"{COOKIE}={self._number}; Path=/; HttpOnly; SameSite=Lax{secure}"
