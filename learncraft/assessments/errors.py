"""What can stand in the way of taking or writing an assessment."""

from __future__ import annotations

from datetime import datetime

from learncraft.errors import ForbiddenError, InvalidInputError, NotFoundError
from learncraft.language import _, dates, noted


class AssessmentNotFoundError(NotFoundError):
    """The assessment isn't there, or isn't published."""

    def __init__(self) -> None:
        super().__init__("This assessment is not open. Go back to the lesson and look for it there.")


class AttemptNotFoundError(NotFoundError):
    """The attempt isn't there, or is somebody else's."""

    def __init__(self) -> None:
        super().__init__("This attempt is not among yours. Open the assessment from its lesson.")


class NotAvailableError(ForbiddenError):
    """The assessment can't be started now."""

    @classmethod
    def before(cls, opens: datetime, time_zone: str) -> NotAvailableError:
        """It opens later, which is said by the learner's clocks."""
        return cls(noted("This assessment opens on {moment}. Come back then."), moment=dates.exact(opens, time_zone))

    @classmethod
    def after(cls, closed: datetime, time_zone: str) -> NotAvailableError:
        """It has closed, which is said by the learner's clocks."""
        return cls(
            noted("This assessment closed on {moment}. Ask the instructor if you need more time."),
            moment=dates.exact(closed, time_zone),
        )


class NoAttemptsLeftError(ForbiddenError):
    """The learner has used all attempts."""

    def __init__(self, allowed: int) -> None:
        tried = _("the one attempt") if allowed == 1 else _("all {allowed} attempts", allowed=allowed)
        super().__init__(
            "You have used {tried} at this assessment. Ask the instructor if you need another.", tried=tried
        )


class NoQuestionsError(InvalidInputError):
    """There is nothing to answer yet."""

    def __init__(self) -> None:
        super().__init__("This assessment has no questions yet. Its instructor must add some first.")


class HeldElsewhereError(ForbiddenError):
    """A proctored attempt is being written in another tab or on another device."""

    def __init__(self) -> None:
        super().__init__("This attempt is open in another window or on another device. Take over here to go on.")


class InvalidMarkError(InvalidInputError):
    """A mark that the question doesn't allow."""


class NothingToMarkError(NotFoundError):
    """The answer isn't there, isn't handed in, or isn't for people to mark."""

    def __init__(self) -> None:
        super().__init__("There is nothing to mark here. Go back to what waits to be graded.")


class AlreadyGradedError(InvalidInputError):
    """All marks that count are given."""

    def __init__(self) -> None:
        super().__init__("This answer has all its marks already. Grade it anew if the result should change.")


class NotYoursToGradeError(NotFoundError):
    """The assessment is of a course that the person doesn't teach."""

    def __init__(self) -> None:
        super().__init__("This assessment is not among those that you may grade.")


class NotYoursToWriteError(NotFoundError):
    """The assessment or the bank is of a course that the person doesn't teach."""

    def __init__(self) -> None:
        super().__init__("This is not among what you may write. Open it from one of your courses.")


class DraftChangedError(InvalidInputError):
    """Somebody else changed the same part of a draft; nothing is overwritten."""

    @classmethod
    def on_saving(cls) -> DraftChangedError:
        """It was changed in another way."""
        return cls("Somebody else changed this meanwhile. Nothing was overwritten: compare both, then choose.")


class InvalidBankError(InvalidInputError):
    """A bank or one of its questions that can't be kept as it is."""


class BankNeedsReviewError(ForbiddenError):
    """Learners would be asked what nobody has reviewed."""

    def __init__(self) -> None:
        super().__init__(
            "Published assessments draw from this bank, so a content admin changes it here. Put new questions into "
            "another bank, or into the assessment itself: they pass the course's review."
        )


class BankInReviewError(InvalidInputError):
    """What a reviewer reads must not change under them."""

    def __init__(self) -> None:
        super().__init__(
            "A course in review is going to draw from this bank, so its questions stay as they are until that is "
            "decided."
        )


class ItemChangedError(InvalidInputError):
    """Somebody else changed a question of a bank since it was seen; nothing is overwritten."""


class InvalidAccommodationError(InvalidInputError):
    """An accommodation that gives nothing, gives too much, or says no reason."""


class InvalidRegradeError(InvalidInputError):
    """A new grading that can't be done as it is asked for."""


class InvalidUploadError(InvalidInputError):
    """A file that the question doesn't take."""


class AttemptClosedError(InvalidInputError):
    """The attempt was handed in, or its time is over; what was saved before counts."""

    def __init__(self) -> None:
        super().__init__("This attempt is over, so the answer was not taken. Everything saved before counts.")


class QuestionNotAskedError(NotFoundError):
    """The question isn't part of the attempt."""

    def __init__(self) -> None:
        super().__init__("This question is not part of the attempt. Reload the page to see its questions.")


class InvalidAnswerError(InvalidInputError):
    """The answer doesn't fit the question."""


class InvalidQuestionError(InvalidInputError):
    """A question can't be graded as it is written; the message lists what is wrong."""
