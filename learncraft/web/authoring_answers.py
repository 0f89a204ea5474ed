"""How the routes of the course builder answer: JSON that no cache keeps, and errors in words that the builder shows."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from learncraft.accounts.viewer import Viewer
from learncraft.courses.errors import InReviewError
from learncraft.errors import ForbiddenError, LearnCraftError, NotFoundError, UnavailableError
from learncraft.web.parts import Parts
from learncraft.web.protection import check_origin

_STATUS: list[tuple[type[LearnCraftError], int, str]] = [
    (InReviewError, 409, "in-review"),
    (NotFoundError, 404, "missing"),
    (ForbiddenError, 403, "refused"),
    (UnavailableError, 503, "unavailable"),
    (LearnCraftError, 422, "refused"),
]
_NO_STORE = {"Cache-Control": "no-store"}


def guarded(parts: Parts, route: Callable[[Request], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
    """Refuse other sites; say errors in words that the builder shows."""

    async def asked(request: Request) -> Response:
        try:
            check_origin(request, parts.settings)
            return await route(request)
        except LearnCraftError as error:
            status, state = next((code, name) for kind, code, name in _STATUS if isinstance(error, kind))
            return answer({"state": state, "words": str(error)}, status)

    return asked


def answer(content: dict[str, Any], status: int = 200) -> JSONResponse:
    """JSON for one page, which no cache keeps."""
    return JSONResponse(content, status, headers=_NO_STORE)


def viewer_of(request: Request) -> Viewer:
    """Who asks; the gate has seen to it that somebody is signed in."""
    viewer: Viewer = request.state.viewer
    return viewer


def milliseconds(moment: datetime | None) -> int | None:
    """A moment as browsers count it."""
    return None if moment is None else int(moment.astimezone(UTC).timestamp() * 1000)
