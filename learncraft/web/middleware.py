"""What stands before everything: who may come in, and headers that every answer carries."""

from __future__ import annotations

import logging
import time
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from learncraft import language
from learncraft.accounts import sessions
from learncraft.accounts.rotation import Outcome
from learncraft.accounts.sessions import Presented
from learncraft.accounts.viewer import Viewer
from learncraft.acting import SYSTEM, Acting, acting_as
from learncraft.courses import embeds
from learncraft.errors import UnavailableError
from learncraft.settings import Settings
from learncraft.web import arriving, cookies
from learncraft.web.parts import Parts, address_of
from learncraft.web.protection import is_own_origin, may_measure

_log = logging.getLogger(__name__)

_OPEN = frozenset(
    {
        "/auth",
        "/verify",
        "/hooks/stripe",
        "/healthz",
        "/_stcore/health",
        "/_stcore/host-config",
        "/favicon.png",
        "/robots.txt",
    }
)
_OPEN_FOLDERS = ("/auth/", "/verify/", "/offers/", "/letters/", "/static/")
_MEASURES = frozenset({"/metrics", "/_stcore/metrics"})
_MACHINE_FOLDERS = (
    "/_stcore/",
    "/media/",
    "/videos/",
    "/uploads",
    "/scripts/",
    "/learning/",
    "/attempts/",
    "/authoring/",
    "/component/",
    "/app/static/",
)
_NOT_SIGNED_IN = 4401  # close codes 4000-4999 are for applications; this one reads like HTTP's 401

_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    # Not same-origin: video platforms refuse to play for pages that don't name their site.
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    # What is denied here no frame is given either, though Streamlit's frames ask for nearly everything.
    "Permissions-Policy": ", ".join(
        f"{feature}=()"
        for feature in (
            "accelerometer",
            "camera",
            "display-capture",
            "geolocation",
            "gyroscope",
            "magnetometer",
            "microphone",
            "midi",
            "payment",
            "publickey-credentials-get",
            "usb",
            "xr-spatial-tracking",
        )
    ),
}


def _policy() -> str:
    """What Streamlit's own pages bear: its charts and components need scripts of several kinds.

    Frames hold what lessons may embed, and pages of this site.
    """
    frames = " ".join(("'self'", *embeds.sources()))
    return f"frame-ancestors 'self'; base-uri 'self'; form-action 'self'; object-src 'none'; frame-src {frames}"


class SecurityHeaders:
    """Adds the headers that a response doesn't set itself."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._headers = _HEADERS | {"Content-Security-Policy": _policy()}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on."""

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, with_headers if scope["type"] == "http" else send)


