"""What people see when something fails: a sentence and a reference; the log has the trace under it."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Awaitable, Callable
from typing import Any

import streamlit as st
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from learncraft.accounts.errors import TooManyAttemptsError
from learncraft.errors import ForbiddenError, InvalidInputError, LearnCraftError, NotFoundError, UnavailableError
from learncraft.web.html import Pages

_log = logging.getLogger(__name__)

_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # none that is taken for another on the telephone
_STATUS: dict[type[LearnCraftError], int] = {
    TooManyAttemptsError: 429,
    NotFoundError: 404,
    ForbiddenError: 403,
    InvalidInputError: 400,
    UnavailableError: 503,
}


def reference() -> str:
    """A short name for one failure, such as LC-7F3K2A."""
    return "LC-" + "".join(secrets.choice(_LETTERS) for _ in range(6))


def on_script_error(error: Exception) -> bool:
    """Streamlit's hook for what a page didn't catch. True: the trace isn't shown."""
    if isinstance(error, LearnCraftError):
        _log.info("A page stopped: %s", error)
        st.error(str(error), icon=":material/error:")
        return True
    name = reference()
    _log.error("%s: a page failed", name, exc_info=error)
    st.error(
        "Something went wrong on our side. Nothing you saved is lost. Reload the page; if it happens again, "
        f"tell your administrator the reference {name}.",
        icon=":material/error:",
    )
    return True


def exception_handlers(pages: Pages) -> dict[Any, Callable[[Request, Exception], Awaitable[Response]]]:
    """How routes answer to what they didn't catch."""

    async def in_words(request: Request, error: Exception) -> Response:
        status = next((code for kind, code in _STATUS.items() if isinstance(error, kind)), 400)
        headers = {"Retry-After": str(error.seconds)} if isinstance(error, TooManyAttemptsError) else None
        return pages.message(request, "That did not work", str(error), status=status, headers=headers)

    async def unexpected(request: Request, error: Exception) -> Response:
        name = reference()
        _log.error("%s: %s %s failed", name, request.method, request.url.path, exc_info=error)
        return pages.message(
            request,
            "Something went wrong",
            "The failure is on our side. Try again; if it happens again, "
            f"tell your administrator the reference {name}.",
            status=500,
            link=("/", "Go to the first page"),
        )

    async def gone(_request: Request, _error: Exception) -> Response:
        """A page was closed while it sent: what it still had, it sends again when it is back. No failure of ours."""
        return Response(status_code=400)

    return {LearnCraftError: in_words, ClientDisconnect: gone, Exception: unexpected}
