"""The working copy of a course: made when somebody first builds, locked by who changes it."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from learncraft.accounts.viewer import Viewer
from learncraft.authoring.errors import LessonGoneError, ModuleGoneError
from learncraft.authoring.models import CourseDraft, LessonDraft, ModuleDraft
from learncraft.courses.errors import CourseNotFoundError, InReviewError
from learncraft.courses.models import Course, CourseStatus
from learncraft.courses.teaching import is_taught_by, teaches

# A course that learners have not seen, or see no more, shows its working copy's state as its own.
UNSEEN = (CourseStatus.DRAFT, CourseStatus.PENDING_REVIEW, CourseStatus.REVISION_NEEDED)

_COPY_COURSE = text(
    """
    INSERT INTO course_drafts (course_id, status, details)
    SELECT c.id, CASE WHEN c.status = 'archived' THEN 'published'::course_status ELSE c.status END,
        jsonb_build_object(
            'title', c.title, 'slug', c.slug, 'short_description', coalesce(c.short_description, ''),
            'description', coalesce(c.description, ''), 'category', c.category, 'skill_level', c.skill_level,
            'language', c.language, 'thumbnail_url', c.thumbnail_url,
            'preview_video_url', coalesce(c.preview_video_url, ''), 'estimated_duration', c.estimated_duration,
            'prerequisites', c.prerequisites, 'learning_objectives', c.learning_objectives, 'tags', c.tags)
    FROM courses c WHERE c.id = :course_id
    ON CONFLICT (course_id) DO NOTHING
    RETURNING course_id
    """
)
_COPY_MODULES = text(
    """
    INSERT INTO module_drafts (id, course_id, title, description, order_index, is_published)
    SELECT id, course_id, title, description, row_number() OVER (ORDER BY order_index) - 1, is_published
    FROM modules WHERE course_id = :course_id AND order_index >= 0
    """
)
# What is nested follows its parent already: readers of courses write it so, and so does publishing.
_COPY_LESSONS = text(
    """
    INSERT INTO lesson_drafts (id, module_id, parent_lesson_id, slug, order_index, published_version, content)
    SELECT l.id, l.module_id, l.parent_lesson_id, l.slug,
        row_number() OVER (PARTITION BY l.module_id ORDER BY l.order_index) - 1, 1,
        jsonb_build_object(
            'title', l.title, 'description', coalesce(l.description, ''), 'minutes', l.duration_minutes,
            'is_free', l.is_free, 'is_published', l.is_published, 'blocks', l.content -> 'blocks',
            'learning_objectives', l.learning_objectives, 'resources', l.resources,
            'variants', coalesce((
                SELECT jsonb_agg(jsonb_build_object(
                    'persona_key', v.persona_key, 'content_key', v.content_key,
                    'blocks', v.payload -> 'blocks', 'is_published', v.is_published) ORDER BY v.id)
                FROM lesson_variants v WHERE v.lesson_id = l.id), '[]'))
    FROM lessons l JOIN module_drafts m ON m.id = l.module_id
    WHERE m.course_id = :course_id AND l.order_index >= 0
    """
)


def begin(session: Session, viewer: Viewer, course_id: UUID) -> bool:
    """Make the working copy of a course, unless there is one. Safe to repeat, and for two people at once.

    Returns whether it was made now.

    Raises:
        CourseNotFoundError: the course isn't the viewer's to build.
    """
    if not teaches(session, viewer, course_id):
        raise CourseNotFoundError
    made = session.execute(_COPY_COURSE, {"course_id": course_id}).first()
    if made is not None:
        session.execute(_COPY_MODULES, {"course_id": course_id})
        session.execute(_COPY_LESSONS, {"course_id": course_id})
    return made is not None


def forget(session: Session, course_id: UUID) -> None:
    """Drop the working copy, because the course itself was written anew; the next builder begins from that.

    Revisions of lessons stay, so a text that was worked on can still be found.
    """
    session.execute(text("DELETE FROM course_drafts WHERE course_id = :course_id"), {"course_id": course_id})


def hold(session: Session, viewer: Viewer, course_id: UUID, *, even_in_review: bool = False) -> CourseDraft:
    """The working copy, locked until the transaction ends: changes of one outline come one after the other.

    Raises:
        CourseNotFoundError: the course isn't the viewer's to build, or has no working copy yet.
        InReviewError: it waits for a review, and `even_in_review` isn't said.
    """
    draft = session.scalar(
        select(CourseDraft)
        .join(Course, Course.id == CourseDraft.course_id)
        .where(CourseDraft.course_id == course_id, Course.deleted_at.is_(None), is_taught_by(viewer))
        .with_for_update(of=CourseDraft)
        .execution_options(populate_existing=True)
    )
    if draft is None:
        raise CourseNotFoundError
    if draft.status == CourseStatus.PENDING_REVIEW and not even_in_review:
        raise InReviewError
    return draft


def hold_for_saving(session: Session, viewer: Viewer, lesson_id: UUID) -> LessonDraft:
    """A lesson, locked; its course can't go into review, nor change its outline, until the transaction ends.

    Raises:
        LessonGoneError: the lesson isn't the viewer's to build, or was deleted.
        InReviewError: its course waits for a review.
    """
    wanted = (
        select(CourseDraft.status)
        .join(Course, Course.id == CourseDraft.course_id)
        .join(ModuleDraft, ModuleDraft.course_id == CourseDraft.course_id)
        .join(LessonDraft, LessonDraft.module_id == ModuleDraft.id)
        .where(LessonDraft.id == lesson_id, Course.deleted_at.is_(None), is_taught_by(viewer))
    )
    # The first change after a publication is written down in the course's row: two who both held a share of it
    # would wait for each other. All others save beside each other.
    is_first = session.scalar(wanted) == CourseStatus.PUBLISHED
    status = session.scalar(wanted.with_for_update(read=not is_first, of=CourseDraft))
    if status is None:
        raise LessonGoneError
    if status == CourseStatus.PENDING_REVIEW:
        raise InReviewError
    lesson = session.scalar(
        select(LessonDraft)
        .where(LessonDraft.id == lesson_id, LessonDraft.deleted_at.is_(None))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if lesson is None:
        raise LessonGoneError
    return lesson


def is_in_review(session: Session, course_id: UUID) -> bool:
    """Whether a course waits for a review; that stays so until the transaction ends."""
    status = session.scalar(select(CourseDraft.status).where(CourseDraft.course_id == course_id).with_for_update())
    return status == CourseStatus.PENDING_REVIEW


def note_change(session: Session, course_id: UUID) -> None:
    """Say that the working copy differs from what learners see."""
    session.execute(
        update(CourseDraft)
        .where(CourseDraft.course_id == course_id, CourseDraft.status == CourseStatus.PUBLISHED)
        .values(status=CourseStatus.DRAFT)
    )


def course_of_module(session: Session, module_id: UUID) -> UUID:
    """Raises: ModuleGoneError: there is no such module in a working copy."""
    found = session.scalar(select(ModuleDraft.course_id).where(ModuleDraft.id == module_id))
    if found is None:
        raise ModuleGoneError
    return found


def course_of_lesson(session: Session, lesson_id: UUID) -> UUID:
    """Raises: LessonGoneError: there is no such lesson in a working copy."""
    found = session.scalar(
        select(ModuleDraft.course_id)
        .join(LessonDraft, LessonDraft.module_id == ModuleDraft.id)
        .where(LessonDraft.id == lesson_id)
    )
    if found is None:
        raise LessonGoneError
    return found
