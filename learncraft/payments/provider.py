"""The port behind which payments are made, and the two ways that need no service."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol
from uuid import UUID

from learncraft.settings import Settings


@dataclass(frozen=True, slots=True)
class Line:
    """One thing to pay for."""

    title: str
    price: Decimal


@dataclass(frozen=True, slots=True)
class Bill:
    """An order as a provider needs it. `back_to` is where the person returns to, whatever comes of it."""

    order_id: UUID
    email: str
    currency: str
    lines: tuple[Line, ...]
    back_to: str


@dataclass(frozen=True, slots=True)
class Begun:
    """A payment that the provider knows of: its name there, and the page where the person pays."""

    reference: str
    address: str


class Provider(Protocol):
    """A way to pay. Its calls take seconds, so they are made outside of transactions."""

    @property
    def name(self) -> str:
        """What orders call it."""

    def begin(self, bill: Bill) -> Begun | None:
        """Open a payment; the same bill twice opens one. None when a person takes the money.

        Raises:
            PaymentsAwayError: the provider doesn't answer.
        """

    def is_paid(self, reference: str) -> bool:
        """Whether the money of a payment has come.

        Raises:
            PaymentsAwayError: the provider doesn't answer.
        """


class Manual:
    """An administrator confirms that the money came: a transfer, an invoice, cash."""

    name = "manual"

    def begin(self, bill: Bill) -> Begun | None:
        """Nobody to tell."""
        return None

    def is_paid(self, reference: str) -> bool:
        """Only an administrator knows."""
        return False


def of(settings: Settings) -> Provider:
    """The way to pay that the operator chose."""
    if settings.stripe_secret_key is None:
        return Manual()
    from learncraft.payments.stripe_checkout import Stripe  # noqa: PLC0415  # its library would slow down every start

    return Stripe(settings)
