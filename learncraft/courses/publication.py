"""Who may publish: whoever teaches a course, or, where the institution wants a review first, only those who review.

Which of the two holds is said once, when a process begins (`require_reviews`). Everything by which learners come to
see something new of a course's content asks here: publishing a course or an assessment, a telling of a lesson, a bank
that published assessments draw from, a course that is imported again. What takes something away, and a key that was
wrong, never waits: learners have it already.
"""

from __future__ import annotations

from learncraft.accounts.viewer import Viewer
from learncraft.courses.errors import NeedsReviewError

_is_required = False


def require_reviews(is_required: bool) -> None:
    """Let only those who review content publish; the others ask them for it."""
    global _is_required  # noqa: PLW0603  # a process has one rule, as it has one set of settings
    _is_required = is_required


def is_required() -> bool:
    """Whether learners see only what was reviewed."""
    return _is_required


def needs_review(viewer: Viewer) -> bool:
    """Whether what this person writes waits for a reviewer's yes."""
    return _is_required and not viewer.reviews_content


def check(viewer: Viewer) -> None:
    """Keep who may not publish from it.

    Raises:
        NeedsReviewError: courses are published by a review here, and the viewer is no reviewer.
    """
    if needs_review(viewer):
        raise NeedsReviewError
