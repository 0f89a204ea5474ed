"""What the sheet of an attempt sends: answers as they are typed, what was seen, files, and the hand-in.

    POST /attempts/{attempt}/journal   answers and sightings; says what was kept, and the server's time
    POST /attempts/{attempt}/open      this tab wants to write a proctored attempt
    POST /attempts/{attempt}/hand-in   close it
    POST /attempts/{attempt}/files     a file for an answer, as the body of the request
    GET  /attempts/{attempt}/files/{file}/{name}

Only JSON, or bytes with a header of ours, is taken: other sites' pages can send neither without asking first, and they
aren't answered. Whose attempt it is, whether it is open, and what fits the question: the services decide.
"""

from __future__ import annotations

import contextlib
import logging
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import anyio
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from learncraft.accounts.viewer import Viewer
from learncraft.assessments import handed_in, journal, proctoring, service
from learncraft.assessments.errors import AttemptClosedError, HeldElsewhereError
from learncraft.errors import ForbiddenError, LearnCraftError, NotFoundError, UnavailableError
from learncraft.language import noted
from learncraft.web import json_messages, receiving
from learncraft.web.parts import Parts, address_of
from learncraft.web.protection import check_origin

_log = logging.getLogger(__name__)

HAND_INS_AT_ONCE = 2
LONGEST_BODY = 2 * 1024 * 1024  # all answers of an attempt at once, after a long time offline
_STATUS: list[tuple[type[LearnCraftError], int, str]] = [
    (AttemptClosedError, 409, "closed"),
    (HeldElsewhereError, 409, "elsewhere"),
    (NotFoundError, 404, "missing"),
    (ForbiddenError, 403, "refused"),
    (UnavailableError, 503, "unavailable"),
    (LearnCraftError, 422, "refused"),
]
_NO_STORE = {"Cache-Control": "no-store"}


