"""Signing in and out: by password, by one-time link."""

from __future__ import annotations

from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from learncraft.accounts import service, sessions
from learncraft.accounts.errors import LinkExpiredError, TooManyAttemptsError
from learncraft.web import cookies
from learncraft.web.parts import Parts, address_of
from learncraft.web.protection import safe_next

# One sentence for a wrong password, an unknown address and a closed account.
_REFUSED = "The address or the password is not right. Check both, or ask for a link to choose a new password."


class SignIn:
    """Routes of /auth/sign-in, /auth/sign-out and /auth/link."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def routes(self) -> list[Route]:
        """The routes."""
        return [
            Route("/auth/sign-in", self.ask, methods=["GET"]),
            Route("/auth/sign-in", self.sign_in, methods=["POST"]),
            Route("/auth/sign-out", self.ask_sign_out, methods=["GET"]),
            Route("/auth/sign-out", self.sign_out, methods=["POST"]),
            Route("/auth/link/{token}", self.ask_link, methods=["GET"]),
            Route("/auth/link/{token}", self.use_link, methods=["POST"]),
        ]

    async def ask(self, request: Request) -> Response:
        """The form; whoever is signed in goes on."""
        wanted = safe_next(request.query_params.get("next"))
        if await self._parts.viewer(request) is not None:
            return RedirectResponse(wanted, status_code=303)
        return self._form(request, email="", wanted=wanted)

    async def sign_in(self, request: Request) -> Response:
        """Take the form."""
        form = await self._parts.posted(request)
        email, password = form.get("email", ""), form.get("password", "")
        wanted = safe_next(form.get("next"))
        if not email.strip() or not password:
            errors = {} if email.strip() else {"email": "Type your e-mail address."}
            errors |= {} if password else {"password": "Type your password."}
            return self._form(request, email=email, wanted=wanted, status=422, errors=errors)
        try:
            await run_in_threadpool(self._parts.limits.sign_in, email, address_of(request))
        except TooManyAttemptsError as error:
            headers = {"Retry-After": str(error.seconds)}
            return self._form(request, email=email, wanted=wanted, status=429, notice=str(error), headers=headers)

        def enter(session: Session) -> str | None:
            user = service.authenticate(session, email, password)
            return None if user is None else self._parts.open_session(session, request, user)

        token = await self._parts.write(enter)
        if token is None:
            return self._form(request, email=email, wanted=wanted, status=401, notice=_REFUSED)
        await run_in_threadpool(self._parts.limits.signed_in, email)
        return self._welcome(request, token, wanted)

    async def ask_sign_out(self, request: Request) -> Response:
        """Sign out at once when the click came from our own page, as the browser vouches; otherwise ask."""
        vouched = request.headers.get("sec-fetch-site") == "same-origin"
        if vouched and "prefetch" not in request.headers.get("sec-purpose", ""):
            return await self._leave(request)
        return self._parts.pages.show(request, "sign_out.html")

    async def sign_out(self, request: Request) -> Response:
        """Take the form."""
        await self._parts.posted(request)
        return await self._leave(request)

    async def ask_link(self, request: Request) -> Response:
        """Show a button. Mail scanners open links; they don't press buttons."""
        return self._parts.pages.show(request, "link.html", token=request.path_params["token"])

    async def use_link(self, request: Request) -> Response:
        """Sign in by the link."""
        await self._parts.posted(request)
        await run_in_threadpool(self._parts.limits.link, address_of(request))

        def enter(session: Session) -> str:
            user = service.sign_in_by_link(session, self._parts.links, request.path_params["token"])
            return self._parts.open_session(session, request, user)

        try:
            token = await self._parts.write(enter)
        except LinkExpiredError as error:
            return self._parts.pages.message(request, "This link no longer works", str(error), status=410)
        return self._welcome(request, token, "/")

    async def _leave(self, request: Request) -> Response:
        token = cookies.session_token(request, self._parts.settings)
        if token is not None:
            await self._parts.write(lambda session: sessions.close_session(session, token))
        response = self._parts.pages.message(
            request, "You are signed out", "Your work is saved.", link=("/auth/sign-in", "Sign in again")
        )
        cookies.clear_session(response, request, self._parts.settings)
        return response

    def _welcome(self, request: Request, token: str, wanted: str) -> Response:
        response = RedirectResponse(wanted, status_code=303, headers={"Cache-Control": "no-store"})
        cookies.set_session(response, request, self._parts.settings, token)
        return response

    def _form(
        self,
        request: Request,
        *,
        email: str,
        wanted: str,
        status: int = 200,
        errors: dict[str, str] | None = None,
        notice: str | None = None,
        headers: dict[str, str] | None = None,
    ) -> Response:
        settings = self._parts.settings
        return self._parts.pages.show(
            request,
            "sign_in.html",
            status=status,
            headers=headers,
            email=email,
            next=wanted,
            errors=errors or {},
            notice=notice,
            sign_up_open=settings.sign_up_open,
            organisation=settings.oidc_name if settings.oidc_is_configured else None,
        )
