"""What is typed into a lesson: saved within a second, never over somebody else's words.

Who saves names the version that they began from. Where another save came between, nothing is written, and the answer
holds the other text; the editor then merges, or asks. A tab is never in conflict with itself: when an answer was lost
on the way, its next save carries a higher number and follows on its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from learncraft.accounts.models import User
from learncraft.accounts.viewer import Viewer
from learncraft.authoring import drafting
from learncraft.authoring.models import LessonDraft, LessonRevision
from learncraft.authoring.shapes import LessonText
from learncraft.courses.models import Lesson
from learncraft.db import JsonObject
from learncraft.language import _

STRETCH = timedelta(minutes=10)  # what one person types within it is one revision


@dataclass(frozen=True, slots=True)
class Save:
    """A text on its way: from which version it began, in which tab, and the how-manieth save of that tab."""

    base: int
    tab: UUID
    sequence: int
    text: LessonText
    kind: str = "typed"


@dataclass(frozen=True, slots=True)
class Saved:
    """The lesson stands at this version now."""

    version: int


@dataclass(frozen=True, slots=True)
class Conflict:
    """Another tab saved first: its text, and whose tab it is."""

    version: int
    text: LessonText
    by: str
    by_id: UUID | None
    at: datetime | None


def save(session: Session, viewer: Viewer, lesson_id: UUID, given: Save) -> Saved | Conflict:
    """Keep a text as the lesson's working copy and as a revision, unless somebody else was faster.

    Raises:
        LessonGoneError: the lesson isn't the viewer's to build, or was deleted.
        InReviewError: its course waits for a review.
    """
    lesson = drafting.hold_for_saving(session, viewer, lesson_id)
    stands = LessonText.model_validate(lesson.content)
    if stands == given.text:
        return Saved(lesson.version)
    is_own = lesson.edited_in == given.tab
    if is_own and given.sequence <= lesson.edit_sequence:
        return Saved(lesson.version)  # an older save that arrives late; the newer one has all of it
    if lesson.version != given.base and not is_own:
        return conflict(session, lesson)
    write(session, lesson, given.text, author_id=viewer.id, kind=given.kind)
    lesson.edited_in, lesson.edit_sequence = given.tab, given.sequence
    session.flush()
    return Saved(lesson.version)


def conflict(session: Session, lesson: LessonDraft) -> Conflict:
    """What to tell whoever began from another version than the lesson has now."""
    stands = LessonText.model_validate(lesson.content)
    return Conflict(lesson.version, stands, _name(session, lesson.edited_by), lesson.edited_by, lesson.edited_at)


def write(session: Session, lesson: LessonDraft, content: LessonText, *, author_id: UUID, kind: str) -> None:
    """Put a text into a locked lesson, as its next version and as a revision."""
    before = lesson.content
    lesson.content = content.model_dump(mode="json")
    lesson.version += 1
    lesson.edited_by, lesson.edited_at = author_id, func.now()
    lesson.edited_in, lesson.edit_sequence = None, 0
    session.flush()
    if lesson.published_version == 0 and content.title != before["title"]:
        # Lists of what belongs to a lesson, such as its films and quizzes, name it before learners see it.
        session.execute(update(Lesson).where(Lesson.id == lesson.id).values(title=content.title))
    _keep_revision(session, lesson, before, author_id=author_id, kind=kind)
    drafting.note_change(session, drafting.course_of_module(session, lesson.module_id))


def _keep_revision(session: Session, lesson: LessonDraft, before: JsonObject, *, author_id: UUID, kind: str) -> None:
    latest = session.scalar(
        select(LessonRevision)
        .where(LessonRevision.lesson_id == lesson.id)
        .order_by(LessonRevision.number.desc())
        .limit(1)
    )
    if latest is None or not _says_the_same(latest.content, before):
        # How the lesson was before anybody typed, or as it came with another import: the text to come back to.
        number = latest.number + 1 if latest else 1
        latest = LessonRevision(lesson_id=lesson.id, number=number, kind="begun", content=before)
        session.add(latest)
        session.flush()
    elif _goes_on(session, latest, author_id, kind):
        latest.content = lesson.content
        return
    session.add(
        LessonRevision(
            lesson_id=lesson.id, number=latest.number + 1, kind=kind, author_id=author_id, content=lesson.content
        )
    )


def _says_the_same(one: JsonObject, other: JsonObject) -> bool:
    return one == other or LessonText.model_validate(one) == LessonText.model_validate(other)


def _goes_on(session: Session, latest: LessonRevision, author_id: UUID, kind: str) -> bool:
    if latest.kind != kind or kind != "typed" or latest.author_id != author_id:
        return False
    now: datetime = session.scalar(select(func.now()))  # type: ignore[assignment]
    return now - latest.created_at < STRETCH


def _name(session: Session, user_id: UUID | None) -> str:
    found = session.scalar(select(User.first_name + " " + User.last_name).where(User.id == user_id))
    return found or _("Somebody else")
