"""Where learners find an assessment: a block of its lesson shows it, or nobody gets to it, however public it is."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from learncraft.accounts.viewer import Viewer
from learncraft.assessments.models import Assessment
from learncraft.authoring import drafting, saving
from learncraft.authoring.errors import LessonGoneError
from learncraft.authoring.shapes import DraftBlock, LessonText
from learncraft.courses.models import Lesson, Module
from learncraft.db import new_id

_PLACE = text(
    """
    SELECT
        c.status IN ('published', 'archived') AND l.is_published AND m.is_published
            AND jsonb_path_exists(l.content, :path, jsonb_build_object('id', a.id)),
        coalesce(d.deleted_at IS NULL AND jsonb_path_exists(d.content, :path, jsonb_build_object('id', a.id)),
            jsonb_path_exists(l.content, :path, jsonb_build_object('id', a.id))),
        coalesce(w.status = 'pending_review', false),
        NOT a.is_published AND (EXISTS (SELECT FROM questions q WHERE q.assessment_id = a.id)
            OR EXISTS (SELECT FROM assessment_draws r WHERE r.assessment_id = a.id))
    FROM assessments a
    JOIN lessons l ON l.id = a.lesson_id
    JOIN modules m ON m.id = l.module_id
    JOIN courses c ON c.id = m.course_id
    LEFT JOIN lesson_drafts d ON d.id = l.id
    LEFT JOIN course_drafts w ON w.course_id = c.id
    WHERE a.id = :assessment_id
    """
)
_PATH = "$.blocks[*].assessment_id ? (@ == $id)"


class Standing(StrEnum):
    """Whether learners get to an assessment."""

    SEEN = "seen"
    NEXT = "next"  # a block of the working copy shows it: with the course's next publication
    NOWHERE = "nowhere"


@dataclass(frozen=True, slots=True)
class Place:
    """Where an assessment stands; `is_in_review` while its course waits for a review.

    What its author has hidden stays so until it is published by itself, though a block shows it.
    """

    standing: Standing
    is_in_review: bool = False
    is_hidden: bool = False


def place_of(session: Session, assessment_id: UUID) -> Place:
    """Where an assessment stands. One query."""
    row = session.execute(_PLACE, {"assessment_id": assessment_id, "path": _PATH}).first()
    if row is None:
        return Place(Standing.NOWHERE)
    is_seen, is_next, is_in_review, was_out = row
    standing = Standing.SEEN if is_seen else (Standing.NEXT if is_next else Standing.NOWHERE)
    return Place(standing, is_in_review, is_hidden=was_out and is_seen and is_next)


def put(session: Session, viewer: Viewer, assessment_id: UUID) -> None:
    """Show an assessment at the end of its lesson, in the working copy. Safe to repeat.

    Raises:
        LessonGoneError, CourseNotFoundError: the lesson isn't the viewer's to build, or was deleted.
        InReviewError: its course waits for a review.
    """
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
    said = LessonText.model_validate(lesson.content)
    if any(block.assessment_id == assessment_id for block in said.blocks):
        return
    block = DraftBlock(id=new_id().hex, type="quiz", assessment_id=assessment_id)
    now = said.model_copy(update={"blocks": (*said.blocks, block)})
    saving.write(session, lesson, now, author_id=viewer.id, kind="typed")
