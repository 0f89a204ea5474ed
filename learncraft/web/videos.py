"""Streams of videos, for those who may watch them: /videos/{video}/{file}, and captions beside them.

Each piece is asked for by itself, so the right to watch is looked up each time: who leaves a course, or is signed out,
gets no further piece.
"""

from __future__ import annotations

import logging
import re
from uuid import UUID

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from learncraft.accounts.viewer import Viewer
from learncraft.enrollment import access
from learncraft.web import stored
from learncraft.web.parts import Parts

_log = logging.getLogger(__name__)

_CAPTIONS = re.compile(r"captions-([A-Za-z0-9-]{2,20})\.vtt")
_SANDBOX = "default-src 'none'; sandbox"


class Videos:
    """The route of streams."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def routes(self) -> list[Route]:
        """The route."""
        return [Route("/videos/{video:uuid}/{name}", self.get, methods=["GET"])]

    async def get(self, request: Request) -> Response:
        """The file or a part of it, or 304; 404 also for what the viewer may not watch."""
        viewer: Viewer = request.state.viewer
        video_id: UUID = request.path_params["video"]
        name: str = request.path_params["name"]
        if (captions := _CAPTIONS.fullmatch(name)) is not None:
            return await self._captions(viewer, video_id, captions[1])
        found = await self._parts.read(lambda session: access.may_watch(session, viewer, video_id, name))
        if found is None:
            return _missing()
        headers = {
            "ETag": f'"{found.content_hash}"',
            # A stream that is made anew keeps its addresses, so a browser asks each time whether it has changed.
            "Cache-Control": "private, no-cache",
            "Cross-Origin-Resource-Policy": "same-origin",
            "Content-Security-Policy": _SANDBOX,
        }
        answer = await stored.answer(
            request,
            self._parts.settings.files_dir,
            found.storage_path,
            headers=headers,
            media_type=found.mime_type,
        )
        if answer is None:
            _log.error("The bytes of %s of video %s are missing: %s", name, video_id, found.storage_path)
            return _missing()
        return answer

    async def _captions(self, viewer: Viewer, video_id: UUID, language: str) -> Response:
        vtt = await self._parts.read(lambda session: access.captions_for(session, viewer, video_id, language))
        if vtt is None:
            return _missing()
        headers = {"Cache-Control": "private, no-cache", "Content-Security-Policy": _SANDBOX}
        return Response(vtt, headers=headers, media_type="text/vtt; charset=utf-8")


def _missing() -> Response:
    return PlainTextResponse("There is no such file.", status_code=404, headers={"Cache-Control": "no-store"})
