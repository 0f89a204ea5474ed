"""What can go wrong between LearnCraft and its event store."""

from __future__ import annotations

from learncraft.errors import LearnCraftError, UnavailableError

SILENT = "The event store does not answer. No event was lost; try again soon."


class EventStoreUnavailable(UnavailableError):
    """The event store doesn't answer, or took too long. No event is lost: PostgreSQL keeps them until it does."""


class ShippingError(LearnCraftError):
    """Events can't be shipped until an operator has looked; the message says at what."""
