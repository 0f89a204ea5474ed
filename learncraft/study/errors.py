"""What can go wrong with flashcards, in words."""

from __future__ import annotations

from learncraft.errors import NotFoundError


class CardNotFoundError(NotFoundError):
    """The card isn't there, or is of a course that the person isn't in."""

    def __init__(self) -> None:
        super().__init__("This card is not there any more.")
