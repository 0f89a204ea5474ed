"""Offerings for everybody: /offers/<id> says what is offered and lets one register by mail. No sign-in is needed.

The answer to an address is always the same page: whether it is known, only the owner of the mailbox reads.
"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from learncraft.accounts import entering, service
from learncraft.accounts.errors import InvalidProfileError, TooManyAttemptsError, WeakPasswordError
from learncraft.accounts.profiles import clean_email, clean_name
from learncraft.courses import prose
from learncraft.enrollment.registration import applying, queries
from learncraft.enrollment.registration.errors import LinkTooOldError, LinkUsedError, NotOfferedError, WrongLinkError
from learncraft.enrollment.registration.links import ConfirmLinks
from learncraft.enrollment.registration.queries import OfferingView
from learncraft.errors import NotFoundError
from learncraft.secrets import secret_key
from learncraft.web import cookies
from learncraft.web.parts import Parts, address_of


class Offers:
    """The routes below /offers."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._links = ConfirmLinks(secret_key(parts.settings))

    def routes(self) -> list[Route]:
        """The routes."""
        return [
            Route("/offers/{offering_id:uuid}", self.show, methods=["GET"]),
            Route("/offers/{offering_id:uuid}", self.ask, methods=["POST"]),
            Route("/offers/confirm/{token}", self.look, methods=["GET"]),
            Route("/offers/confirm/{token}", self.confirm, methods=["POST"]),
        ]

    async def show(self, request: Request) -> Response:
        """What is offered, and the form."""
        return self._page(request, await self._offering(request))

    async def ask(self, request: Request) -> Response:
        """Take the form and send a message, whatever the address."""
        offering = await self._offering(request)
        form = await self._parts.posted(request)
        try:
            email = clean_email(form.get("email", ""))
            first_name = clean_name(form.get("first_name", ""), "first_name")
            last_name = clean_name(form.get("last_name", ""), "last_name", required=False)
            await run_in_threadpool(self._parts.limits.message, email, address_of(request))
            await self._parts.write(
                lambda session: applying.ask(
                    session, offering_id=offering.id, email=email, first_name=first_name, last_name=last_name
                )
            )
        except InvalidProfileError as error:
            return self._page(request, offering, status=422, form=form, errors={error.field: str(error)})
        except NotOfferedError:
            return self._page(request, await self._offering(request), status=409)
        except TooManyAttemptsError as error:
            headers = {"Retry-After": str(error.seconds)}
            return self._page(request, offering, status=429, headers=headers, notice=str(error), form=form)
        return self._parts.pages.message(
            request,
            "Check your mail",
            f"A message is on its way to {email}. Open the link in it to confirm your address and fill in the form.",
            "Nothing after a few minutes? Look among the unwanted mail, and check the address.",
            link=(f"/offers/{offering.id}", "Back"),
        )

    async def look(self, request: Request) -> Response:
        """Ask once more before the link is used up: programs that look through mail open links too."""
        token = request.path_params["token"]

        def find(session: Session) -> tuple[str, bool]:
            found = applying.read_link(session, self._links, token)
            return found.email, service.has_account(session, found.email)

        try:
            email, has_account = await self._parts.read(find)
        except (WrongLinkError, LinkTooOldError, LinkUsedError) as error:
            return self._refused(request, error)
        return self._confirm_page(request, email, has_account=has_account)

    async def confirm(self, request: Request) -> Response:
        """Use the link up; who has no account gets one with the password that they chose."""
        form = await self._parts.posted(request)
        await run_in_threadpool(self._parts.limits.link, address_of(request))
        token = request.path_params["token"]

        def work(session: Session) -> tuple[UUID, str | None]:
            registration, user = applying.confirm(session, self._links, token)
            if user is not None:
                return registration.offering_id, None  # whoever has an account signs in as always
            user = service.create_user(
                session,
                email=registration.email,
                first_name=registration.first_name or registration.email.partition("@")[0][:100],
                last_name=registration.last_name or "",
                password=form.get("password", ""),
                is_email_verified=True,
            )
            registration.user_id = user.id
            entering.welcome(session, user, method="registration")
            return registration.offering_id, self._parts.open_session(session, request, user)

        try:
            offering_id, opened = await self._parts.write(work)
        except WeakPasswordError as error:
            return self._confirm_page(request, form.get("email", ""), has_account=False, error=str(error))
        except (WrongLinkError, LinkTooOldError, LinkUsedError) as error:
            return self._refused(request, error)
        address = f"/registration?offering={offering_id}"
        response = RedirectResponse(address, status_code=303, headers={"Cache-Control": "no-store"})
        if opened is not None:
            cookies.set_session(response, request, self._parts.settings, opened)
        return response

    async def _offering(self, request: Request) -> OfferingView:
        offering_id: UUID = request.path_params["offering_id"]
        found = await self._parts.read(lambda session: queries.offering(session, offering_id))
        if found is None:
            raise NotFoundError("There is no such offering. It may have been withdrawn.")
        return found

    def _page(
        self,
        request: Request,
        offering: OfferingView,
        *,
        status: int = 200,
        form: dict[str, str] | None = None,
        errors: dict[str, str] | None = None,
        notice: str | None = None,
        headers: dict[str, str] | None = None,
    ) -> Response:
        return self._parts.pages.show(
            request,
            "offer.html",
            status=status,
            headers=headers,
            notice=notice,
            offering=offering,
            description=prose.from_markdown(offering.description),
            currency=self._parts.settings.currency,
            form=form or {},
            errors=errors or {},
        )

    def _confirm_page(self, request: Request, email: str, *, has_account: bool, error: str | None = None) -> Response:
        return self._parts.pages.show(
            request,
            "confirm.html",
            status=422 if error else 200,
            action=f"/offers/confirm/{request.path_params['token']}",
            email=email,
            has_account=has_account,
            errors={"password": error} if error else {},
        )

    def _refused(self, request: Request, error: WrongLinkError | LinkTooOldError | LinkUsedError) -> Response:
        title = "Your address is confirmed" if isinstance(error, LinkUsedError) else "This link doesn't work"
        return self._parts.pages.message(request, title, str(error), status=410)
