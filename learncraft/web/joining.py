"""Making an account and getting a new password: both by a link to the mailbox.

The answer to an address is always the same page at the same speed. What it leads to, a link or word that there is
an account, is found out and sent after the answer, and only the owner of the mailbox reads it.
"""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy.orm import Session
from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from learncraft.accounts import entering, service
from learncraft.accounts.errors import (
    InvalidProfileError,
    LinkExpiredError,
    SignUpClosedError,
    TooManyAttemptsError,
    WeakPasswordError,
)
from learncraft.accounts.models import User
from learncraft.accounts.profiles import clean_email, clean_name
from learncraft.accounts.tokens import Newcomer
from learncraft.web import cookies, messages
from learncraft.web.parts import Parts, address_of
from learncraft.web.protection import public_address


class Joining:
    """Routes of /auth/sign-up, /auth/forgot and /auth/reset."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def routes(self) -> list[Route]:
        """The routes."""
        return [
            Route("/auth/sign-up", self.ask_sign_up, methods=["GET"]),
            Route("/auth/sign-up", self.sign_up, methods=["POST"]),
            Route("/auth/sign-up/{token}", self.ask_confirm, methods=["GET"]),
            Route("/auth/sign-up/{token}", self.confirm, methods=["POST"]),
            Route("/auth/forgot", self.ask_forgot, methods=["GET"]),
            Route("/auth/forgot", self.forgot, methods=["POST"]),
            Route("/auth/reset/{token}", self.ask_reset, methods=["GET"]),
            Route("/auth/reset/{token}", self.reset, methods=["POST"]),
        ]

    async def ask_sign_up(self, request: Request) -> Response:
        """The form."""
        self._require_open()
        return self._parts.pages.show(request, "sign_up.html", form={})

    async def sign_up(self, request: Request) -> Response:
        """Take the form and send a message, whatever the address."""
        self._require_open()
        form = await self._parts.posted(request)
        newcomer, errors = _newcomer(form)
        if newcomer is None:
            return self._parts.pages.show(request, "sign_up.html", status=422, form=form, errors=errors)
        try:
            await run_in_threadpool(self._parts.limits.message, newcomer.email, address_of(request))
        except TooManyAttemptsError as error:
            return self._too_many(request, "sign_up.html", error, form)
        work = BackgroundTask(self._send_sign_up, newcomer, public_address(request, self._parts.settings))
        return self._check_mail(request, newcomer.email, work)

    async def ask_confirm(self, request: Request) -> Response:
        """Ask for the password of the new account. Looking doesn't use the link up."""
        token = request.path_params["token"]
        try:
            newcomer = await self._parts.read(lambda session: service.read_sign_up(session, self._parts.links, token))
        except LinkExpiredError as error:
            return self._expired(request, error, "/auth/sign-up")
        return self._password_form(request, "sign-up", newcomer.email)

    async def confirm(self, request: Request) -> Response:
        """Make the account and sign in."""
        return await self._set_password(request, "sign-up", service.confirm_sign_up, "/auth/sign-up")

    async def ask_forgot(self, request: Request) -> Response:
        """The form."""
        return self._parts.pages.show(request, "forgot.html", form={})

    async def forgot(self, request: Request) -> Response:
        """Take the form and answer the same, whatever the address."""
        form = await self._parts.posted(request)
        try:
            email = clean_email(form.get("email", ""))
            await run_in_threadpool(self._parts.limits.message, email, address_of(request))
        except InvalidProfileError as error:
            errors = {error.field: str(error)}
            return self._parts.pages.show(request, "forgot.html", status=422, form=form, errors=errors)
        except TooManyAttemptsError as error:
            return self._too_many(request, "forgot.html", error, form)
        work = BackgroundTask(self._send_reset, email, public_address(request, self._parts.settings))
        return self._check_mail(request, email, work)

    async def ask_reset(self, request: Request) -> Response:
        """Ask for the new password. Looking doesn't use the link up."""
        token = request.path_params["token"]
        try:
            email = await self._parts.read(lambda session: service.read_reset(session, self._parts.links, token))
        except LinkExpiredError as error:
            return self._expired(request, error, "/auth/forgot")
        return self._password_form(request, "reset", email)

    async def reset(self, request: Request) -> Response:
        """Set the new password and sign in."""
        return await self._set_password(request, "reset", service.reset_password, "/auth/forgot")

    async def _set_password(
        self, request: Request, kind: str, action: Callable[..., User], start_again: str
    ) -> Response:
        form = await self._parts.posted(request)
        await run_in_threadpool(self._parts.limits.link, address_of(request))
        password, token = form.get("password", ""), request.path_params["token"]

        def enter(session: Session) -> str:
            user = action(session, self._parts.links, token, password=password)
            entering.welcome(session, user, method=kind)
            return self._parts.open_session(session, request, user)

        try:
            opened = await self._parts.write(enter)
        except WeakPasswordError as error:
            return self._password_form(request, kind, form.get("email", ""), str(error))
        except LinkExpiredError as error:
            return self._expired(request, error, start_again)
        response = RedirectResponse("/", status_code=303, headers={"Cache-Control": "no-store"})
        cookies.set_session(response, request, self._parts.settings, opened)
        return response

    def _password_form(self, request: Request, kind: str, email: str, error: str | None = None) -> Response:
        return self._parts.pages.show(
            request,
            "password.html",
            status=422 if error else 200,
            is_new=kind == "sign-up",
            action=f"/auth/{kind}/{request.path_params['token']}",
            email=email,
            errors={"password": error} if error else {},
        )

    def _check_mail(self, request: Request, email: str, work: BackgroundTask) -> Response:
        sentences = [
            f"A message is on its way to {email}. Open the link in it to go on.",
            "Nothing after a few minutes? Look among the unwanted mail, and check the address.",
        ]
        if self._parts.settings.smtp_url is None:
            sentences.append(
                "This server has no mail server set up: the message waits in the outbox folder of its home folder. "
                "Whoever runs it can open it there."
            )
        return self._parts.pages.message(request, "Check your mail", *sentences, background=work)

    def _expired(self, request: Request, error: LinkExpiredError, start_again: str) -> Response:
        link = (start_again, "Ask for a new link")
        return self._parts.pages.message(request, "This link no longer works", str(error), status=410, link=link)

    def _too_many(self, request: Request, template: str, error: TooManyAttemptsError, form: dict[str, str]) -> Response:
        headers = {"Retry-After": str(error.seconds)}
        return self._parts.pages.show(request, template, status=429, headers=headers, notice=str(error), form=form)

    def _require_open(self) -> None:
        if not self._parts.settings.sign_up_open:
            raise SignUpClosedError

    def _send_sign_up(self, newcomer: Newcomer, address: str) -> None:
        with messages.logged(), self._parts.runtime.database.reading() as session:
            message = service.request_sign_up(session, self._parts.links, newcomer)
            messages.sign_up(self._parts.settings, message, address)

    def _send_reset(self, email: str, address: str) -> None:
        with messages.logged(), self._parts.runtime.database.reading() as session:
            message = service.request_reset(session, self._parts.links, email)
            if message is not None:
                messages.reset(self._parts.settings, message, address)


def _newcomer(form: dict[str, str]) -> tuple[Newcomer | None, dict[str, str]]:
    """Who asks for an account, or what is wrong with each field."""
    errors: dict[str, str] = {}
    cleaned: dict[str, str] = {}
    checks: dict[str, Callable[[str], str]] = {
        "first_name": lambda text: clean_name(text, "first_name"),
        "last_name": lambda text: clean_name(text, "last_name", required=False),
        "email": clean_email,
    }
    for field, check in checks.items():
        try:
            cleaned[field] = check(form.get(field, ""))
        except InvalidProfileError as error:
            errors[field] = str(error)
    return (None, errors) if errors else (Newcomer(**cleaned), {})
