"""How the working copy differs from what learners see, for whoever reviews it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import Session

from learncraft import differing
from learncraft.authoring import part_names
from learncraft.authoring.block_names import BLOCKS, CALLOUTS
from learncraft.authoring.models import LessonDraft, ModuleDraft
from learncraft.authoring.paragraphs import paragraphs
from learncraft.authoring.shapes import FIELDS, DraftBlock, DraftResource, DraftVariant, LessonText, drafts_of
from learncraft.courses.models import Lesson, LessonVariant, Module
from learncraft.courses.prose import sanitise
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
    """The lessons that differ, in the order of the working copy; at most `MOST_LESSONS`. Two queries at most."""
    told = func.jsonb_build_object(
        "persona",
        LessonVariant.persona_key,
        "content",
        LessonVariant.content_key,
        "payload",
        LessonVariant.payload,
        "is_published",
        LessonVariant.is_published,
    )
    variants = (
        select(func.jsonb_agg(aggregate_order_by(told, LessonVariant.id)))
        .where(LessonVariant.lesson_id == Lesson.id)
        .scalar_subquery()
    )
    rows = session.execute(
        select(LessonDraft, Lesson, Module.is_published, variants)
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
    made = (_change(working, seen, is_shown, _variants(told or ())) for working, seen, is_shown, told in rows)
    changes = [one for one in made if one is not None]
    lines = part_names.put_in(session, [one.lines for one in changes])
    return [replace(one, lines=named) for one, named in zip(changes, lines, strict=True)]


def _variants(rows: Sequence[Mapping[str, Any]]) -> tuple[DraftVariant, ...]:
    """What personas read instead in a lesson as learners see it."""
    return tuple(
        DraftVariant(
            persona_key=row["persona"],
            content_key=row["content"],
            blocks=drafts_of(row["payload"]),
            is_published=row["is_published"],
        )
        for row in rows
    )


def _change(
    working: LessonDraft, seen: Lesson, module_shown: bool, variants: tuple[DraftVariant, ...]
) -> Change | None:
    is_seen = seen.is_published and module_shown and working.published_version > 0
    if working.deleted_at is not None:
        return Change(seen.id, seen.title, "gone", ()) if is_seen else None
    after = _as_learners_get_it(LessonText.model_validate(working.content))
    if not is_seen:
        return Change(seen.id, after.title, "new", tuple(f"+{line}" for line in _lines(after)), _named(after))
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


def _as_learners_get_it(said: LessonText) -> LessonText:
    """The same with HTML as it goes out: what is taken out of it then is no change that learners see."""
    variants = tuple(one.model_copy(update={"blocks": _sanitised(one.blocks)}) for one in said.variants)
    return said.model_copy(update={"blocks": _sanitised(said.blocks), "variants": variants})


def _sanitised(blocks: tuple[DraftBlock, ...]) -> tuple[DraftBlock, ...]:
    return tuple(one.model_copy(update={"html": sanitise(one.html)}) if one.type == "html" else one for one in blocks)


def _named(said: LessonText) -> tuple[tuple[str, str], ...]:
    beginnings = ((one, " ".join((one.title or one.text or one.alt or one.code).split())[:40]) for one in said.blocks)
    return tuple((one.id, f"{BLOCKS[one.type]}: {words}" if words else BLOCKS[one.type]) for one, words in beginnings)


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


def _said(block: DraftBlock, field: str) -> list[str]:
    """What a field of a block says, by its lines; what is chosen from a list is called as the list calls it."""
    value = str(getattr(block, field))
    if field == "kind":
        return [CALLOUTS.get(value, value)]
    return paragraphs(value) if field == "text" else value.splitlines()


def _lines_of(blocks: tuple[DraftBlock, ...]) -> list[str]:
    """The fields of blocks that count for their types."""
    return [
        f"{BLOCKS[block.type]}: {line}"
        for block in blocks
        for name in FIELDS[block.type]
        if getattr(block, name) not in (None, "")
        for line in _said(block, name)
    ]
