"""What can stand in the way of setting grades."""

from __future__ import annotations

from collections.abc import Sequence

from learncraft.errors import InvalidInputError, NotFoundError
from learncraft.language import _

MOST_SENTENCES = 8


class GradebookNotFoundError(NotFoundError):
    """The course isn't there, or isn't the person's to grade."""

    def __init__(self) -> None:
        super().__init__("This course is not among those that you may grade.")


class NotInGradebookError(NotFoundError):
    """The learner or the assessment isn't part of the course."""

    def __init__(self) -> None:
        super().__init__("This learner or this assessment is no longer in the course. Reload the page.")


class InvalidGradeError(InvalidInputError):
    """A grade or a rule that can't be."""


class ImportRefusedError(InvalidInputError):
    """A file of grades that can't be taken; nothing of it was."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        more = len(problems) - MOST_SENTENCES
        shown = [*problems[:MOST_SENTENCES], *([_("And {count} more.", count=more)] if more > 0 else [])]
        super().__init__("Nothing was imported. {problems}", problems=" ".join(shown))
