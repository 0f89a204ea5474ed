"""What can be wrong with a course archive as a whole. A single bad part of it is a line of the report."""

from __future__ import annotations

from learncraft.errors import ForbiddenError, InvalidInputError


class CourseArchiveError(InvalidInputError):
    """The archive can't be read at all; the message says what is wrong with it and what to do."""


class ImportNeedsReviewError(ForbiddenError):
    """An import would change what learners see, and here that passes a review first."""

    def __init__(self, title: str) -> None:
        super().__init__(
            "“{title}” was published already, and here what learners see changes by a review only. Change it in the "
            "builder and ask for one, or let those who run this site import it by `learncraft import`.",
            title=title,
        )