class Gate:
    """Lets signed-in people through to the pages, their websockets and files; sends others to the sign-in form.

    A page load may rotate the token; so its answer may carry a cookie. A route finds the viewer in its state, and
    since when the request waits, by the monotonic clock.
    """

    def __init__(self, app: ASGIApp, parts: Parts) -> None:
        self._app = app
        self._parts = parts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, or answer."""
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        connection = HTTPConnection(scope)
        with language.speaking(_language(connection)):
            await self._answer(connection, scope, receive, send)

    async def _answer(self, connection: HTTPConnection, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            if scope["type"] == "websocket":
                await self._websocket(connection, scope, receive, send)
            elif _is_open(connection, self._parts.settings):
                # Who signs in or up is nobody yet, so the platform looks them up and lets them in.
                with acting_as(Acting(None, "system", address_of(connection), _agent(connection), is_confined=False)):
                    await self._app(scope, receive, send)
            elif _is_document(connection):
                await self._document(connection, scope, receive, send)
            else:
                await self._file(connection, scope, receive, send)
        except UnavailableError as error:
            await self._unavailable(connection, error)(scope, receive, send)

    async def _document(self, connection: HTTPConnection, scope: Scope, receive: Receive, send: Send) -> None:
        presented = await self._use(connection, rotate=True)
        if presented.viewer is None:
            wanted = connection.url.path + (f"?{connection.url.query}" if connection.url.query else "")
            target = "/auth/sign-in" + ("" if wanted == "/" else f"?next={quote(wanted, safe='/')}")
            response = RedirectResponse(target, status_code=303, headers={"Cache-Control": "no-store"})
            if cookies.session_token(connection, self._parts.settings):
                cookies.clear_session(response, connection, self._parts.settings)
            await response(scope, receive, send)
            return
        scope.setdefault("state", {})["viewer"] = presented.viewer
        sending = arriving.in_their_way(presented.viewer, self._with_cookies(connection, presented, send))
        with acting_as(_acting(connection, presented.viewer)), language.speaking(presented.viewer.language):
            await self._app(arriving.unpacked(scope), receive, sending)

    async def _file(self, connection: HTTPConnection, scope: Scope, receive: Receive, send: Send) -> None:
        arrived = time.monotonic()
        viewer: Viewer | None = await self._parts.viewer(connection)
        if viewer is None:
            answer = PlainTextResponse("Sign in first.", status_code=401, headers={"Cache-Control": "no-store"})
            await answer(scope, receive, send)
            return
        scope.setdefault("state", {}).update(viewer=viewer, arrived=arrived)
        with acting_as(_acting(connection, viewer)), language.speaking(viewer.language):
            await self._app(scope, receive, send)

    async def _websocket(self, connection: HTTPConnection, scope: Scope, receive: Receive, send: Send) -> None:
        """A browser sends cookies with other sites' websockets too, so the origin decides before them."""
        own = is_own_origin(connection, self._parts.settings, connection.headers.get("origin"))
        if not own or (await self._use(connection, rotate=False)).viewer is None:
            await receive()  # the handshake's first message; a close before it is an error of protocol
            await send({"type": "websocket.close", "code": _NOT_SIGNED_IN, "reason": "Sign in first."})
            return
        await self._app(scope, receive, send)

    async def _use(self, connection: HTTPConnection, *, rotate: bool) -> Presented:
        token = cookies.session_token(connection, self._parts.settings)
        if token is None:
            return Presented(Outcome.REFUSED)
        ip, lifetime = address_of(connection), self._parts.lifetime

        def work() -> Presented:
            with self._parts.runtime.database.transaction(SYSTEM) as session:
                return sessions.use(session, token, rotate=rotate, ip=ip, lifetime=lifetime)

        return await run_in_threadpool(work)

    def _with_cookies(self, connection: HTTPConnection, presented: Presented, send: Send) -> Send:
        carrier = Response()
        if presented.token is not None:
            cookies.set_session(carrier, connection, self._parts.settings, presented.token)
        if (viewer := presented.viewer) is not None:
            cookies.set_likes(carrier, connection, language=language.known(viewer.language), theme=viewer.theme)
        kept = carrier.headers.getlist("set-cookie")
        if not kept:
            return send

        async def with_cookies(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for cookie in kept:
                    headers.append("set-cookie", cookie)
                headers["cache-control"] = "no-store"  # no cache may give one person's token to another
            await send(message)

        return with_cookies

    def _unavailable(self, connection: HTTPConnection, error: UnavailableError) -> ASGIApp:
        _log.error("The database does not answer", exc_info=error)
        if connection.scope["type"] == "websocket":
            return _close_for_now
        return self._parts.pages.message(
            connection, "Back in a moment", str(error), status=503, link=None, headers={"Retry-After": "10"}
        )


async def _close_for_now(scope: Scope, receive: Receive, send: Send) -> None:
    """Streamlit's page tries again by itself."""
    await receive()
    await send({"type": "websocket.close", "code": 1013, "reason": "Try again later."})


def _acting(connection: HTTPConnection, viewer: Viewer) -> Acting:
    return viewer.acting(address=address_of(connection), agent=_agent(connection))


def _language(connection: HTTPConnection) -> str:
    """What those read who aren't known yet: as they picked it in this browser, or as the browser says."""
    return language.preferred(
        connection.headers.get("accept-language"), chosen=connection.cookies.get(cookies.LANGUAGE)
    )


def _agent(connection: HTTPConnection) -> str | None:
    return connection.headers.get("user-agent")


def _is_open(connection: HTTPConnection, settings: Settings) -> bool:
    path: str = connection.scope["path"]
    if path in _MEASURES:
        return may_measure(connection, settings)
    return path in _OPEN or path.startswith(_OPEN_FOLDERS)


def _is_document(connection: HTTPConnection) -> bool:
    """Whether a browser loads a page, rather than a part of one."""
    if connection.scope["method"] not in {"GET", "HEAD"} or connection.scope["path"].startswith(_MACHINE_FOLDERS):
        return False
    accepted = connection.headers.get("accept", "*/*")
    return "text/html" in accepted or accepted == "*/*"
