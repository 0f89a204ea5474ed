"""What a lesson said earlier: its revisions, how two of them differ, and one that is brought back.

Bringing back makes a new revision of the old text, on top of all others, so that nothing is lost by it. It is a save
like any other: it names the version that somebody looked at, and never goes over another person's newer words.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from learncraft.accounts.models import User
from learncraft.accounts.viewer import Viewer
from learncraft.authoring import drafting, queries, saving
from learncraft.authoring.errors import LessonGoneError
from learncraft.authoring.models import LessonRevision
from learncraft.authoring.saving import Conflict, Saved
from learncraft.authoring.shapes import LessonText
from learncraft.errors import NotFoundError

MOST = 200  # the latest of a lesson; a lesson written for a year has about as many


class RevisionGoneError(NotFoundError):
    """The lesson has no such revision."""

    def __init__(self) -> None:
        super().__init__("This revision isn't there. Look at the list again, and choose another one.")


@dataclass(frozen=True, slots=True)
class Revision:
    """A lesson's text at one time, and whose it was."""

    number: int
    kind: str  # begun, typed, merged, restored or published
    by: str  # empty where nobody typed it, or the account is gone
    at: datetime


def of_lesson(session: Session, lesson_id: UUID) -> list[Revision]:
    """The revisions of a lesson, the latest first. The caller has asked whether the viewer builds it. One query."""
    rows = session.execute(
        select(
            LessonRevision.number,
            LessonRevision.kind,
            func.coalesce(User.first_name + " " + User.last_name, ""),
            LessonRevision.updated_at,
        )
        .outerjoin(User, User.id == LessonRevision.author_id)
        .where(LessonRevision.lesson_id == lesson_id)
        .order_by(LessonRevision.number.desc())
        .limit(MOST)
    )
    return [Revision(*row) for row in rows]


def texts(session: Session, lesson_id: UUID, *numbers: int) -> dict[int, LessonText]:
    """What the lesson said in these revisions. One query."""
    rows = session.execute(
        select(LessonRevision.number, LessonRevision.content).where(
            LessonRevision.lesson_id == lesson_id, LessonRevision.number.in_(numbers)
        )
    )
    return {number: LessonText.model_validate(content) for number, content in rows}


def restore(session: Session, viewer: Viewer, lesson_id: UUID, number: int, *, base: int) -> Saved | Conflict:
    """Make an earlier text the lesson's text again, as a revision of its own.

    `base` is the version of the lesson that the viewer was shown: if somebody has saved since, nothing is written.

    Raises:
        LessonGoneError: the lesson isn't the viewer's to build, or was deleted.
        InReviewError: its course waits for a review.
        RevisionGoneError: it has no such revision.
    """
    if queries.lesson(session, viewer, lesson_id) is None:
        raise LessonGoneError
    lesson = drafting.hold_for_saving(session, viewer, lesson_id)
    wanted = texts(session, lesson_id, number).get(number)
    if wanted is None:
        raise RevisionGoneError
    if lesson.version != base:
        return saving.conflict(session, lesson)
    if LessonText.model_validate(lesson.content) != wanted:
        saving.write(session, lesson, wanted, author_id=viewer.id, kind="restored")
    return Saved(lesson.version)
