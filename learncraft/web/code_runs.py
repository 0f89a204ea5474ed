"""What the field of a code question asks for: run this program, or test it with the tests that learners see.

    POST /attempts/{attempt}/run    {"question", "code", "stdin"} or {"question", "code", "tests": true}

Programs run on threads of their own, so that nobody's page waits for them.
"""

from __future__ import annotations

from collections import Counter
from typing import Any
from uuid import UUID

import anyio
import anyio.to_thread
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from learncraft.assessments import code_running, reasons
from learncraft.assessments.code_grading import TestResult
from learncraft.errors import ForbiddenError, InvalidInputError, LearnCraftError, NotFoundError, UnavailableError
from learncraft.language import noted
from learncraft.sandbox.current import current
from learncraft.sandbox.port import Ending, StepOutcome
from learncraft.web import json_messages
from learncraft.web.parts import Parts
from learncraft.web.protection import check_origin

MOST_AT_ONCE = 64  # threads that wait for programs; more requests wait without one
MOST_OF_ONE = 2  # programs of one learner that are asked for at the same time
LONGEST_BODY = 256 * 1024
_NO_STORE = {"Cache-Control": "no-store"}
_STATUS: list[tuple[type[LearnCraftError], int]] = [
    (NotFoundError, 404),
    (ForbiddenError, 403),
    (UnavailableError, 503),
    (LearnCraftError, 422),
]


class RunMessage(BaseModel):
    """A program, and what to do with it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    question: UUID
    code: str = Field(max_length=50_000)
    stdin: str = Field(default="", max_length=10_000)
    tests: bool = False


class CodeRuns:
    """The route."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._asked: Counter[UUID] = Counter()
        self._limiter: anyio.CapacityLimiter | None = None

    def routes(self) -> list[Route]:
        """The route."""
        return [Route("/attempts/{attempt:uuid}/run", self._run, methods=["POST"])]

    async def _run(self, request: Request) -> Response:
        try:
            check_origin(request, self._parts.settings)
            return JSONResponse(await self._answer(request), headers=_NO_STORE)
        except LearnCraftError as error:
            status = next(code for kind, code in _STATUS if isinstance(error, kind))
            return JSONResponse({"words": str(error)}, status, headers=_NO_STORE)

    async def _answer(self, request: Request) -> dict[str, Any]:
        message = await json_messages.read(
            request, RunMessage, longest=LONGEST_BODY, too_long=noted("The program is longer than 50,000 characters.")
        )
        learner_id: UUID = request.state.viewer.id
        key = await self._parts.read(
            lambda session: code_running.asked_key(
                session, learner_id, request.path_params["attempt"], message.question
            )
        )
        if self._asked[learner_id] >= MOST_OF_ONE:
            raise InvalidInputError("Your program is still running. Wait until it has ended.")

        def work() -> dict[str, Any]:
            if message.tests:
                results = code_running.run_tests(current(), key, message.code, with_hidden=False, who=learner_id)
                return {"tests": [_test(result) for result in results]}
            return _outcome(code_running.run_once(current(), message.code, stdin=message.stdin, who=learner_id))

        self._asked[learner_id] += 1
        try:
            return await anyio.to_thread.run_sync(work, limiter=self._threads())
        finally:
            self._asked[learner_id] -= 1
            self._asked += Counter()

    def _threads(self) -> anyio.CapacityLimiter:
        if self._limiter is None:
            self._limiter = anyio.CapacityLimiter(MOST_AT_ONCE)  # it belongs to the event loop that is running
        return self._limiter


def _test(result: TestResult) -> dict[str, Any]:
    return {
        "title": reasons.of_test(result.title),
        "passed": result.is_passed,
        "words": reasons.of_program(result.words),
        "output": result.output,
        "error": "" if result.is_passed else result.error,
    }


def _outcome(outcome: StepOutcome) -> dict[str, Any]:
    return {
        "finished": outcome.ending == Ending.FINISHED,
        "output": outcome.output,
        "error": outcome.error,
        "seconds": outcome.seconds,
    }
