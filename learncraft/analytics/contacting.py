"""The log of words with learners at risk."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from learncraft.accounts.models import User
from learncraft.accounts.viewer import Viewer
from learncraft.analytics.models import LearnerContact
from learncraft.courses.teaching import teaches
from learncraft.enrollment.models import Enrollment
from learncraft.errors import InvalidInputError, NotFoundError
from learncraft.language import noted

MAX_NOTE = 2_000
MOST_SHOWN = 500


class NotTheirCourseError(NotFoundError):
    """The course isn't one that the person teaches, or the learner isn't in it."""

    def __init__(self) -> None:
        super().__init__("There is no such learner in a course of yours.")


@dataclass(frozen=True, slots=True)
class Contact:
    """One word with a learner."""

    learner_id: UUID
    by: str
    reasons: tuple[str, ...]
    note: str
    created_at: datetime


def note_contact(
    session: Session, viewer: Viewer, *, course_id: UUID, learner_id: UUID, reasons: Sequence[str], note: str
) -> None:
    """Write down that the viewer had a word with a learner of a course that they teach.

    Raises:
        NotTheirCourseError: the viewer doesn't teach it, or the learner isn't in it.
        InvalidInputError: the note is too long.
    """
    if len(note) > MAX_NOTE:
        raise InvalidInputError("The note has room for {most} characters.", most=MAX_NOTE)
    if not teaches(session, viewer, course_id):
        raise NotTheirCourseError
    place = select(Enrollment.id).where(Enrollment.course_id == course_id, Enrollment.user_id == learner_id)
    if session.scalar(place) is None:
        raise NotTheirCourseError
    session.add(
        LearnerContact(
            course_id=course_id,
            learner_id=learner_id,
            contacted_by=viewer.id,
            reasons=list(reasons),
            note=note.strip(),
        )
    )
    session.flush()


def contacts(session: Session, course_id: UUID, *, learner_id: UUID | None = None) -> list[Contact]:
    """Who was contacted in a course, the latest first. The page has made sure that the viewer teaches it."""
    wanted = (
        select(
            LearnerContact.learner_id,
            User.first_name + " " + User.last_name,
            LearnerContact.reasons,
            LearnerContact.note,
            LearnerContact.created_at,
        )
        .join(User, User.id == LearnerContact.contacted_by, isouter=True)
        .where(LearnerContact.course_id == course_id)
        .order_by(LearnerContact.created_at.desc(), LearnerContact.id)
        .limit(MOST_SHOWN)
    )
    if learner_id is not None:
        wanted = wanted.where(LearnerContact.learner_id == learner_id)
    return [
        Contact(key, by or noted("Somebody who left"), tuple(reasons), note, at)
        for key, by, reasons, note, at in session.execute(wanted)
    ]
