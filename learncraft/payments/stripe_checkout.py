"""Stripe, by its own package: its page takes the card, its signed messages say what became of it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

import stripe

from learncraft.accounts.models import SubscriptionTier
from learncraft.payments.errors import ForgedNoticeError, PaymentsAwayError
from learncraft.payments.provider import Begun, Bill
from learncraft.settings import Settings

TIMEOUT_SECONDS = 15
OLDEST_SECONDS = 300  # of a message; somebody who kept one can't send it again later
# Currencies whose smallest unit is the unit itself, as Stripe's documentation lists them.
_WITHOUT_CENTS = frozenset(
    ["BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF", "XPF"]
)


@dataclass(frozen=True, slots=True)
class Notice:
    """One verified message: its name, what it tells of, and the object that it is about."""

    id: str
    kind: str
    about: dict[str, Any]


class Stripe:
    """Payments by Stripe's Checkout."""

    name = "stripe"

    def __init__(self, settings: Settings) -> None:
        assert settings.stripe_secret_key is not None
        self._settings = settings
        api = {"api": settings.stripe_api_url} if settings.stripe_api_url else {}
        self._client = stripe.StripeClient(
            settings.stripe_secret_key.get_secret_value(),
            base_addresses=api,  # type: ignore[arg-type]
            http_client=stripe.RequestsClient(timeout=TIMEOUT_SECONDS),
            max_network_retries=1,
        )

    def begin(self, bill: Bill) -> Begun:
        """Open Stripe's page for an order. The order's name is the idempotency key: twice is once."""
        session = self._ask(
            lambda: self._client.v1.checkout.sessions.create(
                {
                    "mode": "payment",
                    "client_reference_id": str(bill.order_id),
                    "customer_email": bill.email,
                    "success_url": bill.back_to,
                    "cancel_url": bill.back_to,
                    "line_items": [
                        {
                            "quantity": 1,
                            "price_data": {
                                "currency": bill.currency.lower(),
                                "unit_amount": smallest_units(line.price, bill.currency),
                                "product_data": {"name": line.title[:250]},
                            },
                        }
                        for line in bill.lines
                    ],
                },
                {"idempotency_key": str(bill.order_id)},
            )
        )
        return Begun(reference=str(session.id), address=str(session.url))

    def is_paid(self, reference: str) -> bool:
        """Whether Stripe has the money."""
        session = self._ask(lambda: self._client.v1.checkout.sessions.retrieve(reference))
        return str(session.payment_status) == "paid"

    def begin_subscription(self, user_id: UUID, email: str, tier: SubscriptionTier, back_to: str) -> Begun:
        """Open Stripe's page for a tier. The person and the tier go with it, so that its messages name them."""
        price = self._settings.stripe_price_of(tier)
        told = {"user_id": str(user_id), "tier": tier.value}
        session = self._ask(
            lambda: self._client.v1.checkout.sessions.create(
                {
                    "mode": "subscription",
                    "customer_email": email,
                    "success_url": back_to,
                    "cancel_url": back_to,
                    "line_items": [{"quantity": 1, "price": price or ""}],
                    "subscription_data": {"metadata": told},
                }
            )
        )
        return Begun(reference=str(session.id), address=str(session.url))

    @staticmethod
    def _ask(question: Any) -> Any:
        try:
            return question()
        except stripe.StripeError as error:
            raise PaymentsAwayError from error


def smallest_units(price: Decimal, currency: str) -> int:
    """A price as Stripe counts it, such as 4900 for 49.00 EUR and 4900 for 4900 JPY."""
    return int(price) if currency.upper() in _WITHOUT_CENTS else int((price * 100).to_integral_value())


def read_notice(body: bytes, signature: str | None, secret: str) -> Notice:
    """A message of Stripe's, once its signature is found right.

    Raises:
        ForgedNoticeError: it isn't Stripe's, or was changed, or is older than five minutes.
    """
    try:
        stripe.WebhookSignature.verify_header(body.decode(), signature or "", secret, tolerance=OLDEST_SECONDS)
        event = json.loads(body)
        return Notice(str(event["id"]), str(event["type"]), dict(event["data"]["object"]))
    except (stripe.SignatureVerificationError, ValueError, KeyError, TypeError) as error:
        raise ForgedNoticeError from error
