"""Where learners find an assessment: a block of its lesson shows it, or nobody gets to it, however public it is."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from learncraft.accounts.viewer import Viewer
from learncraft.assessments import drafting as assessments
from learncraft.assessments.models import Assessment
from learncraft.authoring import drafting, going_out, saving
from learncraft.authoring.errors import LessonGoneError
from learncraft.authoring.models import LessonDraft
from learncraft.authoring.shapes import DraftBlock, LessonText
from learncraft.courses.models import Lesson, Module
from learncraft.db import new_id

_PLACE = text(
    f"""
    SELECT
        c.status IN ('published', 'archived') AND l.is_published AND m.is_published
            AND jsonb_path_exists(l.content, :path, jsonb_build_object('id', a.id)),
        coalesce(w.deleted_at IS NULL AND jsonb_path_exists(w.content, :path, jsonb_build_object('id', a.id)),
            jsonb_path_exists(l.content, :path, jsonb_build_object('id', a.id))),
        coalesce(k.status = 'pending_review', false),
        NOT a.is_published AND (w.id IS NULL OR {going_out.STANDS_STILL})
            AND (EXISTS (SELECT FROM questions q WHERE q.assessment_id = a.id)
                OR EXISTS (SELECT FROM assessment_draws r WHERE r.assessment_id = a.id))
    FROM assessments a
    JOIN lessons l ON l.id = a.lesson_id
    JOIN modules m ON m.id = l.module_id
    JOIN courses c ON c.id = m.course_id
    LEFT JOIN lesson_drafts w ON w.id = l.id
    LEFT JOIN course_drafts k ON k.course_id = c.id
    WHERE a.id = :assessment_id
    """  # noqa: S608  # of a text of ours
)


class Standing(StrEnum):
    """Whether learners get to an assessment."""

    SEEN = "seen"
    NEXT = "next"  # a block of the working copy shows it: with the course's next publication
    NOWHERE = "nowhere"


@dataclass(frozen=True, slots=True)
class Place:
    """Where an assessment stands; `is_in_review` while its course waits for a review.

    What its author has hidden stays so, though a block shows it, until it is published by itself or shown again.
    """

    standing: Standing
    is_in_review: bool = False
    is_hidden: bool = False


def place_of(session: Session, assessment_id: UUID) -> Place:
    """Where an assessment stands. One query."""
    row = session.execute(_PLACE, {"assessment_id": assessment_id, "path": going_out.PATH}).first()
    if row is None:
        return Place(Standing.NOWHERE)
    is_seen, is_next, is_in_review, is_kept_back = row
    standing = Standing.SEEN if is_seen else (Standing.NEXT if is_next else Standing.NOWHERE)
    return Place(standing, is_in_review, is_hidden=is_kept_back and is_seen and is_next)


def put(session: Session, viewer: Viewer, assessment_id: UUID) -> None:
    """Show an assessment at the end of its lesson, in the working copy. Safe to repeat.

    Raises:
        LessonGoneError, CourseNotFoundError: the lesson isn't the viewer's to build, or was deleted.
        InReviewError: its course waits for a review.
    """
    lesson, said = _lesson_of(session, viewer, assessment_id)
    if any(block.assessment_id == assessment_id for block in said.blocks):
        return
    block = DraftBlock(id=new_id().hex, type="quiz", assessment_id=assessment_id)
    _write(session, viewer, lesson, said, (*said.blocks, block))


def show_again(session: Session, viewer: Viewer, assessment_id: UUID) -> None:
    """Let a hidden assessment go out with its course: as if its block had been taken out, and put in anew.

    What it asks becomes its draft, so that whoever reviews the course reads that it is shown again.

    Raises:
        LessonGoneError, CourseNotFoundError, InReviewError: as `put`.
    """
    lesson, said = _lesson_of(session, viewer, assessment_id)
    blocks = tuple(
        block.model_copy(update={"id": new_id().hex}) if block.assessment_id == assessment_id else block
        for block in said.blocks
    )
    _write(session, viewer, lesson, said, blocks)
    assessments.begin(session, viewer, assessment_id)


def _lesson_of(session: Session, viewer: Viewer, assessment_id: UUID) -> tuple[LessonDraft, LessonText]:
    """The lesson of an assessment in the working copy, locked."""
    row = session.execute(
        select(Lesson.id, Module.course_id)
        .join(Assessment, Assessment.lesson_id == Lesson.id)
        .join(Module, Module.id == Lesson.module_id)
        .where(Assessment.id == assessment_id)
    ).first()
    if row is None:
        raise LessonGoneError
    lesson_id, course_id = row
    drafting.begin(session, viewer, course_id)
    lesson = drafting.hold_for_saving(session, viewer, lesson_id)
    return lesson, LessonText.model_validate(lesson.content)


def _write(
    session: Session, viewer: Viewer, lesson: LessonDraft, said: LessonText, blocks: tuple[DraftBlock, ...]
) -> None:
    now = said.model_copy(update={"blocks": blocks})
    saving.write(session, lesson, now, author_id=viewer.id, kind="typed")
