"""How what a course says of itself, and its modules, differ from what learners see."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from sqlalchemy import ColumnElement, ScalarSelect, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import Session

from learncraft import differing
from learncraft.authoring.models import CourseDraft, ModuleDraft
from learncraft.authoring.shapes import Details
from learncraft.courses.catalogue_words import CATEGORIES, LEVELS, name_of_language
from learncraft.courses.models import Course, Module
from learncraft.courses.prose import from_markdown
from learncraft.language import _


def with_published(session: Session, course_id: UUID) -> tuple[str, ...]:
    """The lines that differ, one for each thing said; empty when nothing does."""
    seen = _modules(Module, (Module.course_id == course_id) & (Module.order_index >= 0))
    working = _modules(ModuleDraft, (ModuleDraft.course_id == course_id) & ModuleDraft.deleted_at.is_(None))
    found = session.execute(
        select(Course, CourseDraft, seen, working)
        .join(CourseDraft, CourseDraft.course_id == Course.id)
        .where(Course.id == course_id)
    ).first()
    if found is None:
        return ()
    course, draft, seen_modules, working_modules = found
    said = Details.model_validate(draft.details)
    if said.description and from_markdown(said.description) == course.description:
        said = said.model_copy(update={"description": course.description})
    was_seen = course.published_at is not None  # before that, all of it is new to learners
    before = [*_said(_seen(course)), *_titles(seen_modules)] if was_seen else []
    return differing.lines(before, [*_said(said), *_titles(working_modules)])


def difference(theirs: Details, mine: Details) -> tuple[str, ...]:
    """The lines that two people's details don't share, theirs with a minus."""
    return differing.lines(_said(theirs), _said(mine))


def _modules(table: type[Module | ModuleDraft], which: ColumnElement[bool]) -> ScalarSelect[list[tuple[str, bool]]]:
    """The titles of modules in their order, and whether learners see each."""
    each = func.jsonb_build_array(table.title, table.is_published)
    return select(func.jsonb_agg(aggregate_order_by(each, table.order_index))).where(which).scalar_subquery()


def _titles(modules: list[tuple[str, bool]] | None) -> list[str]:
    return [f"{_('Module') if is_shown else _('Hidden module')}: {title}" for title, is_shown in modules or ()]


def _seen(course: Course) -> Details:
    """What learners read of it. It was checked when it was written; an old row may say less than is asked today."""
    return Details.model_construct(
        title=course.title,
        slug=course.slug,
        short_description=course.short_description or "",
        description=course.description or "",
        category=course.category,
        skill_level=course.skill_level,
        language=course.language,
        thumbnail_url=course.thumbnail_url,
        preview_video_url=course.preview_video_url or "",
        prerequisites=tuple(course.prerequisites),
        learning_objectives=tuple(course.learning_objectives),
        tags=tuple(course.tags),
    )


def _said(details: Details) -> Iterator[str]:
    yield f"{_('Title')}: {details.title}"
    yield f"{_('Address')}: {details.slug}"
    yield f"{_('In one sentence')}: {details.short_description}"
    yield from (f"{_('Description')}: {line}" for line in details.description.splitlines())
    yield f"{_('Subject')}: {CATEGORIES[details.category]}"
    yield f"{_('Level')}: {LEVELS[details.skill_level]}"
    yield f"{_('Language')}: {name_of_language(details.language)}"
    yield f"{_('Picture')}: {details.thumbnail_url or _('none')}"
    yield f"{_('Film')}: {details.preview_video_url or _('none')}"
    yield from (f"{_('Objective')}: {one}" for one in details.learning_objectives)
    yield from (f"{_('Needed before')}: {one}" for one in details.prerequisites)
    yield f"{_('Tags')}: {', '.join(details.tags)}"
