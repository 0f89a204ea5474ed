"""How what a course says of itself, and its modules, differ from what learners see."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from uuid import UUID

from sqlalchemy import literal, select
from sqlalchemy.orm import Session

from learncraft.authoring.models import CourseDraft, ModuleDraft
from learncraft.authoring.shapes import Details
from learncraft.courses.models import Course, Module
from learncraft.courses.prose import from_markdown
from learncraft.language import _


def with_published(session: Session, course_id: UUID) -> tuple[str, ...]:
    """A unified diff without its head, a line for each thing said; empty when nothing differs."""
    found = session.execute(
        select(Course, CourseDraft).join(CourseDraft, CourseDraft.course_id == Course.id).where(Course.id == course_id)
    ).first()
    if found is None:
        return ()
    course, draft = found
    seen = select(literal("seen"), Module.order_index.label("place"), Module.title, Module.is_published).where(
        Module.course_id == course_id, Module.order_index >= 0
    )
    working = select(literal("working"), ModuleDraft.order_index, ModuleDraft.title, ModuleDraft.is_published).where(
        ModuleDraft.course_id == course_id, ModuleDraft.deleted_at.is_(None)
    )
    modules: dict[str, list[str]] = {"seen": [], "working": []}
    for side, _place, title, is_shown in session.execute(seen.union_all(working).order_by("place")):
        modules[side].append(f"{_('Module') if is_shown else _('Hidden module')}: {title}")
    said = Details.model_validate(draft.details)
    if said.description and from_markdown(said.description) == course.description:
        said = said.model_copy(update={"description": course.description})
    before, after = [*_said(_seen(course)), *modules["seen"]], [*_said(said), *modules["working"]]
    return tuple(difflib.unified_diff(before, after, lineterm="", n=0))[2:]


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
    yield f"{_('Subject')}: {details.category}"
    yield f"{_('Level')}: {details.skill_level}"
    yield f"{_('Language')}: {details.language}"
    yield f"{_('Picture')}: {details.thumbnail_url or _('none')}"
    yield f"{_('Film')}: {details.preview_video_url or _('none')}"
    yield from (f"{_('Objective')}: {one}" for one in details.learning_objectives)
    yield from (f"{_('Needed before')}: {one}" for one in details.prerequisites)
    yield f"{_('Tags')}: {', '.join(details.tags)}"
