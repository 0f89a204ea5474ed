"""The few pages outside Streamlit, from templates/, with the headers that keep them safe."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup
from starlette.background import BackgroundTask
from starlette.requests import HTTPConnection
from starlette.responses import HTMLResponse

from learncraft import language
from learncraft.language import _, dates, noted, numbers
from learncraft.settings import Settings
from learncraft.web import cookies
from learncraft.web.protection import FormTokens

_HERE = Path(__file__).parent
_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self' data:; form-action 'self'; "
        "frame-ancestors 'none'; base-uri 'none'"
    ),
    "X-Frame-Options": "DENY",
    # Not no-referrer: with it browsers send "Origin: null" with our own forms. Links with keys stay on this site.
    "Referrer-Policy": "same-origin",
}


class Pages:
    """Renders templates. Each page gets the token that its forms send back."""

    def __init__(self, settings: Settings, tokens: FormTokens) -> None:
        self._settings = settings
        self._tokens = tokens
        self._templates = Environment(loader=FileSystemLoader(_HERE / "templates"), autoescape=True, trim_blocks=True)
        self._templates.globals |= {"_": _, "marked": marked}
        self._templates.filters |= {"day": dates.day, "moment": dates.moment, "money": numbers.money}

    def show(
        self,
        connection: HTTPConnection,
        template: str,
        *,
        status: int = 200,
        headers: dict[str, str] | None = None,
        background: BackgroundTask | None = None,
        **values: Any,
    ) -> HTMLResponse:
        """A page of ours."""
        key = cookies.form_key(connection, self._settings)
        new_key = key or self._tokens.new_key()
        text = self._templates.get_template(template).render(
            {
                "site_name": self._settings.site_name,
                "language": language.current(),
                "languages": [(one, language.name_of(one)) for one in language.OFFERED],
                "theme": connection.cookies.get(cookies.THEME),
                "here": connection.url.path if connection.scope.get("method") in {"GET", "HEAD"} else None,
                "form_token": self._tokens.sign(new_key),
                "errors": {},
                "notice": None,
                **values,
            }
        )
        response = HTMLResponse(text, status_code=status, headers=_HEADERS | (headers or {}), background=background)
        if key is None:
            cookies.set_form_key(response, connection, self._settings, new_key)
        return response

    def message(
        self,
        connection: HTTPConnection,
        title: str,
        *sentences: str,
        status: int = 200,
        link: tuple[str, str] | None = ("/auth/sign-in", noted("Go to sign-in")),
        headers: dict[str, str] | None = None,
        background: BackgroundTask | None = None,
    ) -> HTMLResponse:
        """A page that says one thing and offers one way on."""
        return self.show(
            connection,
            "message.html",
            status=status,
            headers=headers,
            background=background,
            title=title,
            sentences=sentences,
            link=link and (link[0], _(link[1])),
        )


def marked(message: str, **values: object) -> Markup:
    """A message of ours that holds marks of HTML, with values that are shown as they are."""
    return Markup(_(message)).format(**values)  # noqa: S704  # the catalogue is ours; the values are escaped
