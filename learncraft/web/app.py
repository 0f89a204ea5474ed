"""The ASGI application: Streamlit's pages with our routes beside them and our gate before them."""

from __future__ import annotations

import logging
from functools import cache
from pathlib import Path

import streamlit
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.staticfiles import StaticFiles
from streamlit.runtime.pages_manager import PagesManager
from streamlit.starlette import App

from learncraft import language
from learncraft.errors import NotFoundError
from learncraft.paths import root
from learncraft.runtime import Runtime
from learncraft.web import cookies, scripts
from learncraft.web.attempts import Attempts
from learncraft.web.auth import SignIn
from learncraft.web.authoring import Authoring
from learncraft.web.beacon import Beacon
from learncraft.web.certificates import Certificates
from learncraft.web.code_runs import CodeRuns
from learncraft.web.health import Health
from learncraft.web.joining import Joining
from learncraft.web.learning import Learning
from learncraft.web.letters import Letters
from learncraft.web.media import Media
from learncraft.web.middleware import Gate, SecurityHeaders
from learncraft.web.mishaps import exception_handlers, on_script_error
from learncraft.web.offers import Offers
from learncraft.web.parts import Parts
from learncraft.web.payments import Payments
from learncraft.web.protection import own_path
from learncraft.web.remarks import Remarks
from learncraft.web.sticking import Sticking
from learncraft.web.uploads import Uploads
from learncraft.web.videos import Videos

_STATIC = Path(__file__).parent / "static"
_CACHED = {"Cache-Control": "public, max-age=3600"}
_KEPT = {"Cache-Control": "private, max-age=31536000, immutable"}


def create_app(runtime: Runtime, *, number: int | None = None) -> App:
    """The application for a running process. One per process, as Streamlit wants it.

    `number` is the process's own among several that serve pages.
    """
    parts = Parts.of(runtime)
    # Until the first run has called st.navigation, Streamlit takes a folder named pages for its older kind of
    # application, and would tell the first visitor of any page but the first that it doesn't exist.
    PagesManager.uses_pages_directory = False
    logging.getLogger("streamlit.error_util").addFilter(_is_not_a_page_failure)
    staying = [] if number is None else [Middleware(Sticking, number=number, settings=runtime.settings)]
    return App(
        root() / "app.py",
        routes=routes(parts, number=number),
        middleware=[*staying, *middleware(parts)],
        on_script_error=on_script_error,
        exception_handlers=exception_handlers(parts.pages),
    )


def routes(parts: Parts, *, number: int | None = None) -> list[BaseRoute]:
    """Our routes, which come before Streamlit's."""
    return [
        *SignIn(parts).routes(),
        *Joining(parts).routes(),
        *_organisation(parts),
        *Health(parts.runtime, parts.settings, number=number).routes(),
        *Media(parts).routes(),
        *scripts.routes(),
        *Learning(parts).routes(),
        *Uploads(parts).routes(),
        *Videos(parts).routes(),
        *Attempts(parts).routes(),
        *CodeRuns(parts).routes(),
        *Authoring(parts).routes(),
        *Remarks(parts).routes(),
        *Beacon(parts).routes(),
        *Certificates(parts).routes(),
        *Payments(parts).routes(),
        *Offers(parts).routes(),
        *Letters(parts).routes(),
        Route("/auth/language/{language}", _pick_language, methods=["GET"]),
        Route("/auth/static/font.woff2", _font_file, methods=["GET"]),
        Route("/auth/static/{name}", _static_file, methods=["GET"]),
        Route("/auth", _nothing_here),
        Route("/auth/{rest:path}", _nothing_here),
        Route("/verify/{rest:path}", _nothing_here),
        Route("/offers/{rest:path}", _nothing_here),
        Route("/letters/{rest:path}", _nothing_here),
    ]


def _organisation(parts: Parts) -> list[Route]:
    if not parts.settings.oidc_is_configured:
        return []
    from learncraft.web.oidc import Organisation  # noqa: PLC0415  # its libraries would slow down every start

    return Organisation(parts).routes()


def middleware(parts: Parts) -> list[Middleware]:
    """What every request passes, the outermost first."""
    return [Middleware(SecurityHeaders), Middleware(Gate, parts=parts)]


async def _pick_language(request: Request) -> Response:
    """Remember the language that was picked on a page outside, and go back to it."""
    picked = language.known(request.path_params["language"])
    response = RedirectResponse(own_path(request.query_params.get("next")), status_code=303)
    cookies.set_likes(response, request, language=picked)
    return response


async def _static_file(request: Request) -> Response:
    """The style sheet and the mark of the sign-in pages."""
    path, found = StaticFiles(directory=_STATIC).lookup_path(request.path_params["name"])
    if found is None:
        raise NotFoundError("There is no such page. The address may be mistyped.")
    return FileResponse(path, headers=_CACHED)


async def _font_file(request: Request) -> Response:
    """Streamlit's own font, so that the sign-in pages look like the rest. Its name changes with its version."""
    path = _font()
    if path is None:
        raise NotFoundError("There is no such page. The address may be mistyped.")
    return FileResponse(path, headers=_CACHED)


@cache
def _font() -> Path | None:
    folder = Path(streamlit.__file__).parent / "static" / "static" / "media"
    return next(iter(sorted(folder.glob("SourceSansVF-Upright*.woff2"))), None)


async def _nothing_here(request: Request) -> Response:
    """Streamlit would answer any other address with its page."""
    raise NotFoundError("There is no such page. The address may be mistyped.")


def _is_not_a_page_failure(record: logging.LogRecord) -> bool:
    """Streamlit logs a page's trace without a reference just before `on_script_error` logs it with one."""
    return record.msg != "Uncaught app execution"
