"""The cookies of a browser: the sign-in token, and the anonymous one that forms are tied to."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

from starlette.requests import HTTPConnection
from starlette.responses import Response

from learncraft.settings import Settings

# Behind https the name says that neither a sister domain nor plain http may set it.
SESSION_COOKIES = ("__Host-learncraft_session", "learncraft_session")
_SESSION, _FORM, _OIDC = "learncraft_session", "learncraft_form", "learncraft_oidc"
# How the pages outside speak and look in this browser: what was picked there, or what its last person likes.
LANGUAGE, THEME = "learncraft_language", "learncraft_theme"
_YEAR = 365 * 24 * 60 * 60


def is_secure(connection: HTTPConnection, settings: Settings) -> bool:
    """Whether the browser speaks https, as the request or the public address says."""
    return connection.url.scheme in {"https", "wss"} or urlsplit(settings.base_url or "").scheme == "https"


def session_token(connection: HTTPConnection, settings: Settings) -> str | None:
    """The sign-in token that the browser presents. Behind https the unprotected name counts for nothing."""
    return _get(connection.cookies, _name(_SESSION, secure=is_secure(connection, settings)))


def set_session(response: Response, connection: HTTPConnection, settings: Settings, token: str) -> None:
    """Let the browser keep a sign-in token."""
    seconds = settings.session_days * 24 * 60 * 60
    _set(response, connection, settings, _SESSION, token, seconds)


def clear_session(response: Response, connection: HTTPConnection, settings: Settings) -> None:
    """Let the browser forget the sign-in token."""
    _set(response, connection, settings, _SESSION, "", 0)


def form_key(connection: HTTPConnection, settings: Settings) -> str | None:
    """What ties the forms of this browser to it."""
    return _get(connection.cookies, _name(_FORM, secure=is_secure(connection, settings)))


def set_form_key(response: Response, connection: HTTPConnection, settings: Settings, key: str) -> None:
    """Let the browser keep the key of its forms until it is closed."""
    _set(response, connection, settings, _FORM, key, None)


def set_likes(response: Response, connection: HTTPConnection, *, language: str, theme: str | None = None) -> None:
    """Let the browser remember how its person likes the pages outside, if it doesn't already."""
    for name, value in ((LANGUAGE, language), (THEME, theme)):
        if value is not None and connection.cookies.get(name) != value:
            response.set_cookie(name, value, max_age=_YEAR, path="/", httponly=True, samesite="lax")


def oidc_state(connection: HTTPConnection, settings: Settings) -> str | None:
    """What was noted when the person left for the organisation's sign-in."""
    return _get(connection.cookies, _name(_OIDC, secure=is_secure(connection, settings)))


def set_oidc_state(response: Response, connection: HTTPConnection, settings: Settings, state: str) -> None:
    """Note something for the way back from the organisation's sign-in; empty forgets it."""
    _set(response, connection, settings, _OIDC, state, 600 if state else 0)


def _name(name: str, *, secure: bool) -> str:
    return f"__Host-{name}" if secure else name


def _get(cookies: Mapping[str, str], name: str) -> str | None:
    return cookies.get(name) or None


def _set(
    response: Response, connection: HTTPConnection, settings: Settings, name: str, value: str, seconds: int | None
) -> None:
    secure = is_secure(connection, settings)
    response.set_cookie(
        _name(name, secure=secure), value, max_age=seconds, path="/", secure=secure, httponly=True, samesite="lax"
    )
