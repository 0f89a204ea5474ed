"""How the working copy differs from what learners see, for whoever reviews it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from learncraft import differing
from learncraft.authoring import part_names
from learncraft.authoring.models import LessonDraft, ModuleDraft
from learncraft.authoring.shapes import FIELDS, DraftBlock, DraftResource, DraftVariant, LessonText, drafts_of
from learncraft.courses.models import Lesson, LessonVariant, Module
from learncraft.language import _

MOST_LESSONS = 100


@dataclass(frozen=True, slots=True)
class Change:
    """One lesson that will be new, different or gone."""

    lesson_id: UUID
    title: str
    kind: Literal["new", "changed", "gone"]
    lines: tuple[str, ...]  # a unified diff, without its head; empty when only its place changed
    blocks: tuple[tuple[str, str], ...] = ()  # the name of each block as it will be, and its beginning


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
    found = rows.all()
    told = _variants(session, [seen.id for _, seen, _ in found]) if found else {}
    made = (_change(working, seen, module_shown, told.get(seen.id, ())) for working, seen, module_shown in found)
    changes = [one for one in made if one is not None]
    lines = part_names.put_in(session, [one.lines for one in changes])
    return [replace(one, lines=named) for one, named in zip(changes, lines, strict=True)]


def _variants(session: Session, lessons: list[UUID]) -> dict[UUID, tuple[DraftVariant, ...]]:
    """What personas read instead in lessons as learners see them."""
    found: dict[UUID, tuple[DraftVariant, ...]] = {}
    rows = session.scalars(select(LessonVariant).where(LessonVariant.lesson_id.in_(lessons)).order_by(LessonVariant.id))
    for row in rows:
        one = DraftVariant(
            persona_key=row.persona_key,
            content_key=row.content_key,
            blocks=drafts_of(row.payload),
            is_published=row.is_published,
        )
        found[row.lesson_id] = (*found.get(row.lesson_id, ()), one)
    return found


def _change(
    working: LessonDraft, seen: Lesson, module_shown: bool, variants: tuple[DraftVariant, ...]
) -> Change | None:
    is_seen = seen.is_published and module_shown and working.published_version > 0
    if working.deleted_at is not None:
        return Change(seen.id, seen.title, "gone", ()) if is_seen else None
    after = LessonText.model_validate(working.content)
    if not is_seen:
        return Change(seen.id, after.title, "new", tuple(f"+ {line}" for line in _lines(after)), _named(after))
    before = LessonText(
        title=seen.title,
        description=seen.description or "",
        minutes=seen.duration_minutes,
        is_free=seen.is_free,
        blocks=tuple(drafts_of(seen.content)),
        learning_objectives=tuple(seen.learning_objectives),
        resources=tuple(DraftResource.model_validate(one) for one in seen.resources),
        variants=variants,
    )
    return Change(seen.id, after.title, "changed", difference(before, after), _named(after))


def _named(said: LessonText) -> tuple[tuple[str, str], ...]:
    beginnings = ((one, " ".join((one.title or one.text or one.alt or one.code).split())[:40]) for one in said.blocks)
    return tuple((one.id, f"{one.type} {words}".rstrip()) for one, words in beginnings)


def difference(before: LessonText, after: LessonText) -> tuple[str, ...]:
    """The lines of a lesson that differ between two texts of it."""
    return differing.lines(_lines(before), _lines(after), around=1)


def _lines(said: LessonText) -> list[str]:
    """A lesson as lines that people can compare."""
    lines = [
        f"{_('Title')}: {said.title}",
        f"{_('Minutes')}: {said.minutes}",
        f"{_('Free preview')}: {_('Yes') if said.is_free else _('No')}",
        f"{_('Visible to learners')}: {_('Yes') if said.is_published else _('No')}",
    ]
    lines += [f"{_('Summary')}: {line}" for line in said.description.splitlines()]
    lines += [f"{_('Objective')}: {one}" for one in said.learning_objectives]
    lines += [f"{_('Resource')}: {one.title} {one.url}".rstrip() for one in said.resources]
    lines += _lines_of(said.blocks)
    for variant in said.variants:
        place = {"persona": variant.persona_key, "content": variant.content_key}
        head = (
            _("For {persona}, instead of {content}", **place)
            if variant.is_published
            else _("For {persona}, instead of {content}, not shown", **place)
        )
        lines += [head, *(f"  {line}" for line in _lines_of(variant.blocks))]
    return lines


def _lines_of(blocks: tuple[DraftBlock, ...]) -> list[str]:
    """The fields of blocks that count for their types."""
    return [
        f"[{block.type}] {line}"
        for block in blocks
        for name in FIELDS[block.type]
        if getattr(block, name) not in (None, "")
        for line in str(getattr(block, name)).splitlines()
    ]
