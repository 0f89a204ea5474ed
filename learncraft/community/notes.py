"""Notes at lessons: written, shared or kept to oneself, found again, taken along."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import ValidationError
from sqlalchemy import Row, Select, delete, func, or_, select, update
from sqlalchemy.orm import Session

from learncraft.accounts.models import User
from learncraft.accounts.viewer import Viewer
from learncraft.community.models import UserNote
from learncraft.community.shapes import NotePosition
from learncraft.courses.models import Course, Lesson, Module
from learncraft.courses.prose import UNWRITABLE
from learncraft.db import new_id
from learncraft.enrollment import queries
from learncraft.errors import InvalidInputError, NotFoundError
from learncraft.language.numbers import number

LONGEST = 20_000
MOST_SHARED = 200  # of one lesson


class NoteNotFoundError(NotFoundError):
    """The note isn't there, or is somebody else's."""

    def __init__(self) -> None:
        super().__init__("This note is not there any more.")


@dataclass(frozen=True, slots=True)
class Note:
    """A note as it is shown."""

    id: UUID
    content: str
    position: NotePosition
    is_public: bool
    is_own: bool
    author: str
    written_at: datetime


@dataclass(frozen=True, slots=True)
class FiledNote:
    """A note with the lesson and the course that it is at."""

    id: UUID
    content: str
    position: NotePosition
    is_public: bool
    written_at: datetime
    lesson_id: UUID
    lesson: str
    course_id: UUID
    course: str


def of_lesson(session: Session, viewer: Viewer, lesson_id: UUID) -> list[Note]:
    """The viewer's notes at a lesson, and those that others share, in the order of the lesson.

    Raises:
        NotFoundError: the viewer may not see the lesson.
    """
    _check_sees(session, viewer, lesson_id)
    rows = session.execute(
        _notes()
        .where(UserNote.lesson_id == lesson_id, or_(UserNote.user_id == viewer.id, UserNote.is_public))
        .order_by((UserNote.user_id == viewer.id).desc(), UserNote.created_at.desc())
        .limit(MOST_SHARED)
    )
    found = [_note(row, viewer) for row in rows]
    return sorted(found, key=lambda one: (one.position.seconds or 0, one.position.paragraph or 0, one.written_at))


def write(
    session: Session,
    viewer: Viewer,
    lesson_id: UUID,
    *,
    content: str,
    position: dict[str, Any] | None,
    is_public: bool,
    note_id: UUID | None = None,
) -> Note:
    """Write a note. The page names it, so that one that is sent twice is one.

    Raises:
        NotFoundError: the viewer may not see the lesson.
        InvalidInputError: there is nothing in it, or too much.
    """
    _check_sees(session, viewer, lesson_id)
    if note_id is not None and session.scalar(select(UserNote.id).where(UserNote.id == note_id)) is not None:
        return change(session, viewer, note_id, content=content, is_public=is_public)
    note = UserNote(
        id=note_id or new_id(),
        user_id=viewer.id,
        lesson_id=lesson_id,
        content=_sound(content),
        position_data=_position(position),
        is_public=is_public,
    )
    session.add(note)
    session.flush()
    return _one(session, viewer, note.id)


def change(session: Session, viewer: Viewer, note_id: UUID, *, content: str, is_public: bool) -> Note:
    """Write a note anew.

    Raises:
        NoteNotFoundError: it isn't the viewer's.
        InvalidInputError: there is nothing in it, or too much.
    """
    changed = session.execute(
        update(UserNote)
        .where(UserNote.id == note_id, UserNote.user_id == viewer.id)
        .values(content=_sound(content), is_public=is_public)
        .returning(UserNote.id)
    ).first()
    if changed is None:
        raise NoteNotFoundError
    return _one(session, viewer, note_id)


def remove(session: Session, viewer: Viewer, note_id: UUID) -> None:
    """Take a note away. Safe to repeat."""
    session.execute(delete(UserNote).where(UserNote.id == note_id, UserNote.user_id == viewer.id))


def mine(
    session: Session, viewer: Viewer, *, search: str = "", course_id: UUID | None = None, limit: int | None = None
) -> list[FiledNote]:
    """All of the viewer's notes, course by course, the latest course first. One query."""
    wanted = (
        select(
            UserNote.id,
            UserNote.content,
            UserNote.position_data,
            UserNote.is_public,
            UserNote.updated_at,
            Lesson.id,
            Lesson.title,
            Course.id,
            Course.title,
        )
        .join(Lesson, Lesson.id == UserNote.lesson_id)
        .join(Module, Module.id == Lesson.module_id)
        .join(Course, Course.id == Module.course_id)
        .where(UserNote.user_id == viewer.id, Course.deleted_at.is_(None))
        .order_by(
            func.max(UserNote.created_at).over(partition_by=Course.id).desc(),
            Course.id,
            Module.order_index,
            Lesson.order_index,
            UserNote.created_at,
        )
    )
    if search.strip():
        wanted = wanted.where(func.strpos(func.lower(UserNote.content), search.strip().lower()) > 0)
    if course_id is not None:
        wanted = wanted.where(Course.id == course_id)
    rows = session.execute(wanted.limit(limit))
    return [FiledNote(row[0], row[1], NotePosition.model_validate(row[2] or {}), *row[3:]) for row in rows]


