"""Taking lessons and modules out of a working copy, and bringing them back: nothing is deleted for good here.

What is deleted leaves the order (its place is below 0) and remembers where it stood. What learners see changes with
the next publication only; progress in a lesson is kept whatever becomes of it.
"""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from learncraft.accounts.viewer import Viewer
from learncraft.authoring import drafting, outlining, slugs
from learncraft.authoring.errors import LessonGoneError, ModuleGoneError
from learncraft.authoring.models import LessonDraft, ModuleDraft
from learncraft.authoring.outline import Place, with_nested


def delete_lesson(session: Session, viewer: Viewer, lesson_id: UUID) -> None:
    """Take a lesson with all that is nested in it out of the outline. Safe to repeat."""
    course_id = drafting.course_of_lesson(session, lesson_id)
    drafting.hold(session, viewer, course_id)
    lesson = session.get(LessonDraft, lesson_id, populate_existing=True)
    if lesson is None:
        raise LessonGoneError
    if lesson.deleted_at is not None:
        return
    gone = [one.id for one in with_nested(outlining.places(session, lesson.module_id), lesson_id)]
    below = session.scalar(select(func.min(LessonDraft.order_index)).where(LessonDraft.module_id == lesson.module_id))
    _take_out(
        session,
        session.scalars(select(LessonDraft).where(LessonDraft.id.in_(gone)).order_by(LessonDraft.order_index)).all(),
        min(below or 0, 0),
    )
    session.flush()
    drafting.note_change(session, course_id)


def restore_lesson(session: Session, viewer: Viewer, lesson_id: UUID) -> None:
    """Bring a lesson back to where it stood, with what was deleted together with it. Safe to repeat.

    Where its parent is gone it comes to the module itself; where its module is gone, that comes back too.
    """
    course_id = drafting.course_of_lesson(session, lesson_id)
    drafting.hold(session, viewer, course_id)
    lesson = session.get(LessonDraft, lesson_id, populate_existing=True)
    if lesson is None:
        raise LessonGoneError
    if lesson.deleted_at is None:
        return
    module = session.get_one(ModuleDraft, lesson.module_id, populate_existing=True)
    if module.deleted_at is not None:
        _restore_module(session, module)
    together = session.scalars(
        select(LessonDraft)
        .where(LessonDraft.module_id == lesson.module_id, LessonDraft.deleted_at == lesson.deleted_at)
        .order_by(LessonDraft.deleted_place)
    ).all()
    back = with_nested([Place(one.id, one.parent_lesson_id) for one in together], lesson_id)
    _put_back(session, lesson.module_id, [one for one in together if one.id in {place.id for place in back}])
    drafting.note_change(session, course_id)


def delete_module(session: Session, viewer: Viewer, module_id: UUID) -> None:
    """Take a module out of the outline; its lessons go with it as they stand. Safe to repeat."""
    course_id = drafting.course_of_module(session, module_id)
    drafting.hold(session, viewer, course_id)
    module = session.get(ModuleDraft, module_id, populate_existing=True)
    if module is None:
        raise ModuleGoneError
    if module.deleted_at is not None:
        return
    below = session.scalar(select(func.min(ModuleDraft.order_index)).where(ModuleDraft.course_id == course_id))
    _take_out(session, [module], min(below or 0, 0))
    session.flush()
    drafting.note_change(session, course_id)


def restore_module(session: Session, viewer: Viewer, module_id: UUID) -> None:
    """Bring a module back to where it stood. Safe to repeat."""
    course_id = drafting.course_of_module(session, module_id)
    drafting.hold(session, viewer, course_id)
    module = session.get(ModuleDraft, module_id, populate_existing=True)
    if module is None:
        raise ModuleGoneError
    if module.deleted_at is not None:
        _restore_module(session, module)
        drafting.note_change(session, course_id)


def _take_out(session: Session, rows: Iterable[LessonDraft | ModuleDraft], lowest: int) -> None:
    now = session.scalar(select(func.clock_timestamp()))  # one moment for what goes together
    for number, row in enumerate(rows, start=1):
        row.deleted_at, row.deleted_place = now, row.order_index
        row.order_index = lowest - number


def _restore_module(session: Session, module: ModuleDraft) -> None:
    order = session.scalars(
        select(ModuleDraft)
        .where(ModuleDraft.course_id == module.course_id, ModuleDraft.deleted_at.is_(None))
        .order_by(ModuleDraft.order_index)
    ).all()
    at = min(module.deleted_place or 0, len(order))
    module.deleted_at = None
    for number, one in enumerate([*order[:at], module, *order[at:]]):
        one.order_index = number
    session.flush()


def _put_back(session: Session, module_id: UUID, back: list[LessonDraft]) -> None:
    """Make lessons living again and put them before what now stands at their old place."""
    first = back[0]
    order = outlining.places(session, module_id)
    parent = first.parent_lesson_id if first.parent_lesson_id in {place.id for place in order} else None
    before = session.scalar(
        select(LessonDraft.id)
        .where(
            LessonDraft.module_id == module_id,
            LessonDraft.deleted_at.is_(None),
            LessonDraft.parent_lesson_id.is_not_distinct_from(parent),
            LessonDraft.order_index >= (first.deleted_place or 0),
        )
        .order_by(LessonDraft.order_index)
        .limit(1)
    )
    last = session.scalar(select(func.max(LessonDraft.order_index)).where(LessonDraft.module_id == module_id)) or 0
    taken = set(
        session.scalars(
            select(LessonDraft.slug).where(LessonDraft.module_id == module_id, LessonDraft.deleted_at.is_(None))
        )
    )
    moving = [Place(one.id, one.parent_lesson_id) for one in back]
    for number, one in enumerate(back):
        one.slug = slugs.free_in(taken, one.slug)
        taken.add(one.slug)
        one.deleted_at, one.order_index = None, max(last, 0) + 1 + number
    first.parent_lesson_id = parent
    session.flush()
    outlining.put(session, module_id, moving, parent=parent, before=before, title=first.content["title"])
