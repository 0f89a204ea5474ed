"""A copy of an assessment in another lesson: what learners are asked, and what its authors have not published yet."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from learncraft.accounts.viewer import Viewer
from learncraft.assessments import drafting, pools
from learncraft.assessments.draft_shapes import DraftDocument
from learncraft.assessments.models import Assessment, AssessmentDraw, Question
from learncraft.assessments.records import AssessmentDraft
from learncraft.db import new_id, values_of


def copy(session: Session, viewer: Viewer, assessment_id: UUID, *, lesson_id: UUID) -> UUID:
    """Copy an assessment. Nobody but authors sees the copy until its course is published with a block that shows it.

    Raises:
        NotYoursToWriteError: the viewer doesn't teach the course.
    """
    place = drafting.hold(session, viewer, assessment_id, with_banks=True)
    own = {"id": new_id(), "lesson_id": lesson_id, "source_key": None, "is_published": False}
    made = Assessment(**values_of(place.assessment) | own | {"grades_released_at": None})
    session.add(made)
    session.flush()
    names = _copy_questions(session, assessment_id, made.id)
    for draw in session.scalars(select(AssessmentDraw).where(AssessmentDraw.assessment_id == assessment_id)):
        session.add(AssessmentDraw(**values_of(draw) | {"id": new_id(), "assessment_id": made.id}))
    session.flush()
    pools.refresh(session, made.id)
    if place.draft is not None:
        document = DraftDocument.model_validate(place.draft.document)
        questions = tuple(
            one.model_copy(update={"id": new_id(), "question_id": names.get(one.question_id)})
            for one in document.questions
        )
        copied = document.model_copy(update={"questions": questions}).model_dump(mode="json")
        session.add(AssessmentDraft(id=new_id(), assessment_id=made.id, document=copied, edited_by=viewer.id))
    session.flush()
    return made.id


def _copy_questions(session: Session, assessment_id: UUID, made: UUID) -> dict[UUID | None, UUID]:
    """The questions that are asked now, as first versions. What was drawn is drawn anew."""
    asked = select(Question).where(
        Question.assessment_id == assessment_id, Question.retired_at.is_(None), ~Question.is_drawn
    )
    names: dict[UUID | None, UUID] = {}
    for question in session.scalars(asked):
        names[question.id] = new_id()
        own = {"id": names[question.id], "assessment_id": made, "version": 1, "replaces_id": None, "source_key": None}
        session.add(Question(**values_of(question) | own))
    session.flush()
    return names
