"""What can go wrong between LearnCraft and its event store."""

from __future__ import annotations

from learncraft.errors import LearnCraftError, UnavailableError
from learncraft.language import noted

SILENT = noted("The event store does not answer. No event was lost; try again soon.")
BUSY = noted("The event store is busy or restarting. Try again soon.")
TOO_LONG = noted("The question took too long. Ask for a shorter time or one course.")
TOO_MUCH = noted("The question needs too much memory. Ask for a shorter time.")


class EventStoreUnavailable(UnavailableError):
    """The event store doesn't answer, or took too long. No event is lost: PostgreSQL keeps them until it does."""


class ShippingError(LearnCraftError):
    """Events can't be shipped until an operator has looked; the message says at what."""
