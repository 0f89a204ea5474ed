"""What the routes share, made once per application."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Self, TypeVar

import anyio.to_thread
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool
from starlette.requests import HTTPConnection, Request

from learncraft import language
from learncraft.accounts import service, sessions
from learncraft.accounts.models import User
from learncraft.accounts.rate_limits import RateLimits
from learncraft.accounts.tokens import OneTimeLinks
from learncraft.accounts.viewer import Viewer
from learncraft.acting import SYSTEM, acting_as
from learncraft.runtime import Runtime
from learncraft.secrets import secret_key
from learncraft.settings import Settings
from learncraft.web import cookies
from learncraft.web.html import Pages
from learncraft.web.protection import FormTokens, check_origin, read_form

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Parts:
    """Handles of the routes beside the Streamlit pages."""

    runtime: Runtime
    links: OneTimeLinks
    limits: RateLimits
    tokens: FormTokens
    pages: Pages

    @classmethod
    def of(cls, runtime: Runtime) -> Self:
        """The parts for a running process."""
        runtime = runtime.for_people()
        secret = secret_key(runtime.settings)
        tokens = FormTokens(secret)
        pages = Pages(runtime.settings, tokens)
        return cls(runtime, OneTimeLinks(secret), RateLimits(runtime.database), tokens, pages)

    @property
    def settings(self) -> Settings:
        """The settings of the process."""
        return self.runtime.settings

    @property
    def lifetime(self) -> timedelta:
        """How long a sign-in lasts without a visit."""
        return timedelta(days=self.settings.session_days)

    async def posted(self, request: Request) -> dict[str, str]:
        """The fields of a form that this browser was shown by us.

        Raises:
            ForgedFormError: it was sent from elsewhere.
            InvalidInputError: it isn't a form.
        """
        check_origin(request, self.settings)
        form = await read_form(request)
        self.tokens.check(cookies.form_key(request, self.settings), form.get("form_token", ""))
        return form

    async def write(self, action: Callable[[Session], T], *, limiter: anyio.CapacityLimiter | None = None) -> T:
        """Run an action in a transaction, beside the event loop; with a limiter, only so many at once."""

        def work() -> T:
            with self.runtime.database.transaction() as session:
                return action(session)

        return await anyio.to_thread.run_sync(work, limiter=limiter)

    async def read(self, question: Callable[[Session], T]) -> T:
        """Run a question on a read-only session, beside the event loop."""

        def work() -> T:
            with self.runtime.database.reading() as session:
                return question(session)

        return await run_in_threadpool(work)

    async def viewer(self, connection: HTTPConnection) -> Viewer | None:
        """Who is signed in in this browser. Before it is known, the platform looks."""
        token = cookies.session_token(connection, self.settings)
        if token is None:
            return None
        with acting_as(SYSTEM):
            return await self.read(lambda session: sessions.viewer_for_token(session, token))

    def open_session(self, session: Session, request: Request, user: User) -> str:
        """Begin a sign-in in this browser; the one that it had before ends."""
        service.note_language(session, user.id, language.current())
        sessions.close_session(session, cookies.session_token(request, self.settings))
        return sessions.open_session(
            session,
            user,
            user_agent=request.headers.get("user-agent"),
            ip=address_of(request),
            lifetime=self.lifetime,
        )


def address_of(connection: HTTPConnection) -> str | None:
    """The address that the request came from, as far as trusted proxies tell."""
    return connection.client.host if connection.client else None
