"""One error family. Each message is a sentence that a learner, an instructor or an operator can act on."""

from __future__ import annotations


class LearnCraftError(Exception):
    """Something that a person can understand and mend; faces show its message, never its trace."""


class NotFoundError(LearnCraftError):
    """The thing asked for isn't there, or the person may not know that it is."""


class ForbiddenError(LearnCraftError):
    """The person's role doesn't allow the action; the message says which role does."""


class InvalidInputError(LearnCraftError):
    """A value breaks a rule; the message names the value and says what would be right."""


class UnavailableError(LearnCraftError):
    """A part of the platform doesn't answer now; nothing was lost, trying again later may help."""
