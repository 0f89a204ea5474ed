"""Many lessons changed at once, as in a grid: each row is a save like any other, by the same rule of conflicts.

A row names the version that its author looked at. Where somebody else has saved since, or a value can't be, that row
is told why and stays as it is; the others are kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from pydantic import ValidationError
from sqlalchemy import func, literal_column, select
from sqlalchemy.orm import Session

from learncraft.accounts.models import User
from learncraft.accounts.viewer import Viewer
from learncraft.authoring import drafting, saving
from learncraft.authoring.errors import LessonGoneError
from learncraft.authoring.models import LessonDraft, ModuleDraft
from learncraft.authoring.shapes import LessonText
from learncraft.courses.errors import CourseNotFoundError
from learncraft.language import Spoken, _

FIELDS = ("title", "minutes", "is_free", "is_published")
_WHY = Spoken(
    {
        "title": "A lesson needs a title of at most 500 signs.",
        "minutes": "The length is a whole number of minutes, from 0 to 6,000.",
        "is_free": "Free preview is yes or no.",
        "is_published": "Visible is yes or no.",
    }
)


@dataclass(frozen=True, slots=True)
class Row:
    """A lesson as a grid shows it."""

    id: UUID
    version: int
    module_id: UUID
    module: str
    title: str
    blocks: tuple[str, ...]  # the kinds of its blocks, each once
    minutes: int
    is_free: bool
    is_published: bool
    is_changed: bool  # learners see another version, or none
    edited_by: str


@dataclass(frozen=True, slots=True)
class Edit:
    """What somebody typed into a row: the fields that differ, and the version of the lesson that the row showed."""

    lesson_id: UUID
    base: int
    values: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a row: its version now, or why it wasn't kept."""

    lesson_id: UUID
    version: int | None = None
    why: str = ""


def rows(session: Session, course_id: UUID, module_id: UUID | None) -> list[Row]:
    """The lessons of a course, or of one module, in order. The caller has asked whose course it is. One query."""
    found = session.execute(
        select(
            LessonDraft.id,
            LessonDraft.version,
            ModuleDraft.id,
            ModuleDraft.title,
            LessonDraft.title,
            func.jsonb_path_query_array(LessonDraft.content, literal_column("'$.blocks[*].type'")),
            LessonDraft.minutes,
            LessonDraft.is_free,
            LessonDraft.is_published,
            LessonDraft.version != LessonDraft.published_version,
            func.coalesce(User.first_name + " " + User.last_name, ""),
        )
        .join(ModuleDraft, ModuleDraft.id == LessonDraft.module_id)
        .outerjoin(User, User.id == LessonDraft.edited_by)
        .where(
            ModuleDraft.course_id == course_id,
            ModuleDraft.deleted_at.is_(None),
            LessonDraft.deleted_at.is_(None),
            *([ModuleDraft.id == module_id] if module_id else []),
        )
        .order_by(ModuleDraft.order_index, LessonDraft.order_index)
    )
    return [
        Row(key, version, module, name, title, tuple(dict.fromkeys(kinds)), minutes, is_free, is_shown, is_changed, by)
        for key, version, module, name, title, kinds, minutes, is_free, is_shown, is_changed, by in found
    ]


def apply(session: Session, viewer: Viewer, course_id: UUID, edits: Sequence[Edit]) -> list[Outcome]:
    """Save the rows that may be; say of each what became of it, in the order given.

    Raises:
        CourseNotFoundError: the course isn't the viewer's to build.
        InReviewError: it waits for a review.
    """
    drafting.hold(session, viewer, course_id)
    mine = set(
        session.scalars(
            select(LessonDraft.id)
            .join(ModuleDraft, ModuleDraft.id == LessonDraft.module_id)
            .where(ModuleDraft.course_id == course_id, LessonDraft.id.in_([one.lesson_id for one in edits]))
        )
    )
    if any(one.lesson_id not in mine for one in edits):
        raise CourseNotFoundError
    return [_apply(session, viewer, one) for one in edits]


def _apply(session: Session, viewer: Viewer, edit: Edit) -> Outcome:
    try:
        lesson = drafting.hold_for_saving(session, viewer, edit.lesson_id)
    except LessonGoneError as error:
        return Outcome(edit.lesson_id, why=str(error))
    stands = LessonText.model_validate(lesson.content)
    try:
        wanted = LessonText.model_validate(stands.model_dump() | _known(edit.values))
    except ValidationError as error:
        fields = dict.fromkeys(str(one["loc"][0]) for one in error.errors())
        return Outcome(
            edit.lesson_id, why=" ".join(_WHY[name] if name in _WHY else _("This can't be kept.") for name in fields)
        )
    if wanted == stands:
        return Outcome(edit.lesson_id, lesson.version)
    if lesson.version != edit.base:
        by = saving.conflict(session, lesson).by
        return Outcome(
            edit.lesson_id,
            lesson.version,
            _(
                "{name} has saved this lesson meanwhile, and nothing was overwritten. The row shows what it says now: "
                "change it again if you still want to.",
                name=by,
            ),
        )
    saving.write(session, lesson, wanted, author_id=viewer.id, kind="typed")
    return Outcome(edit.lesson_id, lesson.version)


def _why(field: str) -> str:
    return _WHY[field] if field in _WHY else _("This can't be kept.")


def _known(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name in FIELDS}