def as_markdown(notes: list[FiledNote]) -> str:
    """Notes as one Markdown document to take along."""
    lines = ["# My notes"]
    course, lesson = None, None
    for note in notes:
        if note.course_id != course:
            course, lesson = note.course_id, None
            lines += ["", f"## {note.course}"]
        if note.lesson_id != lesson:
            lesson = note.lesson_id
            lines += ["", f"### {note.lesson}"]
        at = where(note.position)
        lines += ["", f"*{note.written_at:%Y-%m-%d}{f', {at}' if at else ''}*", "", note.content]
    return "\n".join([*lines, ""])


def where(position: NotePosition) -> str:
    """What a note stands at, in words."""
    if position.seconds is not None:
        minutes, seconds = divmod(int(position.seconds), 60)
        return f"at {minutes}:{seconds:02d}"
    return f"at “{position.quote}”" if position.quote else ""


def _check_sees(session: Session, viewer: Viewer, lesson_id: UUID) -> None:
    if queries.sees_lesson(session, viewer, lesson_id):
        return
    raise NotFoundError("There is no such lesson, or you have no place in its course.")


def _sound(content: str) -> str:
    kept = UNWRITABLE.sub("", content).strip()
    if not kept:
        raise InvalidInputError("Write something first; an empty note is not kept.")
    if len(kept) > LONGEST:
        raise InvalidInputError("A note may have {most} letters. Make two of it.", most=number(LONGEST))
    return kept


def _position(given: dict[str, Any] | None) -> dict[str, Any] | None:
    if not given:
        return None
    try:
        return NotePosition.model_validate(given).model_dump(mode="json", exclude_none=True)
    except ValidationError as error:
        raise InvalidInputError("The note's place in the lesson can't be read. Load the page again.") from error


def _notes() -> Select[*tuple[Any, ...]]:
    return select(
        UserNote.id,
        UserNote.content,
        UserNote.position_data,
        UserNote.is_public,
        UserNote.user_id,
        User.first_name + " " + User.last_name,
        UserNote.updated_at,
    ).join(User, User.id == UserNote.user_id)


def _one(session: Session, viewer: Viewer, note_id: UUID) -> Note:
    return _note(session.execute(_notes().where(UserNote.id == note_id)).one(), viewer)


def _note(row: Row[*tuple[Any, ...]], viewer: Viewer) -> Note:
    note_id, content, position, is_public, user_id, author, written_at = row
    return Note(
        note_id,
        content,
        NotePosition.model_validate(position or {}),
        is_public,
        user_id == viewer.id,
        author,
        written_at,
    )
