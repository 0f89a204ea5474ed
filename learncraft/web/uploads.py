"""Files for courses, in pieces, so that a lost line or a restarted server costs one piece at most.

    POST   /uploads                begin, or find what was begun: {"id", "received", "size", ...}
    GET    /uploads/{upload}       how much has arrived
    PATCH  /uploads/{upload}       the bytes from `Upload-Offset` on, as the body of the request
    DELETE /uploads/{upload}       give it up

It is written down how much has arrived only after those bytes are on the disk. Who sends from another place than that
is told the right one (409) and goes on there. The first bytes are compared with the file's name as soon as they are
here; the last piece makes the upload a file. Nothing is held in memory but a buffer.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from learncraft.accounts.viewer import Viewer
from learncraft.courses import file_types, files, uploading
from learncraft.courses.file_types import WrongFileError
from learncraft.courses.uploading import Arriving
from learncraft.errors import ForbiddenError, InvalidInputError, LearnCraftError, NotFoundError, UnavailableError
from learncraft.language import noted
from learncraft.supervisor.locks import FileLock
from learncraft.web import json_messages
from learncraft.web.parts import Parts
from learncraft.web.protection import check_origin
from learncraft.web.receiving import HEADER

BUFFER = 1024 * 1024
SILENCE_SECONDS = 30.0  # a line that says nothing for so long is taken for lost
_LONGEST_MESSAGE = 8 * 1024
_STATUS: list[tuple[type[LearnCraftError], int]] = [
    (NotFoundError, 404),
    (ForbiddenError, 403),
    (UnavailableError, 503),
    (LearnCraftError, 422),
]


class BeginMessage(BaseModel):
    """What a browser says of a file before it sends it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    course: UUID
    name: str = Field(min_length=1, max_length=200)
    size: int = Field(ge=0, le=2**53)
    fingerprint: str = Field(min_length=1, max_length=100)
    lesson: UUID | None = None
    replaces: UUID | None = None


class OtherOffsetError(InvalidInputError):
    """The bytes that were sent are not the next ones."""

    def __init__(self, received: int) -> None:
        super().__init__("The upload goes on from another place.")
        self.received = received


class BusyError(InvalidInputError):
    """Somebody else is writing the same upload."""

    def __init__(self) -> None:
        super().__init__("Another window is sending this file.")


