"""Tellings of whole lessons that are written beside the builder: the working copy follows what learners' rows say.

Otherwise the next publication would bring back the telling that the copy began with, and delete one that came since.
What somebody has changed of a telling in the builder stays as it is there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from learncraft.authoring.models import CourseDraft, LessonDraft, ModuleDraft
from learncraft.authoring.shapes import DraftVariant, LessonText, drafts_of
from learncraft.courses.models import LessonVariant
from learncraft.courses.telling import WHOLE_LESSON


@dataclass(frozen=True, slots=True)
class Held:
    """A locked lesson of a working copy, and how it is told to each persona before that changes."""

    lesson: LessonDraft
    told: Mapping[str, DraftVariant]


def hold(session: Session, lesson_id: UUID) -> Held | None:
    """Lock a lesson in its working copy, before the lesson itself as whoever publishes it does; None without one."""
    session.execute(
        select(CourseDraft.course_id)
        .join(ModuleDraft, ModuleDraft.course_id == CourseDraft.course_id)
        .join(LessonDraft, LessonDraft.module_id == ModuleDraft.id)
        .where(LessonDraft.id == lesson_id)
        .with_for_update(read=True, of=CourseDraft)
    )
    lesson = session.scalar(
        select(LessonDraft)
        .where(LessonDraft.id == lesson_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return None if lesson is None else Held(lesson, _told(session, lesson_id))


def follow(session: Session, held: Held | None, persona: str, *, author_id: UUID | None) -> None:
    """Say in the working copy how the lesson is told now, unless that was changed there. Who has it open is told."""
    if held is None:
        return
    lesson, stands = held.lesson, LessonText.model_validate(held.lesson.content)
    before, now = held.told.get(persona), _told(session, held.lesson.id).get(persona)
    there = [one for one in stands.variants if (one.persona_key, one.content_key) == (persona, WHOLE_LESSON)]
    if there != ([] if before is None else [before]) or before == now:
        return
    variants = tuple(one for one in stands.variants if one not in there) + (() if now is None else (now,))
    is_out = lesson.version == lesson.published_version
    lesson.content = stands.model_copy(update={"variants": variants}).model_dump(mode="json")
    lesson.version += 1
    if is_out:
        lesson.published_version = lesson.version  # learners have all of it
    lesson.edited_by, lesson.edited_at = author_id, func.now()
    lesson.edited_in, lesson.edit_sequence = None, 0
    session.flush()


def _told(session: Session, lesson_id: UUID) -> dict[str, DraftVariant]:
    rows = session.execute(
        select(LessonVariant.persona_key, LessonVariant.payload, LessonVariant.is_published).where(
            LessonVariant.lesson_id == lesson_id, LessonVariant.content_key == WHOLE_LESSON
        )
    )
    return {
        row.persona_key: DraftVariant(
            persona_key=row.persona_key, blocks=drafts_of(row.payload), is_published=row.is_published
        )
        for row in rows
    }
