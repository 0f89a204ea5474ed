"""From the working copy to what learners see, in one transaction: all of it, or nothing.

Modules and lessons keep their identifiers, so progress, bookmarks and answers stay with them. What was deleted is
hidden, never removed: learners have been there. How far everybody is now is counted again by a job.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session

from learncraft import background
from learncraft.assessments.models import Assessment, Question
from learncraft.authoring import details
from learncraft.authoring.models import CourseDraft, LessonDraft, LessonRevision, ModuleDraft
from learncraft.authoring.shapes import Details, DraftVariant, LessonText, blocks_of, drafts_of, kind_of
from learncraft.courses.blocks import LessonContent
from learncraft.courses.models import Course, CourseStatus, Lesson, LessonVariant
from learncraft.db import new_id

MANY = 20  # changed lessons, from which on the tutor reads the whole course again

_MODULES = text(
    """
    UPDATE modules AS m SET title = d.title, description = d.description, order_index = d.order_index,
        is_published = d.is_published AND d.deleted_at IS NULL
    FROM module_drafts AS d
    WHERE d.id = m.id AND d.course_id = :course_id
        AND (m.title, m.description, m.order_index, m.is_published)
            IS DISTINCT FROM (d.title, d.description, d.order_index, d.is_published AND d.deleted_at IS NULL)
    """
)
# Two lessons may have changed places and with them names; a name is unique at every moment, so they step aside first.
_STEP_ASIDE = text(
    """
    UPDATE lessons AS l SET slug = l.id::text
    FROM lesson_drafts AS d JOIN module_drafts AS m ON m.id = d.module_id
    WHERE d.id = l.id AND m.course_id = :course_id
        AND (d.deleted_at IS NOT NULL OR (l.module_id, l.slug) IS DISTINCT FROM (d.module_id, d.slug))
    """
)
_LESSONS = text(
    """
    UPDATE lessons AS l SET module_id = d.module_id, parent_lesson_id = d.parent_lesson_id,
        order_index = d.order_index, title = d.title, duration_minutes = d.minutes, is_free = d.is_free,
        slug = CASE WHEN d.deleted_at IS NULL THEN d.slug ELSE l.slug END,
        is_published = d.is_published AND d.deleted_at IS NULL
    FROM lesson_drafts AS d JOIN module_drafts AS m ON m.id = d.module_id
    WHERE d.id = l.id AND m.course_id = :course_id
        AND (l.module_id, l.parent_lesson_id, l.order_index, l.title, l.duration_minutes, l.is_free, l.slug,
             l.is_published)
            IS DISTINCT FROM (d.module_id, d.parent_lesson_id, d.order_index, d.title, d.minutes, d.is_free,
             CASE WHEN d.deleted_at IS NULL THEN d.slug ELSE l.slug END, d.is_published AND d.deleted_at IS NULL)
    """
)
_LENGTH = text(
    """
    SELECT coalesce(sum(d.minutes), 0) FROM lesson_drafts AS d JOIN module_drafts AS m ON m.id = d.module_id
    WHERE m.course_id = :course_id AND m.deleted_at IS NULL AND d.deleted_at IS NULL
        AND m.is_published AND d.is_published
    """
)


def apply(session: Session, draft: CourseDraft, *, actor_id: UUID) -> None:
    """Make a held working copy what learners see, and the course one that they find."""
    course = session.scalars(select(Course).where(Course.id == draft.course_id).with_for_update()).one()
    details.apply(course, Details.model_validate(draft.details))
    session.flush()
    where = {"course_id": course.id}
    session.execute(_MODULES, where)
    session.execute(_STEP_ASIDE, where)
    session.execute(_LESSONS, where)
    session.expire_all()
    changed = _write_texts(session, course.id, actor_id)
    course = session.get_one(Course, draft.course_id, populate_existing=True)
    course.duration_minutes = session.scalar(_LENGTH, where) or 0
    course.status = CourseStatus.PUBLISHED
    course.published_at = course.published_at or func.now()
    draft.status, draft.submitted_at = CourseStatus.PUBLISHED, None
    session.flush()
    _tell(session, course.id, changed)


def _write_texts(session: Session, course_id: UUID, actor_id: UUID) -> list[UUID]:
    """Write the content of the lessons whose text changed; which ones."""
    changed = session.execute(
        select(LessonDraft, Lesson)
        .join(Lesson, Lesson.id == LessonDraft.id)
        .join(ModuleDraft, ModuleDraft.id == LessonDraft.module_id)
        .where(
            ModuleDraft.course_id == course_id,
            LessonDraft.deleted_at.is_(None),
            LessonDraft.version != LessonDraft.published_version,
        )
        .order_by(LessonDraft.id)
    ).all()
    for working, lesson in changed:
        said = LessonText.model_validate(working.content)
        _show_assessments(session, lesson, said)
        _write_text(lesson, said)
        _write_variants(session, lesson.id, said)
        working.published_version = working.version
        _note_publication(session, working, actor_id)
    session.flush()
    return [lesson.id for _, lesson in changed]


def _write_text(lesson: Lesson, said: LessonText) -> None:
    blocks = blocks_of(said.blocks)
    content: dict[str, Any] = LessonContent(blocks=blocks).model_dump(mode="json")
    if lesson.content != content:
        lesson.content, lesson.lesson_type = content, kind_of(blocks)
    lesson.description = said.description or None
    lesson.learning_objectives = list(said.learning_objectives)
    lesson.resources = [one.model_dump() for one in said.published_resources()]


def _write_variants(session: Session, lesson_id: UUID, said: LessonText) -> None:
    known = {
        (row.persona_key, row.content_key): row
        for row in session.scalars(select(LessonVariant).where(LessonVariant.lesson_id == lesson_id))
    }
    places: dict[tuple[str, str], list[DraftVariant]] = {}
    for one in said.variants:
        places.setdefault((one.persona_key, one.content_key), []).append(one)
    for place, several in places.items():  # of one place there may be two: none of their words is lost
        shown = [one for one in several if one.is_published]
        row = known.pop(place, None)
        if row is None:
            row = LessonVariant(id=new_id(), lesson_id=lesson_id, persona_key=place[0], content_key=place[1])
            session.add(row)
        blocks = tuple(block for one in shown or several for block in blocks_of(one.blocks))
        row.payload = LessonContent(blocks=blocks).model_dump(mode="json")
        row.is_published = bool(shown)
    for row in known.values():
        session.delete(row)


def _show_assessments(session: Session, lesson: Lesson, said: LessonText) -> None:
    """Open the assessments that a lesson shows in a new block, and hide those that it shows no more.

    A hidden one holds nobody up; who has answered it keeps the result. One without questions stays hidden.
    """
    before = {one.id: one.assessment_id for one in drafts_of(lesson.content) if one.type == "quiz"}
    now = {one.id: one.assessment_id for one in said.blocks if one.type == "quiz"}
    opened = {key for block, key in now.items() if before.get(block) != key}
    closed = {*before.values()} - {*now.values()}
    mine = Assessment.lesson_id == lesson.id
    asks = select(Question.id).where(Question.assessment_id == Assessment.id, Question.retired_at.is_(None)).exists()
    for ids, shown in ((opened - {None}, True), (closed - {None}, False)):
        if ids:
            session.execute(update(Assessment).where(mine, Assessment.id.in_(ids), asks).values(is_published=shown))


def _note_publication(session: Session, working: LessonDraft, actor_id: UUID) -> None:
    last = session.scalar(select(func.max(LessonRevision.number)).where(LessonRevision.lesson_id == working.id))
    session.add(
        LessonRevision(
            lesson_id=working.id,
            number=(last or 0) + 1,
            kind="published",
            author_id=actor_id,
            content=working.content,
        )
    )


def _tell(session: Session, course_id: UUID, changed: list[UUID]) -> None:
    lock = f"index {course_id}"
    if len(changed) > MANY:
        background.defer(session, "index_course", unless_waiting=True, lock=lock, course_id=str(course_id))
    else:
        for lesson_id in changed:
            background.defer(session, "index_lesson", unless_waiting=True, lock=lock, lesson_id=str(lesson_id))
    background.defer(
        session, "count_progress_again", unless_waiting=True, lock=f"progress {course_id}", course_id=str(course_id)
    )
