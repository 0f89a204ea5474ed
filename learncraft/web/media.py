"""Files of courses, for those who may read them: /media/{file_id}/{name}."""

from __future__ import annotations

import logging
from uuid import UUID

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Match, Route
from starlette.types import Receive, Scope, Send

from learncraft.accounts.viewer import Viewer
from learncraft.enrollment.access import ReadableFile, may_read_file
from learncraft.web import stored
from learncraft.web.parts import Parts

_log = logging.getLogger(__name__)

_SHOWN = ("image/", "audio/", "video/")
# Served as what they are. Anything else is bytes to keep: a page of HTML would run with our rights.
_HARMLESS = frozenset(
    {
        "application/pdf",
        "application/zip",
        "application/x-subrip",
        "text/plain",
        "text/csv",
        "text/vtt",
        "text/markdown",
    }
)
_SANDBOX = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; media-src 'self'; sandbox"


class Media:
    """The route of files."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def routes(self) -> list[BaseRoute]:
        """The route. Streamlit keeps /media/ for itself, but its own files have one segment, ours have two."""
        return [_Beside(Route("/media/{file_id:uuid}/{name:path}", self.get, methods=["GET"]))]

    async def get(self, request: Request) -> Response:
        """The file, a part of it, or 304; 404 also for what the viewer may not read."""
        viewer: Viewer = request.state.viewer
        file_id: UUID = request.path_params["file_id"]
        found = await self._parts.read(lambda session: may_read_file(session, viewer, file_id))
        if found is None:
            return _missing()
        mime_type = _served_type(found.mime_type)
        shown = mime_type.startswith(_SHOWN) or mime_type == "application/pdf"
        answer = await stored.answer(
            request,
            self._parts.settings.files_dir,
            found.storage_path,
            headers=_headers(found),
            media_type=mime_type,
            filename=found.name,
            disposition="inline" if shown else "attachment",
        )
        if answer is None:
            _log.error("The bytes of file %s are missing: %s", found.id, found.storage_path)
            return _missing()
        return answer


class _Beside(BaseRoute):
    """A route under a prefix that Streamlit reserves; its check looks at the attribute `path`."""

    def __init__(self, route: Route) -> None:
        self._route = route

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        return self._route.matches(scope)

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._route.handle(scope, receive, send)


def _headers(found: ReadableFile) -> dict[str, str]:
    headers = {
        "ETag": f'"{found.content_hash}"',
        "Cache-Control": "private, max-age=300",
        "Cross-Origin-Resource-Policy": "same-origin",
    }
    # The browsers' PDF viewers don't start in a sandbox; they have one of their own.
    pdf = found.mime_type == "application/pdf"
    headers["Content-Security-Policy"] = "frame-ancestors 'self'" if pdf else _SANDBOX
    return headers


def _served_type(mime_type: str) -> str:
    known = mime_type.partition(";")[0].strip().lower()
    return known if known.startswith(_SHOWN) or known in _HARMLESS else "application/octet-stream"


def _missing() -> Response:
    return PlainTextResponse("There is no such file.", status_code=404, headers={"Cache-Control": "no-store"})
