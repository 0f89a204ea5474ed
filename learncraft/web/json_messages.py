"""Messages that our own pages send: JSON of a known shape, read no further than it may be long."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from pydantic import BaseModel, ValidationError
from starlette.requests import Request

from learncraft.errors import InvalidInputError

Message = TypeVar("Message", bound=BaseModel)


async def read(
    request: Request,
    shape: type[Message],
    *,
    longest: int,
    too_long: str,
    why: Callable[[ValidationError], str] = lambda _: "The message has another shape than this address takes.",
) -> Message:
    """The JSON of a request, in its shape. `longest` counts bytes; `why` puts another shape's fault in words.

    Raises:
        InvalidInputError: it is no JSON, too long, or of another shape.
    """
    # Other sites can't send this type without asking first, which we don't allow.
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
        raise InvalidInputError("This address takes JSON only.")
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > longest:
            raise InvalidInputError(too_long)
    try:
        return shape.model_validate_json(bytes(body))
    except ValidationError as error:
        raise InvalidInputError(why(error)) from error
