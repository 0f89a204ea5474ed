"""POST /events/beacon: what the script of a lesson's page reports, several events at once."""

from __future__ import annotations

import json
import time
from dataclasses import asdict
from typing import Any

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from learncraft import events
from learncraft.accounts.viewer import Viewer
from learncraft.enrollment import beacons
from learncraft.errors import InvalidInputError, LearnCraftError, NotFoundError, UnavailableError
from learncraft.web.parts import Parts
from learncraft.web.protection import ForgedFormError, check_origin

MAX_BODY_BYTES = 128 * 1024
_A_MINUTE = RateLimitItemPerMinute(60)  # messages of one person; a player sends one in ten seconds
_STATUS: dict[type[LearnCraftError], int] = {NotFoundError: 404, ForgedFormError: 403, UnavailableError: 503}


class Beacon:
    """The route. It counts messages in memory: a burst must not reach the database at all."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._limiter = FixedWindowRateLimiter(MemoryStorage())

    def routes(self) -> list[Route]:
        """The route."""
        return [Route("/events/beacon", self.post, methods=["POST"])]

    async def post(self, request: Request) -> Response:
        """200 with what became of the events; else a sentence."""
        viewer: Viewer = request.state.viewer
        if not self._limiter.hit(_A_MINUTE, str(viewer.id)):
            reset = self._limiter.get_window_stats(_A_MINUTE, str(viewer.id)).reset_time
            wait = max(1, int(reset - time.time()) + 1)
            words = f"Too many messages. Keep the events and send them together in {wait} seconds."
            return _answer({"error": words}, 429, {"Retry-After": str(wait)})
        try:
            check_origin(request, self._parts.settings)
            message = await self._message(request, viewer)
            receipt = await self._parts.write(lambda session: beacons.take(session, viewer, message))
        except LearnCraftError as error:
            status = next((code for kind, code in _STATUS.items() if isinstance(error, kind)), 400)
            return _answer({"error": str(error)}, 413 if isinstance(error, _TooLongError) else status)
        return _answer(asdict(receipt), 200)

    async def _message(self, request: Request, viewer: Viewer) -> Any:
        body = bytearray()
        async for chunk in request.stream():
            body += chunk
            if len(body) > MAX_BODY_BYTES:
                reason = f"A message may have {MAX_BODY_BYTES // 1024} KB. Send the events in parts."
                await self._keep(viewer, bytes(body[:1000]), reason)
                raise _TooLongError(reason)
        try:
            return json.loads(body.decode(), parse_constant=_no_constant)
        except (ValueError, RecursionError) as error:
            reason = "The message is not JSON."
            await self._keep(viewer, bytes(body[:1000]), reason)
            raise InvalidInputError(reason) from error

    async def _keep(self, viewer: Viewer, beginning: bytes, reason: str) -> None:
        payload = {"beginning": beginning.decode(errors="replace")}
        await self._parts.write(
            lambda session: events.quarantine(session, user_id=viewer.id, event_type="", payload=payload, reason=reason)
        )


class _TooLongError(InvalidInputError):
    """More than a message may have."""


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no number of JSON.")


def _answer(content: dict[str, Any], status: int, headers: dict[str, str] | None = None) -> Response:
    return JSONResponse(content, status, headers={"Cache-Control": "no-store", **(headers or {})})
