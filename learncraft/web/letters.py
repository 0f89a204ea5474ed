"""Stopping letters: by the link in each of them, signed in or not, or by the button of a mail program.

Looking stops nothing, since programs that look through mail open links; the button does, and so does the message that
mail programs send by themselves (RFC 8058). Who has the link may: it is signed, and opens nothing else.
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from learncraft.accounts import letters
from learncraft.accounts.errors import LinkExpiredError
from learncraft.accounts.letters import LetterKind, StopLinks
from learncraft.language import _
from learncraft.secrets import secret_key
from learncraft.web.parts import Parts


class Letters:
    """Routes of /letters/stop."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._links = StopLinks(secret_key(parts.settings))

    def routes(self) -> list[Route]:
        """The routes."""
        return [
            Route("/letters/stop/{token}", self.look, methods=["GET"]),
            Route("/letters/stop/{token}", self.stop, methods=["POST"]),
        ]

    async def look(self, request: Request) -> Response:
        """Ask for the button."""
        token = request.path_params["token"]
        try:
            _user_id, kind = self._links.read(token)
        except LinkExpiredError:
            return self._unknown(request)
        return self._parts.pages.show(request, "stop_letters.html", token=token, about=letters.KINDS[kind])

    async def stop(self, request: Request) -> Response:
        """Stop them."""
        try:
            user_id, kind = self._links.read(request.path_params["token"])
        except LinkExpiredError:
            return self._unknown(request)
        await self._parts.write(lambda session: letters.stop(session, user_id, LetterKind(kind)))
        return self._parts.pages.message(
            request,
            _("You get no more of these letters"),
            _("They were about: {about}.", about=letters.KINDS[kind]),
            _("Your profile lists all kinds, and brings them back."),
            link=("/profile", "Go to my profile"),
        )

    def _unknown(self, request: Request) -> Response:
        return self._parts.pages.message(
            request,
            _("This link is not right"),
            _("Open it as it stands in the letter, to its last sign, or choose your letters in your profile."),
            status=404,
            link=("/profile", "Go to my profile"),
        )
