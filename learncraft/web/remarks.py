"""What is said at a lesson while it is open in the builder, without a run of its page.

    GET  /authoring/lessons/{lesson}/remarks    the remarks at a lesson and its questions
    POST /authoring/lessons/{lesson}/remarks    {"do": "say" | "answer" | "settle" | "reopen", "id", "block", "body"}

Both answer with all remarks of the lesson.
"""

from __future__ import annotations

from functools import partial
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from learncraft.accounts.viewer import Viewer
from learncraft.authoring import queries, remarks
from learncraft.authoring.errors import LessonGoneError
from learncraft.authoring.remarks import Anchor, Remark
from learncraft.errors import InvalidInputError
from learncraft.language import noted
from learncraft.web import authoring_answers, json_messages
from learncraft.web.authoring_answers import answer, milliseconds, viewer_of
from learncraft.web.parts import Parts

_LONGEST_BODY = 64 * 1024
_TOO_LONG = noted("This remark is longer than a remark can be.")


class RemarkMessage(BaseModel):
    """What somebody says or does about a remark."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    do: Literal["say", "answer", "settle", "reopen"]
    id: UUID | None = None
    block: str | None = Field(default=None, max_length=64)
    body: str = Field(default="", max_length=20_000)


class Remarks:
    """The routes."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def routes(self) -> list[Route]:
        """The routes."""
        address, guarded = "/authoring/lessons/{lesson:uuid}/remarks", partial(authoring_answers.guarded, self._parts)
        return [
            Route(address, guarded(self._read), methods=["GET"]),
            Route(address, guarded(self._write), methods=["POST"]),
        ]

    async def _read(self, request: Request) -> Response:
        viewer, lesson_id = viewer_of(request), request.path_params["lesson"]
        return answer(await self._parts.read(lambda session: _all(session, viewer, lesson_id)))

    async def _write(self, request: Request) -> Response:
        message = await json_messages.read(request, RemarkMessage, longest=_LONGEST_BODY, too_long=_TOO_LONG, why=_why)
        viewer, lesson_id = viewer_of(request), request.path_params["lesson"]

        def work(session: Session) -> dict[str, Any]:
            _do(session, viewer, lesson_id, message)
            return _all(session, viewer, lesson_id)

        return answer(await self._parts.write(work))


def _do(session: Session, viewer: Viewer, lesson_id: UUID, message: RemarkMessage) -> None:
    if message.do == "say":
        remarks.say(session, viewer, Anchor(lesson_id, message.block), message.body)
    elif message.id is None:
        raise InvalidInputError("The message has another shape than this address takes.")
    elif message.do == "answer":
        remarks.answer(session, viewer, message.id, message.body)
    else:
        remarks.settle(session, viewer, message.id, is_settled=message.do == "settle")


def _all(session: Session, viewer: Viewer, lesson_id: UUID) -> dict[str, Any]:
    lesson = queries.lesson(session, viewer, lesson_id)
    if lesson is None:
        raise LessonGoneError
    found = remarks.of_course(session, lesson.course_id, lesson_id=lesson_id)
    return {"remarks": [_shown(one) for one in found]}


def _shown(one: Remark) -> dict[str, Any]:
    return {
        "id": str(one.id),
        "by": one.by,
        "at": milliseconds(one.at),
        "body": one.body,
        "block": one.anchor.block_id,
        "assessment": str(one.anchor.assessment_id) if one.anchor.assessment_id else None,
        "assessmentTitle": one.assessment,
        "question": str(one.question_now) if one.question_now else None,
        "questionText": one.question[:80],
        "questionGone": one.is_question_gone,
        "settled": milliseconds(one.settled_at),
        "settledBy": one.settled_by,
        "answers": [{"by": said.by, "body": said.body, "at": milliseconds(said.at)} for said in one.answers],
    }


def _why(_: ValidationError) -> str:
    return "The message has another shape than this address takes."
