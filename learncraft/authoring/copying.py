"""Copies of lessons and modules, whole: with what is nested in them, and with quizzes, videos and labs of their own.

What is given to a course, its files and pictures, is shared with the copy. What belongs to one lesson is copied with
it, as learners answer, watch and work on each of the two by itself.
"""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from learncraft.accounts.viewer import Viewer
from learncraft.assessments import copying as assessments
from learncraft.assessments.models import Assessment
from learncraft.authoring import drafting, outlining
from learncraft.authoring.models import LessonDraft, ModuleDraft
from learncraft.authoring.outline import Place, with_nested
from learncraft.authoring.shapes import DraftBlock, LessonText
from learncraft.courses import videos
from learncraft.courses.media_models import Video
from learncraft.db import new_id, values_of
from learncraft.labs.models import Lab
from learncraft.language import _

_TITLE_OF_A_COPY = 450  # leaves room for the word behind it, in any language


def copy_lesson(session: Session, viewer: Viewer, lesson_id: UUID) -> UUID:
    """Copy a lesson with all that is nested in it to the place after it."""
    course_id = drafting.course_of_lesson(session, lesson_id)
    drafting.hold(session, viewer, course_id)
    lesson = outlining.living_lesson(session, lesson_id)
    order = outlining.places(session, lesson.module_id)
    siblings = [place.id for place in order if place.parent == lesson.parent_lesson_id]
    after = siblings[siblings.index(lesson_id) + 1 :]
    made = _copies_of(session, viewer, with_nested(order, lesson_id), lesson.module_id, is_beside=True)
    outlining.put(
        session,
        lesson.module_id,
        made,
        parent=lesson.parent_lesson_id,
        before=after[0] if after else None,
        title=lesson.content["title"],
    )
    drafting.note_change(session, course_id)
    return made[0].id


def copy_module(session: Session, viewer: Viewer, module_id: UUID) -> UUID:
    """Copy a module with its lessons to the place after it."""
    course_id = drafting.course_of_module(session, module_id)
    drafting.hold(session, viewer, course_id)
    module = outlining.living_module(session, module_id)
    following = session.scalar(
        select(ModuleDraft.id)
        .where(
            ModuleDraft.course_id == course_id,
            ModuleDraft.order_index > module.order_index,
            ModuleDraft.deleted_at.is_(None),
        )
        .order_by(ModuleDraft.order_index)
        .limit(1)
    )
    order = outlining.places(session, module_id)
    made = outlining.add_module(session, viewer, course_id, title=_("{title} (copy)", title=module.title[:220]))
    copied = session.get_one(ModuleDraft, made)
    copied.description, copied.is_published = module.description, module.is_published
    for place in _copies_of(session, viewer, order, made, is_beside=False):
        outlining.put(session, made, [place], parent=place.parent, before=None, title="")
    outlining.move_module(session, viewer, made, before=following)
    return made


def _copies_of(
    session: Session, viewer: Viewer, order: list[Place], module_id: UUID, *, is_beside: bool
) -> list[Place]:
    """Copies of lessons, nested as these are; the first one says that it is a copy where it stands beside its model."""
    names: dict[UUID, UUID] = {}
    made: list[Place] = []
    for place in order:
        stands = LessonText.model_validate(session.get_one(LessonDraft, place.id).content)
        if is_beside and not made:
            stands = stands.model_copy(update={"title": _("{title} (copy)", title=stands.title[:_TITLE_OF_A_COPY])})
        names[place.id] = outlining.new_lesson(session, module_id, stands, viewer)
        _give_own_parts(session, viewer, session.get_one(LessonDraft, names[place.id]), stands, of=place.id)
        made.append(Place(names[place.id], names.get(place.parent) if place.parent else None))
    return made


def _give_own_parts(session: Session, viewer: Viewer, lesson: LessonDraft, stands: LessonText, *, of: UUID) -> None:
    copied: dict[UUID, UUID | None] = {}

    def own(part: UUID, make: Callable[[Session, Viewer, UUID, UUID, UUID], UUID | None]) -> UUID | None:
        if part not in copied:
            copied[part] = make(session, viewer, part, of, lesson.id)
        return copied[part]

    def block_of(block: DraftBlock) -> DraftBlock:
        values: dict[str, UUID | None] = {}
        if block.assessment_id:
            values["assessment_id"] = own(block.assessment_id, _copy_assessment)
        if block.video_id:
            values["video_id"] = own(block.video_id, _copy_video)
        if block.lab_id:
            values["lab_id"] = own(block.lab_id, _copy_lab)
        return block.model_copy(update=values) if values else block

    owned = stands.model_copy(
        update={
            "blocks": tuple(map(block_of, stands.blocks)),
            "variants": tuple(
                one.model_copy(update={"blocks": tuple(map(block_of, one.blocks))}) for one in stands.variants
            ),
        }
    )
    if copied:
        lesson.content = owned.model_dump(mode="json")
        session.flush()


def _copy_assessment(session: Session, viewer: Viewer, part: UUID, of: UUID, lesson_id: UUID) -> UUID | None:
    is_there = select(Assessment.id).where(Assessment.id == part, Assessment.lesson_id == of)
    if session.scalar(is_there) is None:
        return None
    return assessments.copy(session, viewer, part, lesson_id=lesson_id)


def _copy_video(session: Session, viewer: Viewer, part: UUID, of: UUID, lesson_id: UUID) -> UUID | None:
    is_there = select(Video.id).where(Video.id == part, Video.lesson_id == of)
    if session.scalar(is_there) is None:
        return None
    return videos.copy(session, viewer, part, lesson_id=lesson_id)


def _copy_lab(session: Session, _viewer: Viewer, part: UUID, of: UUID, lesson_id: UUID) -> UUID | None:
    lab = session.scalar(select(Lab).where(Lab.id == part, Lab.lesson_id == of))
    if lab is None:
        return None
    copied = Lab(**values_of(lab) | {"id": new_id(), "lesson_id": lesson_id})
    session.add(copied)
    session.flush()
    return copied.id