class _Message(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class AnswerMessage(_Message):
    """One answer as it was typed at a moment."""

    question: UUID
    response: dict[str, Any]
    sequence: int = Field(ge=0, le=2**53)


class SeenMessage(_Message):
    """One thing that the browser saw."""

    kind: str = Field(max_length=30)
    at: int = Field(ge=0, le=2**53)
    away: int | None = None


class JournalMessage(_Message):
    """What has gathered since the last answer. `seen` are the answers that the sheet shows, by their sequence."""

    sheet: UUID
    answers: tuple[AnswerMessage, ...] = Field(default=(), max_length=500)
    sightings: tuple[SeenMessage, ...] = Field(default=(), max_length=proctoring.MOST_AT_ONCE)
    seen: dict[UUID, int] | None = None


class OpenMessage(_Message):
    """A tab that wants to write."""

    sheet: UUID
    take_over: bool = False


class Attempts:
    """The routes."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._hand_ins: anyio.CapacityLimiter | None = None

    def routes(self) -> list[Route]:
        """The routes."""
        one = "/attempts/{attempt:uuid}"
        return [
            Route(f"{one}/journal", self._guarded(self._journal), methods=["POST"]),
            Route(f"{one}/open", self._guarded(self._open), methods=["POST"]),
            Route(f"{one}/hand-in", self._guarded(self._hand_in), methods=["POST"]),
            Route(f"{one}/files", self._guarded(self._take_file), methods=["POST"]),
            Route(f"{one}/files/{{file:uuid}}/{{name:path}}", self._give_file, methods=["GET"]),
        ]

    def _guarded(self, route: Callable[[Request], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
        """Refuse other sites; say errors in words that the sheet shows."""

        async def guarded(request: Request) -> Response:
            try:
                check_origin(request, self._parts.settings)
                return await route(request)
            except LearnCraftError as error:
                status, state = next((code, name) for kind, code, name in _STATUS if isinstance(error, kind))
                return _answer({"state": state, "words": str(error)}, status)

        return guarded

    async def _journal(self, request: Request) -> Response:
        message = await _message(request, JournalMessage)
        learner, attempt_id = _learner(request), request.path_params["attempt"]

        def work(session: Session) -> dict[str, Any]:
            held = journal.hold(session, learner.id, attempt_id, sheet_id=message.sheet, waited=_waited(request))
            drafts = [journal.Draft(one.question, one.response, one.sequence) for one in message.answers]
            kept = journal.keep(session, held, drafts) if drafts else []
            seen = [proctoring.Seen(one.kind, one.at, one.away) for one in message.sightings]
            proctoring.note(session, held, _sheet(request, message.sheet), seen)
            elsewhere = [] if message.seen is None else journal.newer(session, attempt_id, message.seen)
            return {
                "state": "open",
                "now": _ms(held.now),
                "deadline": _ms(held.attempt.deadline_at),
                "answers": [_kept(one) for one in kept],
                "newer": [_kept(one) for one in elsewhere],
            }

        return _answer(await self._parts.write(work))

    async def _open(self, request: Request) -> Response:
        message = await _message(request, OpenMessage)
        learner, attempt_id = _learner(request), request.path_params["attempt"]
        opened = await self._parts.write(
            lambda session: proctoring.open_sheet(
                session,
                learner_id=learner.id,
                attempt_id=attempt_id,
                sheet=_sheet(request, message.sheet),
                take_over=message.take_over,
            )
        )
        state = "here" if opened.is_here else "elsewhere"
        return _answer({"state": state, "since": _ms(opened.since), "device": opened.device})

    async def _hand_in(self, request: Request) -> Response:
        message = await _message(request, OpenMessage)
        learner, attempt_id = _learner(request), request.path_params["attempt"]

        def work(session: Session) -> None:
            # Its time may be over, or another tab may have been first: closing it is what is asked for.
            with contextlib.suppress(AttemptClosedError):
                journal.hold(session, learner.id, attempt_id, sheet_id=message.sheet)
            service.submit_attempt(session, learner_id=learner.id, attempt_id=attempt_id)

        await self._parts.write(work, limiter=self._few_at_once())
        return _answer({"state": "closed"})

    def _few_at_once(self) -> anyio.CapacityLimiter:
        """When time is over for a whole hall, the last saves must not wait behind the grading of those who had none."""
        if self._hand_ins is None:
            self._hand_ins = anyio.CapacityLimiter(HAND_INS_AT_ONCE)  # it belongs to the event loop that is running
        return self._hand_ins

    async def _take_file(self, request: Request) -> Response:
        learner, attempt_id = _learner(request), request.path_params["attempt"]
        question_id, name = receiving.target(request)
        rule = await self._parts.read(lambda session: handed_in.rule_for(session, learner.id, attempt_id, question_id))
        handed_in.check_name(rule, name)
        async with receiving.body(request, self._parts.settings.files_dir, rule.max_megabytes * 1024**2) as path:
            given = await self._parts.write(
                lambda session: handed_in.give(
                    session,
                    self._parts.settings.files_dir,
                    learner_id=learner.id,
                    attempt_id=attempt_id,
                    question_id=question_id,
                    name=name,
                    source=path,
                    sheet_id=receiving.sheet_of(request),
                )
            )
        return _answer({"state": "kept", "file": {"id": str(given.id), "name": given.name, "size": given.size}})

    async def _give_file(self, request: Request) -> Response:
        viewer, attempt_id, file_id = _learner(request), request.path_params["attempt"], request.path_params["file"]
        found = await self._parts.read(lambda session: handed_in.readable(session, viewer, attempt_id, file_id))
        if found is None:
            return _answer({"state": "missing", "words": "There is no such file."}, 404)
        path = await run_in_threadpool(handed_in.path_of, self._parts.settings.files_dir, found)
        if not path.is_file():
            _log.error("The bytes of file %s are missing", found.id)
            return _answer({"state": "missing", "words": "There is no such file."}, 404)
        # Always kept, never shown: what a learner hands in must not run with our rights in a grader's browser.
        return FileResponse(
            path,
            headers={**_NO_STORE, "Content-Security-Policy": "default-src 'none'; sandbox"},
            media_type="application/octet-stream",
            filename=found.name,
            content_disposition_type="attachment",
        )


async def _message(request: Request, shape: type[json_messages.Message]) -> json_messages.Message:
    too_long = noted("This is more than all answers of an attempt can be.")
    return await json_messages.read(request, shape, longest=LONGEST_BODY, too_long=too_long)


def _learner(request: Request) -> Viewer:
    viewer: Viewer = request.state.viewer
    return viewer


def _waited(request: Request) -> timedelta:
    """How long the request has waited in this process: its learner isn't late for that."""
    return timedelta(seconds=max(0.0, time.monotonic() - request.state.arrived))


def _sheet(request: Request, sheet_id: UUID) -> proctoring.Sheet:
    return proctoring.Sheet(sheet_id, request.headers.get("user-agent", ""), address_of(request))


def _kept(one: journal.Kept) -> dict[str, Any]:
    return {
        "question": str(one.question_id),
        "outcome": one.outcome,
        "sequence": one.sequence,
        "response": one.response,
        "words": one.words,
    }


def _ms(moment: datetime | None) -> int | None:
    return None if moment is None else int(moment.astimezone(UTC).timestamp() * 1000)


def _answer(content: dict[str, Any], status: int = 200) -> JSONResponse:
    return JSONResponse(content, status, headers=_NO_STORE)
