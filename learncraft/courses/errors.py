"""What can be wrong with a course."""

from __future__ import annotations

from learncraft.errors import ForbiddenError, InvalidInputError, NotFoundError


class CourseNotFoundError(NotFoundError):
    """The course isn't there, or belongs to somebody else."""

    def __init__(self) -> None:
        super().__init__("This course is not among yours. It may have been handed over or deleted.")


class CourseNotReadyError(InvalidInputError):
    """Something is missing before learners may see the course."""


class InReviewError(InvalidInputError):
    """What reviewers read must not change under them."""

    def __init__(self) -> None:
        super().__init__("The course is in review, so it stays as it is. Withdraw it from the review to change it.")


class NeedsReviewError(ForbiddenError):
    """Here learners see only what was reviewed."""

    def __init__(self) -> None:
        super().__init__(
            "Courses are published by a review here, so that somebody else has read them first. Ask for one on the "
            "page Checklist and review; learners keep what they have until it is approved."
        )


class UploadNotFoundError(NotFoundError):
    """The upload isn't there, is somebody else's, or was given up."""

    def __init__(self) -> None:
        super().__init__("This upload is no longer open. Choose the file again.")


class CourseFileNotFoundError(NotFoundError):
    """The file or video isn't there, or is of another course."""

    def __init__(self) -> None:
        super().__init__("This file is not in the course. It may have been deleted or replaced.")
