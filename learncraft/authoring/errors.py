"""What can be wrong with building a course. Each sentence says what to do."""

from __future__ import annotations

from learncraft.errors import ForbiddenError, InvalidInputError, NotFoundError


class LessonGoneError(NotFoundError):
    """The lesson isn't there, was deleted, or its course belongs to others."""

    def __init__(self) -> None:
        super().__init__("This lesson is not among yours. It may have been deleted; its module can bring it back.")


class ModuleGoneError(NotFoundError):
    """The module isn't there, was deleted, or its course belongs to others."""

    def __init__(self) -> None:
        super().__init__("This module is not among yours. It may have been deleted; the outline can bring it back.")


class CircularNestingError(InvalidInputError):
    """A lesson would stand below itself."""

    def __init__(self, title: str) -> None:
        super().__init__("“{title}” can't stand below itself. Choose a lesson outside of it.", title=title)


class NotInModuleError(InvalidInputError):
    """The place that was named isn't in the module any more."""

    def __init__(self) -> None:
        super().__init__("Somebody has changed this part of the outline meanwhile. Look at it again, then move it.")


class SlugTakenError(InvalidInputError):
    """Another course has the address."""

    def __init__(self, slug: str) -> None:
        super().__init__("Another course has the address “{slug}” already. Choose another one.", slug=slug)


class ChangedMeanwhileError(InvalidInputError):
    """Somebody else saved first."""

    def __init__(self) -> None:
        super().__init__(
            "Somebody has changed the course's details since you opened them. Nothing was overwritten: reload and look."
        )


class NotAReviewerError(ForbiddenError):
    """Only those who review content may."""

    def __init__(self) -> None:
        super().__init__("A content admin or a system admin decides on courses in review.")
