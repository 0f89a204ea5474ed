"""What can be wrong with a course."""

from __future__ import annotations

from learncraft.errors import InvalidInputError, NotFoundError


class CourseNotFoundError(NotFoundError):
    """The course isn't there, or belongs to somebody else."""

    def __init__(self) -> None:
        super().__init__("This course is not among yours. It may have been handed over or deleted.")


class CourseNotReadyError(InvalidInputError):
    """Something is missing before learners may see the course."""


class UploadNotFoundError(NotFoundError):
    """The upload isn't there, is somebody else's, or was given up."""

    def __init__(self) -> None:
        super().__init__("This upload is no longer open. Choose the file again.")


class CourseFileNotFoundError(NotFoundError):
    """The file or video isn't there, or is of another course."""

    def __init__(self) -> None:
        super().__init__("This file is not in the course. It may have been deleted or replaced.")
