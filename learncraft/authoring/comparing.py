"""How the working copy differs from what learners see, for whoever reviews it."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from learncraft.authoring.models import LessonDraft, ModuleDraft
from learncraft.authoring.shapes import FIELDS, LessonText, drafts_of
from learncraft.courses.models import Lesson, Module

MOST_LESSONS = 100


@dataclass(frozen=True, slots=True)
class Change:
    """One lesson that will be new, different or gone."""

    lesson_id: UUID
    title: str
    kind: Literal["new", "changed", "gone"]
    lines: tuple[str, ...]  # a unified diff, without its head; empty when only its place changed


def with_published(session: Session, course_id: UUID) -> list[Change]:
    """The lessons that differ, in the order of the working copy; at most `MOST_LESSONS`."""
    rows = session.execute(
        select(LessonDraft, Lesson, Module.is_published)
        .join(ModuleDraft, ModuleDraft.id == LessonDraft.module_id)
        .join(Lesson, Lesson.id == LessonDraft.id)
        .join(Module, Module.id == Lesson.module_id)
        .where(
            ModuleDraft.course_id == course_id,
            (LessonDraft.version != LessonDraft.published_version)
            | (LessonDraft.deleted_at.is_not(None) & Lesson.is_published),
        )
        .order_by(ModuleDraft.order_index, LessonDraft.order_index)
        .limit(MOST_LESSONS)
    )
    found = (_change(working, seen, module_shown) for working, seen, module_shown in rows)
    return [one for one in found if one is not None]


def _change(working: LessonDraft, seen: Lesson, module_shown: bool) -> Change | None:
    is_seen = seen.is_published and module_shown and working.published_version > 0
    if working.deleted_at is not None:
        return Change(seen.id, seen.title, "gone", ()) if is_seen else None
    after = LessonText.model_validate(working.content)
    if not is_seen:
        return Change(seen.id, after.title, "new", tuple(f"+ {line}" for line in _lines(after)))
    before = LessonText(
        title=seen.title,
        description=seen.description or "",
        minutes=seen.duration_minutes,
        is_free=seen.is_free,
        blocks=tuple(drafts_of(seen.content)),
        learning_objectives=tuple(seen.learning_objectives),
    )
    return Change(seen.id, after.title, "changed", difference(before, after))


def difference(before: LessonText, after: LessonText) -> tuple[str, ...]:
    """A unified diff of two texts of a lesson, line by line, without its head."""
    return tuple(difflib.unified_diff(_lines(before), _lines(after), lineterm="", n=1))[2:]


def _lines(said: LessonText) -> list[str]:
    """A lesson as lines that people can compare."""
    lines = [f"Title: {said.title}", f"Minutes: {said.minutes}", f"Free preview: {'yes' if said.is_free else 'no'}"]
    lines += [f"About: {line}" for line in said.description.splitlines()]
    lines += [f"Objective: {one}" for one in said.learning_objectives]
    for block in said.blocks:
        for name in FIELDS[block.type]:
            value = getattr(block, name)
            if value not in (None, ""):
                lines += [f"[{block.type}] {line}" for line in str(value).splitlines()]
    return lines
