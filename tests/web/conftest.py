"""The routes and the gate in front of them on a real database, with a page that says who is there."""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket

from learncraft.accounts import service
from learncraft.accounts.models import User
from learncraft.analytics.store import EventStore
from learncraft.db import Database
from learncraft.runtime import Runtime
from learncraft.settings import Settings
from learncraft.web.app import middleware, routes
from learncraft.web.mishaps import exception_handlers
from learncraft.web.parts import Parts

PASSWORD = "seven green boats"


@dataclass
class Site:
    """One server and the browsers that visit it."""

    database: Database
    parts: Parts
    app: Starlette

    @property
    def settings(self) -> Settings:
        return self.parts.settings

    def browser(self, *, scheme: str = "http", ip: str = "203.0.113.7") -> Browser:
        """A browser of its own, with no cookies yet."""
        client = TestClient(
            self.app,
            base_url=f"{scheme}://learn.test",
            client=(ip, 50000),
            follow_redirects=False,
            raise_server_exceptions=False,
        )
        client.headers["accept"] = "text/html"
        return Browser(client)

    def person(self, address: str = "ana@example.org", *, password: str = PASSWORD, **values: object) -> User:
        """An account that signs in with PASSWORD."""
        with self.database.transaction() as session:
            given = {"first_name": "Ana", "last_name": "Lind"} | values
            return service.create_user(session, email=address, password=password, **given)  # type: ignore[arg-type]

    def letters(self) -> list[str]:
        """The messages that were sent, the last one last."""
        outbox = self.settings.home / "outbox"
        found = sorted(outbox.glob("*.eml"), key=lambda path: path.stat().st_mtime_ns) if outbox.is_dir() else []
        parsed = (email.message_from_bytes(path.read_bytes(), policy=email.policy.default) for path in found)
        return [f"To: {letter['To']}\n{letter.get_content()}" for letter in parsed]


@dataclass
class Browser:
    """What a person does in a browser."""

    client: TestClient

    def form_token(self, path: str = "/auth/sign-in") -> str:
        found = re.search(r'name="form_token" value="([^"]+)"', self.client.get(path).text)
        return found[1] if found else ""

    def post(self, path: str, form_at: str | None = None, **fields: str):
        token = self.form_token(form_at or path)
        return self.client.post(path, data={"form_token": token, **fields})

    def sign_in(self, address: str = "ana@example.org", password: str = PASSWORD, **fields: str):
        return self.post("/auth/sign-in", email=address, password=password, **fields)

    def who(self) -> str:
        """Whom the pages see: an address, or the redirect."""
        answer = self.client.get("/")
        return answer.text if answer.status_code == 200 else answer.headers.get("location", str(answer.status_code))

    def session_cookie(self) -> str | None:
        return next((one.value for one in self.client.cookies.jar if one.name.endswith("learncraft_session")), None)


@pytest.fixture
def make_site(fresh_database: Database, tmp_path: Path) -> Callable[..., Site]:
    """Sites on one database: two of them are two server processes."""

    def make(**values: object) -> Site:
        settings = Settings(home=tmp_path, secret_key="a key for tests only", _env_file=None, **values)  # type: ignore[arg-type]
        # Nothing listens there: the event store is away, as it may be.
        runtime = Runtime(settings, fresh_database, EventStore.connect("http://127.0.0.1:9/learncraft"))
        parts = Parts.of(runtime)
        inside = [
            Route("/broken", _broken),
            WebSocketRoute("/_stcore/stream", _stream),
            Route("/{rest:path}", _who),
        ]
        app = Starlette(
            routes=[*routes(parts), *inside],
            middleware=middleware(parts),
            exception_handlers=exception_handlers(parts.pages),
        )
        return Site(fresh_database, parts, app)

    return make


@pytest.fixture
def site(make_site: Callable[..., Site]) -> Site:
    """The site as it is after installation."""
    return make_site()


async def _who(request: Request) -> PlainTextResponse:
    return PlainTextResponse(request.state.viewer.email)


async def _broken(request: Request) -> PlainTextResponse:
    raise RuntimeError("the secret of the inside")


async def _stream(websocket: WebSocket) -> None:
    await websocket.accept()
    await websocket.send_text("open")
    await websocket.close()
