"""What can stand in the way of signing up, in words for who signs up and who offers."""

from __future__ import annotations

from learncraft.errors import ForbiddenError, InvalidInputError, LearnCraftError, NotFoundError


class OfferingNotFoundError(NotFoundError):
    """There is no such offering, or it is another teacher's."""

    def __init__(self) -> None:
        super().__init__("There is no such offering. It may have been withdrawn; look in the catalogue.")


class NotOfferedError(InvalidInputError):
    """One can't sign up now; the message says since when or until when."""


class RegistrationNotFoundError(NotFoundError):
    """There is no such registration, or it is somebody else's."""

    def __init__(self) -> None:
        super().__init__("There is no such registration. Open the offering's page and begin there.")


class RegistrationClosedError(InvalidInputError):
    """What was asked for doesn't fit where the registration stands."""

    def __init__(self, stands: str) -> None:
        super().__init__(
            "This registration is {stands}, so that can't be done any more. Load the page again.", stands=stands
        )


class UnfinishedStageError(InvalidInputError):
    """Answers are missing or don't fit. `faults` says what is wrong, by the key of the question."""

    def __init__(self, title: str, faults: dict[str, str]) -> None:
        super().__init__("Something is missing in “{title}”: {list}", title=title, list=" ".join(faults.values()))
        self.faults = faults


class NotConfirmedError(InvalidInputError):
    """The address was not confirmed yet."""

    def __init__(self, email: str) -> None:
        super().__init__("Confirm your address first: open the link in the message to {email}.", email=email)


class InvalidFormError(InvalidInputError):
    """The definition of a form can't be used."""


class NoPlaceError(InvalidInputError):
    """Nobody can be given a place now."""

    def __init__(self) -> None:
        super().__init__("All places are taken. Put the person on the waiting list: they move up by themselves.")


class BatchFullError(InvalidInputError):
    """A batch that has no room."""

    def __init__(self, number: int, size: int) -> None:
        super().__init__(
            "Batch {number} is taken: {size} of {size} are in it. Choose another number.", number=number, size=size
        )


class NotYoursToOfferError(ForbiddenError):
    """The course is somebody else's."""

    def __init__(self) -> None:
        super().__init__("Only those who teach the course and content admins may offer it and decide who takes part.")


class NotYoursToPriceError(ForbiddenError):
    """Who helps with a course doesn't say what it costs."""

    def __init__(self) -> None:
        super().__init__(
            "Only the course's instructor and content admins say what it costs, and whether one can join by"
            " registration only. Leave both as they are, or ask the instructor."
        )


class WrongLinkError(LearnCraftError):
    """A link that isn't one of ours, or not whole."""

    def __init__(self) -> None:
        super().__init__("This link is not right. Open it as it stands in the message, to its last sign.")


class LinkTooOldError(LearnCraftError):
    """A link whose time is over."""

    def __init__(self, days: int) -> None:
        super().__init__("This link is older than {days} days. Ask for a new one on the offering's page.", days=days)


class LinkUsedError(LearnCraftError):
    """A link that did its work."""

    def __init__(self) -> None:
        super().__init__("This link was used before: your address is confirmed. Sign in to go on.")
