"""What keeps a form honest: where it came from, which browser it belongs to, and where it may lead."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from urllib.parse import parse_qsl, urlsplit

from starlette.requests import HTTPConnection, Request

from learncraft.errors import ForbiddenError, InvalidInputError
from learncraft.settings import Settings

_LONGEST_FORM = 32 * 1024
_LONGEST_NEXT = 2000


class ForgedFormError(ForbiddenError):
    """The form wasn't sent from our own page in this browser."""

    def __init__(self) -> None:
        super().__init__(
            "This form was sent from somewhere else, or your browser keeps no cookies. Open the page again and retry."
        )


class FormTokens:
    """Ties forms to the browser that they were shown in, by a key in a cookie and its signature in the form."""

    def __init__(self, secret: str) -> None:
        self._secret = secret.encode()

    def new_key(self) -> str:
        """A key for a browser that has none."""
        return secrets.token_urlsafe(16)

    def sign(self, key: str) -> str:
        """What the form holds."""
        return hmac.new(self._secret, b"learncraft.form." + key.encode(), hashlib.sha256).hexdigest()

    def check(self, key: str | None, signature: str) -> None:
        """Raises: ForgedFormError: the form isn't this browser's."""
        if key is None or not hmac.compare_digest(self.sign(key).encode(), signature.encode()):
            raise ForgedFormError


def check_origin(request: HTTPConnection, settings: Settings) -> None:
    """Refuse what another site's page sent. Browsers tell; a missing header is left to the form's signature.

    Raises:
        ForgedFormError: it came from elsewhere.
    """
    if request.headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        raise ForgedFormError
    origin = request.headers.get("origin")
    if origin is not None and not is_own_origin(request, settings, origin):
        raise ForgedFormError


def is_own_origin(connection: HTTPConnection, settings: Settings, origin: str | None) -> bool:
    """Whether an Origin header names this site: the host of the request, or the public address."""
    if not origin:
        return False
    parts = urlsplit(origin)
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        return False
    return parts.netloc.lower() in {
        connection.headers.get("host", "").lower(),
        urlsplit(settings.base_url or "").netloc.lower(),
    } - {""}


async def read_form(request: Request) -> dict[str, str]:
    """The fields of a posted form. Small ones only: these pages have no uploads.

    Raises:
        InvalidInputError: it isn't a form, or is longer than any of ours.
    """
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/x-www-form-urlencoded":
        raise InvalidInputError("This address takes forms only.")
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > _LONGEST_FORM:
            raise InvalidInputError("The form is too long.")
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=30)
    except ValueError as error:
        raise InvalidInputError("The form could not be read.") from error
    return {name: value.replace("\0", "") for name, value in pairs}


def safe_next(wanted: str | None) -> str:
    """Where to go after signing in: a page of this site, or the first one.

    Browsers read "//host", "/\\host" and "/<tab>/host" as other sites.
    """
    path = own_path(wanted)
    return "/" if urlsplit(path).path == "/auth" or path.startswith("/auth/") else path


def own_path(wanted: str | None) -> str:
    """An address of this site as it was given, or that of the first page."""
    if not wanted or len(wanted) > _LONGEST_NEXT or not wanted.startswith("/") or wanted.startswith("//"):
        return "/"
    if "\\" in wanted or any(ord(sign) <= 0x20 or ord(sign) == 0x7F for sign in wanted):
        return "/"
    try:
        parts = urlsplit(wanted)
    except ValueError:
        return "/"
    return "/" if parts.scheme or parts.netloc else wanted


def public_address(connection: HTTPConnection, settings: Settings) -> str:
    """The start of links in messages. Never the Host header, which the asker chooses: links carry keys."""
    if settings.base_url:
        return settings.base_url.rstrip("/")
    host, port = connection.scope.get("server") or ("127.0.0.1", settings.port)
    shown = f"[{host}]" if ":" in host else host
    return f"http://{shown}" if port in {None, 80} else f"http://{shown}:{port}"


def is_forwarded(connection: HTTPConnection) -> bool:
    """Whether a proxy is between."""
    return any(name in connection.headers for name in ("x-forwarded-for", "forwarded", "x-real-ip"))


def is_local(connection: HTTPConnection) -> bool:
    """Whether somebody on this machine asks, without a proxy between."""
    return (
        not is_forwarded(connection)
        and connection.client is not None
        and connection.client.host in {"127.0.0.1", "::1"}
    )


def may_measure(connection: HTTPConnection, settings: Settings) -> bool:
    """Whether the asker may read /metrics: with the token of the settings; without one, from this machine."""
    if settings.metrics_token is None:
        return is_local(connection)
    scheme, _, given = connection.headers.get("authorization", "").partition(" ")
    is_known = hmac.compare_digest(given.strip().encode(), settings.metrics_token.get_secret_value().encode())
    return scheme.lower() == "bearer" and is_known
