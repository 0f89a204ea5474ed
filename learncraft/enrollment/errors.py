"""What can stand in the way of joining or finishing."""

from __future__ import annotations

from learncraft.errors import ForbiddenError, InvalidInputError, NotFoundError


class CourseNotOpenError(NotFoundError):
    """The course isn't published, or isn't there."""

    def __init__(self) -> None:
        super().__init__("This course is not open. Look for another one in the catalogue.")


class CourseFullError(InvalidInputError):
    """All seats are taken."""

    def __init__(self, seats: int) -> None:
        super().__init__("All {seats} seats of this course are taken. Ask its instructor for a place.", seats=seats)


class CourseHasPriceError(InvalidInputError):
    """The course must be paid for first."""

    def __init__(self, title: str) -> None:
        super().__init__("“{title}” has a price. Ask its instructor to enroll you.", title=title)


class RegistrationOnlyError(InvalidInputError):
    """The course is joined by registration only."""

    def __init__(self, title: str) -> None:
        super().__init__("“{title}” is joined by registration. Look on its page for what is offered.", title=title)


class NotEnrolledError(ForbiddenError):
    """The learner has no place in the lesson's course."""

    def __init__(self) -> None:
        super().__init__("You are not enrolled in this course. Enroll on the course's page first.")


class LessonNotReadyError(InvalidInputError):
    """Something of the lesson is still to do."""


class CertificateNotFoundError(NotFoundError):
    """No certificate bears the number or identifier."""

    def __init__(self) -> None:
        super().__init__("There is no such certificate. Compare the number with the one on the certificate.")


class NoReasonError(InvalidInputError):
    """A certificate was to be revoked without a word."""

    def __init__(self) -> None:
        super().__init__("Say why the certificate no longer counts: whoever checks it reads the reason.")


class AlreadyEnrolledError(InvalidInputError):
    """The person has a place in the course."""

    def __init__(self, title: str) -> None:
        super().__init__("You are in “{title}” already. It is on the page My learning.", title=title)


class PrerequisiteError(InvalidInputError):
    """Another course has to be finished before."""

    def __init__(self, title: str, missing: list[str]) -> None:
        named = " and ".join(f"“{one}”" for one in missing)
        super().__init__("“{title}” builds on {named}. Finish that first, then enroll.", title=title, named=named)
