"""A file that arrives as the body of a request: written to disk as it comes, never held in memory."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import UUID

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from learncraft.errors import InvalidInputError

HEADER = "x-learncraft-file"  # no form of another site can send it


def sheet_of(request: Request) -> UUID | None:
    """The sheet that sends a file, if it says so."""
    try:
        return UUID(request.query_params.get("sheet", ""))
    except ValueError:
        return None


def target(request: Request) -> tuple[UUID, str]:
    """Which question a file is for, and its name.

    Raises:
        InvalidInputError: the request doesn't say so.
    """
    if request.headers.get(HEADER) != "1":
        raise InvalidInputError("This address takes files from the answer sheet only.")
    try:
        question_id = UUID(request.query_params.get("question", ""))
    except ValueError as error:
        raise InvalidInputError("The file is for no question.") from error
    name = request.query_params.get("name", "").replace("\\", "/").rpartition("/")[2].strip()
    if not name or len(name) > 200 or not name.isprintable():
        raise InvalidInputError("The file's name can't be kept. Give it a shorter, simpler name.")
    return question_id, name


@asynccontextmanager
async def body(request: Request, folder: Path, most: int) -> AsyncIterator[Path]:
    """The body in a file of its own, which is gone afterwards.

    Raises:
        InvalidInputError: it is larger than `most` bytes; it is read no further then.
    """
    too_large = InvalidInputError("The file is larger than {most} MB.", most=most // 1024**2)
    if int(request.headers.get("content-length") or 0) > most:
        raise too_large
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=folder, prefix="arriving-") as draft:
        size = 0
        async for chunk in request.stream():
            size += len(chunk)
            if size > most:
                raise too_large
            await run_in_threadpool(draft.write, chunk)
        draft.flush()
        yield Path(draft.name)
