"""The way to the payment provider and back: /pay/order/<id>, /pay/tier/<tier>, and the provider's messages."""

from __future__ import annotations

import logging
from uuid import UUID

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from learncraft.accounts.models import SubscriptionTier
from learncraft.accounts.viewer import Viewer
from learncraft.errors import LearnCraftError, NotFoundError
from learncraft.payments import checkout, provider, queries
from learncraft.payments.errors import ForgedNoticeError
from learncraft.web.parts import Parts
from learncraft.web.protection import public_address

LONGEST_NOTICE = 512_000

_log = logging.getLogger(__name__)


class Payments:
    """The routes of money. Nothing of a card passes through here."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def routes(self) -> list[Route]:
        """The routes."""
        return [
            Route("/pay/order/{order_id:uuid}", self.pay, methods=["GET"]),
            Route("/pay/tier/{tier}", self.subscribe, methods=["GET"]),
            Route("/hooks/stripe", self.stripe, methods=["POST"]),
        ]

    async def pay(self, request: Request) -> Response:
        """Open the provider's page for one's own order. Opening it twice opens the same one."""
        viewer: Viewer = request.state.viewer
        order_id: UUID = request.path_params["order_id"]
        back_to = f"{public_address(request, self._parts.settings)}/cart?order={order_id}"
        bill = await self._parts.read(lambda session: queries.bill(session, viewer.id, order_id, back_to=back_to))
        if bill is None:
            return RedirectResponse(f"/cart?order={order_id}", status_code=303)
        way = provider.of(self._parts.settings)
        begun = await run_in_threadpool(lambda: way.begin(bill))
        if begun is None:
            return RedirectResponse(back_to, status_code=303)
        await self._parts.write(lambda session: checkout.name_payment(session, order_id, begun.reference))
        return RedirectResponse(begun.address, status_code=303)

    async def subscribe(self, request: Request) -> Response:
        """Open the provider's page for a subscription."""
        viewer: Viewer = request.state.viewer
        settings, tier = self._parts.settings, request.path_params["tier"]
        if tier not in set(SubscriptionTier) or settings.stripe_price_of(SubscriptionTier(tier)) is None:
            raise NotFoundError("This tier is not sold here. Look at your subscription.")
        from learncraft.payments.stripe_checkout import Stripe  # noqa: PLC0415  # as in provider.of

        back_to = f"{public_address(request, settings)}/subscription"
        begun = await run_in_threadpool(
            lambda: Stripe(settings).begin_subscription(viewer.id, viewer.email, SubscriptionTier(tier), back_to)
        )
        return RedirectResponse(begun.address, status_code=303)

    async def stripe(self, request: Request) -> Response:
        """Take a message of Stripe's: verified, remembered and acted on in one transaction."""
        secret = self._parts.settings.stripe_webhook_secret
        if secret is None:
            return JSONResponse({"error": "This site takes no messages of Stripe's."}, status_code=404)
        body = bytearray()
        async for chunk in request.stream():
            body += chunk
            if len(body) > LONGEST_NOTICE:
                return JSONResponse({"error": "The message is too long."}, status_code=413)
        from learncraft.payments import notices, stripe_checkout  # noqa: PLC0415  # as in provider.of

        try:
            notice = stripe_checkout.read_notice(
                bytes(body), request.headers.get("stripe-signature"), secret.get_secret_value()
            )
        except ForgedNoticeError as error:
            _log.warning("A message to /hooks/stripe was not Stripe's")
            return JSONResponse({"error": str(error)}, status_code=400)
        try:
            acted = await self._parts.write(lambda session: notices.act_on(session, notice))
        except LearnCraftError as error:
            # Stripe sends it again later; by then a person may have mended what stood in the way.
            _log.warning("The message %s (%s) could not be acted on: %s", notice.id, notice.kind, error)
            return JSONResponse({"error": str(error)}, status_code=503)
        return JSONResponse({"acted": acted})