class Uploads:
    """The routes."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def routes(self) -> list[Route]:
        """The routes."""
        one = "/uploads/{upload:uuid}"
        return [
            Route("/uploads", self._guarded(self._begin), methods=["POST"]),
            Route(one, self._guarded(self._look), methods=["GET"]),
            Route(one, self._guarded(self._take), methods=["PATCH"]),
            Route(one, self._guarded(self._give_up), methods=["DELETE"]),
        ]

    def _guarded(self, route: Callable[[Request], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
        """Refuse other sites; say errors in words that the page shows."""

        async def guarded(request: Request) -> Response:
            try:
                if request.method != "GET":
                    check_origin(request, self._parts.settings)
                    if request.headers.get(HEADER) != "1":
                        raise InvalidInputError("This address takes files from the upload page only.")
                return await route(request)
            except OtherOffsetError as error:
                return _answer({"words": str(error), "received": error.received}, 409)
            except BusyError as error:
                return _answer({"words": str(error)}, 423)
            except LearnCraftError as error:
                status = next(code for kind, code in _STATUS if isinstance(error, kind))
                return _answer({"words": str(error)}, status)

        return guarded

    async def _begin(self, request: Request) -> Response:
        message = await json_messages.read(
            request, BeginMessage, longest=_LONGEST_MESSAGE, too_long=noted("The message is too long.")
        )
        viewer: Viewer = request.state.viewer
        settings = self._parts.settings
        name = message.name.replace("\\", "/").rpartition("/")[2].strip()
        if not name or not name.isprintable():
            raise WrongFileError("The file's name can't be kept. Give it a simpler name.")
        found = await self._parts.write(
            lambda session: uploading.begin(
                session,
                viewer,
                settings.files_dir,
                course_id=message.course,
                filename=name,
                size=message.size,
                fingerprint=message.fingerprint,
                most_bytes=settings.upload_megabytes * 1024**2,
                lesson_id=message.lesson,
                replaces_id=message.replaces,
            )
        )
        return _answer(_told(found, await run_in_threadpool(self._on_disk, found)))

    async def _look(self, request: Request) -> Response:
        found = await self._find(request)
        return _answer(_told(found, await run_in_threadpool(self._on_disk, found)))

    async def _take(self, request: Request) -> Response:
        found = await self._find(request)
        if found.is_finished:
            return _answer(_told(found, found.size))
        draft = uploading.draft_of(self._parts.settings.files_dir, found.id)
        lock = FileLock(draft)
        if not await run_in_threadpool(lock.try_alone):
            raise BusyError
        try:
            # What another request had sent before this one got its turn is asked for again.
            found = await self._find(request)
            offset, received = _offset(request), self._on_disk(found)
            if offset != received or found.is_finished:
                raise OtherOffsetError(received)
            received = await self._append(request, draft, found)
            if received > offset:
                await self._keep(request, draft, found, offset, received)
            if received < found.size:
                return _answer(_told(found, received))
            return await self._finish(request, draft, found)
        finally:
            lock.release()

    async def _append(self, request: Request, draft: Path, found: Arriving) -> int:
        """Write the body behind what is there. Returns how much is on the disk then, also when the line is lost.

        The file is cut to what counts before: after a kill there may be more in it than was written down.
        """
        offset = received = self._on_disk(found)
        buffer = bytearray()
        with await run_in_threadpool(draft.open, "r+b") as out:
            await run_in_threadpool(out.truncate, offset)
            await run_in_threadpool(out.seek, offset)

            async def write() -> None:
                nonlocal received
                try:
                    received += await run_in_threadpool(out.write, bytes(buffer))
                except OSError as error:
                    raise files.FileStoreError("The server's disk is full. The upload waits; go on later.") from error
                buffer.clear()

            body = request.stream()
            while True:
                try:
                    chunk = await asyncio.wait_for(anext(body, None), SILENCE_SECONDS)
                except (ClientDisconnect, TimeoutError):
                    break
                if chunk is None:
                    break
                buffer += chunk
                if received + len(buffer) > found.size:
                    raise WrongFileError("More bytes came than the file has. Choose it again.")
                if len(buffer) >= BUFFER:
                    await write()
            if buffer:
                await write()
            await run_in_threadpool(_to_disk, out.fileno(), out.flush)
        return received

    async def _keep(self, request: Request, draft: Path, found: Arriving, offset: int, received: int) -> None:
        """Note what has arrived; a file that isn't what its name says ends here."""
        viewer: Viewer = request.state.viewer
        if offset < file_types.ENOUGH and received >= min(found.size, file_types.ENOUGH):
            beginning = await run_in_threadpool(_beginning, draft)
            try:
                file_types.check(found.filename, beginning)
            except WrongFileError:
                await self._parts.write(lambda session: uploading.give_up(session, viewer, found.id))
                draft.unlink(missing_ok=True)
                raise
        await self._parts.write(lambda session: uploading.note_received(session, viewer, found.id, received))

    async def _finish(self, request: Request, draft: Path, found: Arriving) -> Response:
        viewer: Viewer = request.state.viewer
        folder = self._parts.settings.files_dir
        done = await self._parts.write(lambda session: uploading.finish(session, viewer, folder, found.id))
        draft.unlink(missing_ok=True)
        return _answer(_told(done, done.size))

    async def _give_up(self, request: Request) -> Response:
        viewer: Viewer = request.state.viewer
        upload_id: UUID = request.path_params["upload"]
        await self._parts.write(lambda session: uploading.give_up(session, viewer, upload_id))
        uploading.draft_of(self._parts.settings.files_dir, upload_id).unlink(missing_ok=True)
        return _answer({"state": "given up"})

    async def _find(self, request: Request) -> Arriving:
        viewer: Viewer = request.state.viewer
        upload_id: UUID = request.path_params["upload"]
        return await self._parts.read(lambda session: uploading.find(session, viewer, upload_id))

    def _on_disk(self, found: Arriving) -> int:
        """How much counts: what was written down, as far as this server has it."""
        if found.is_finished:
            return found.size
        draft = uploading.draft_of(self._parts.settings.files_dir, found.id)
        try:
            return min(found.received, draft.stat().st_size)
        except FileNotFoundError:
            return 0


def _offset(request: Request) -> int:
    given = request.headers.get("upload-offset", "")
    if not given.isascii() or not given.isdigit() or len(given) > 16:
        raise InvalidInputError("The request doesn't say from where on it sends.")
    return int(given)


def _to_disk(descriptor: int, flush: Callable[[], None]) -> None:
    flush()
    os.fsync(descriptor)


def _beginning(draft: Path) -> bytes:
    with draft.open("rb") as stream:
        return stream.read(file_types.ENOUGH)


def _told(found: Arriving, received: int) -> dict[str, Any]:
    return {
        "id": str(found.id),
        "name": found.filename,
        "size": found.size,
        "received": received,
        "state": "kept" if found.is_finished else "open",
        "file": str(found.file_id) if found.file_id else None,
        "video": str(found.video_id) if found.video_id else None,
    }


def _answer(content: dict[str, Any], status: int = 200) -> Response:
    return JSONResponse(content, status, headers={"Cache-Control": "no-store"})
