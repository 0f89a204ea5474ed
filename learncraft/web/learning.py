"""Notes and bookmarks that the lesson's page writes by itself, so that no run of the page stands in between.

    GET    /learning/lessons/{lesson}/notes
    POST   /learning/lessons/{lesson}/notes      {"id", "content", "position", "is_public"}
    PATCH  /learning/notes/{note}                {"content", "is_public"}
    DELETE /learning/notes/{note}
    POST   /learning/videos/{video}/bookmarks    {"seconds", "note"}
    DELETE /learning/bookmarks/{bookmark}

Notes are Markdown; what is shown of them is sanitised here, so that no page has to.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from learncraft.accounts.viewer import Viewer
from learncraft.community import notes
from learncraft.community.notes import Note
from learncraft.courses.prose import without_pictures
from learncraft.enrollment import bookmarks
from learncraft.errors import ForbiddenError, LearnCraftError, NotFoundError, UnavailableError
from learncraft.language import noted
from learncraft.web import json_messages
from learncraft.web.parts import Parts
from learncraft.web.protection import check_origin

_LONGEST_MESSAGE = 128 * 1024
_STATUS: list[tuple[type[LearnCraftError], int]] = [
    (NotFoundError, 404),
    (ForbiddenError, 403),
    (UnavailableError, 503),
    (LearnCraftError, 422),
]


class _Message(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class NoteMessage(_Message):
    """A note as it was written."""

    id: UUID | None = None
    content: str = Field(max_length=2 * notes.LONGEST)
    position: dict[str, Any] | None = None
    is_public: bool = False


class BookmarkMessage(_Message):
    """A moment of a video."""

    seconds: int = Field(ge=0)
    note: str = Field(default="", max_length=2 * bookmarks.LONGEST)


class Learning:
    """The routes."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def routes(self) -> list[Route]:
        """The routes."""
        return [
            Route("/learning/lessons/{lesson:uuid}/notes", self._guarded(self._list), methods=["GET"]),
            Route("/learning/lessons/{lesson:uuid}/notes", self._guarded(self._write), methods=["POST"]),
            Route("/learning/notes/{note:uuid}", self._guarded(self._change), methods=["PATCH"]),
            Route("/learning/notes/{note:uuid}", self._guarded(self._remove), methods=["DELETE"]),
            Route("/learning/videos/{video:uuid}/bookmarks", self._guarded(self._mark), methods=["POST"]),
            Route("/learning/bookmarks/{bookmark:uuid}", self._guarded(self._unmark), methods=["DELETE"]),
        ]

    def _guarded(self, route: Callable[[Request], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
        """Refuse other sites; say errors in words that the page shows."""

        async def guarded(request: Request) -> Response:
            try:
                if request.method != "GET":
                    check_origin(request, self._parts.settings)
                return await route(request)
            except LearnCraftError as error:
                status = next(code for kind, code in _STATUS if isinstance(error, kind))
                return _answer({"words": str(error)}, status)

        return guarded

    async def _list(self, request: Request) -> Response:
        lesson_id: UUID = request.path_params["lesson"]
        found = await self._parts.read(lambda session: notes.of_lesson(session, _viewer(request), lesson_id))
        return _answer({"notes": [_told(one) for one in found]})

    async def _write(self, request: Request) -> Response:
        message = await _message(request, NoteMessage)
        lesson_id: UUID = request.path_params["lesson"]

        def work(session: Session) -> Note:
            return notes.write(
                session,
                _viewer(request),
                lesson_id,
                content=message.content,
                position=message.position,
                is_public=message.is_public,
                note_id=message.id,
            )

        return _answer({"note": _told(await self._parts.write(work))})

    async def _change(self, request: Request) -> Response:
        message = await _message(request, NoteMessage)
        note_id: UUID = request.path_params["note"]
        changed = await self._parts.write(
            lambda session: notes.change(
                session, _viewer(request), note_id, content=message.content, is_public=message.is_public
            )
        )
        return _answer({"note": _told(changed)})

    async def _remove(self, request: Request) -> Response:
        note_id: UUID = request.path_params["note"]
        await self._parts.write(lambda session: notes.remove(session, _viewer(request), note_id))
        return _answer({})

    async def _mark(self, request: Request) -> Response:
        message = await _message(request, BookmarkMessage)
        video_id: UUID = request.path_params["video"]
        made = await self._parts.write(
            lambda session: bookmarks.set_one(
                session, _viewer(request), video_id, seconds=message.seconds, note=message.note
            )
        )
        return _answer({"bookmark": {"id": str(made.id), "seconds": made.seconds, "note": made.note}})

    async def _unmark(self, request: Request) -> Response:
        bookmark_id: UUID = request.path_params["bookmark"]
        await self._parts.write(lambda session: bookmarks.remove(session, _viewer(request), bookmark_id))
        return _answer({})


def _viewer(request: Request) -> Viewer:
    viewer: Viewer = request.state.viewer
    return viewer


async def _message(request: Request, shape: type[json_messages.Message]) -> json_messages.Message:
    too_long = noted("The message is too long. Make two notes of it.")
    return await json_messages.read(request, shape, longest=_LONGEST_MESSAGE, too_long=too_long)


def _told(note: Note) -> dict[str, Any]:
    return {
        "id": str(note.id),
        "content": note.content,
        "html": without_pictures(note.content),
        "position": note.position.model_dump(mode="json", exclude_none=True),
        "where": notes.where(note.position),
        "is_public": note.is_public,
        "is_own": note.is_own,
        "author": note.author,
    }


def _answer(content: dict[str, Any], status: int = 200) -> Response:
    return JSONResponse(content, status, headers={"Cache-Control": "no-store"})
