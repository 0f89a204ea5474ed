"""What of a course's assessments is written and not published: for whoever reviews the course."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from learncraft.accounts.viewer import Viewer
from learncraft.assessments import drafting
from learncraft.assessments.draft_shapes import DraftDocument
from learncraft.assessments.models import Assessment, QuestionBank
from learncraft.assessments.records import AssessmentDraft
from learncraft.courses.models import Course, Lesson, Module
from learncraft.courses.teaching import is_taught_by


@dataclass(frozen=True, slots=True)
class Unpublished:
    """An assessment whose draft differs from what learners get, or that they don't get yet."""

    id: UUID
    title: str
    lesson: str
    is_published: bool


@dataclass(frozen=True, slots=True)
class Versions:
    """What learners get and what is written, with the titles of the banks that rules name."""

    published: DraftDocument
    written: DraftDocument
    banks: dict[UUID, str]


def of_course(session: Session, viewer: Viewer, course_id: UUID) -> list[Unpublished]:
    """The assessments of a course that have a draft, in the order of their lessons. One query."""
    rows = session.execute(
        select(Assessment.id, Assessment.title, Lesson.title, Assessment.is_published)
        .join(AssessmentDraft, AssessmentDraft.assessment_id == Assessment.id)
        .join(Lesson, Lesson.id == Assessment.lesson_id)
        .join(Module, Module.id == Lesson.module_id)
        .join(Course, Course.id == Module.course_id)
        .where(Course.id == course_id, Course.deleted_at.is_(None), is_taught_by(viewer))
        .order_by(Module.order_index, Lesson.order_index, Assessment.id)
        .limit(200)
    )
    return [Unpublished(*row) for row in rows]


def versions_of(session: Session, viewer: Viewer, assessment_id: UUID) -> Versions | None:
    """Both versions of an assessment; None when there is no draft, or it isn't the viewer's to read."""
    found = drafting.open_draft(session, viewer, assessment_id)
    if found is None or not found.has_changes:
        return None
    published = drafting.published_document(session, assessment_id)
    named = {draw.bank_id for draw in (*published.draws, *found.document.draws)}
    rows = session.execute(select(QuestionBank.id, QuestionBank.title).where(QuestionBank.id.in_(named)))
    return Versions(published, found.document, {row.id: row.title for row in rows})
