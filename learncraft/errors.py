"""One error family. Each message is a sentence that a learner, an instructor or an operator can act on."""

from __future__ import annotations

from learncraft.language import _


class LearnCraftError(Exception):
    """Something that a person can understand and mend; faces show its message, never its trace.

    It is raised with an English sentence and the values of its places, and said in the language of who reads it.
    """

    def __init__(self, message: str = "", **values: object) -> None:
        super().__init__(message)
        self.values = values

    def __str__(self) -> str:
        """The sentence."""
        return _(str(self.args[0]), **self.values) if self.args else ""


class NotFoundError(LearnCraftError):
    """The thing asked for isn't there, or the person may not know that it is."""


class ForbiddenError(LearnCraftError):
    """The person's role doesn't allow the action; the message says which role does."""


class InvalidInputError(LearnCraftError):
    """A value breaks a rule; the message names the value and says what would be right."""


class ChangedSinceError(InvalidInputError):
    """Somebody else changed something since it was opened; nothing is overwritten."""

    def __init__(self) -> None:
        super().__init__("Somebody else changed this meanwhile. Nothing was overwritten: compare both, then choose.")


class UnavailableError(LearnCraftError):
    """A part of the platform doesn't answer now; nothing was lost, trying again later may help."""
