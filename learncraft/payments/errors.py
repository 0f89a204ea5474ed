"""What can go wrong between a cart and a place in a course."""

from __future__ import annotations

from learncraft.errors import InvalidInputError, NotFoundError, UnavailableError
from learncraft.language import _


class EmptyCartError(InvalidInputError):
    """There is nothing to pay for."""

    def __init__(self) -> None:
        super().__init__("Your cart is empty. Put a course in it first.")


class PriceChangedError(InvalidInputError):
    """A course costs something else by now."""

    def __init__(self, title: str) -> None:
        super().__init__("The price of “{title}” has changed. Look at your cart again, then check out.", title=title)


class OrderNotFoundError(NotFoundError):
    """No such order, or it is somebody else's."""

    def __init__(self) -> None:
        super().__init__("There is no such order. Look at your orders.")


class OrderClosedError(InvalidInputError):
    """The order can't be changed any more."""

    def __init__(self, status: str) -> None:
        super().__init__("This order is {status} already; nothing was changed.", status=_(status))


class ForgedNoticeError(InvalidInputError):
    """A message that claims to be the payment provider's, and isn't signed by it."""

    def __init__(self) -> None:
        super().__init__("The signature doesn't fit. Nothing was changed.")


class PaymentsAwayError(UnavailableError):
    """The payment provider doesn't answer, or refuses."""

    def __init__(self) -> None:
        super().__init__("The payment service does not answer now. Your cart is kept; try again in a few minutes.")
