"""What can be wrong with a course."""

from __future__ import annotations

from learncraft.errors import InvalidInputError, NotFoundError


class CourseNotFoundError(NotFoundError):
    """The course isn't there, or belongs to somebody else."""

    def __init__(self) -> None:
        super().__init__("This course is not among yours. It may have been handed over or deleted.")


class CourseNotReadyError(InvalidInputError):
    """Something is missing before learners may see the course."""
