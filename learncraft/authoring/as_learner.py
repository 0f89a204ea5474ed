"""A lesson of the working copy as a learner will get it: read only, so that looking leaves nothing behind."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from learncraft.accounts.viewer import Viewer
from learncraft.assessments import queries as assessments
from learncraft.assessments.views import LessonAssessment
from learncraft.authoring import queries
from learncraft.authoring.models import LessonDraft, ModuleDraft
from learncraft.authoring.shapes import blocks_of, kind_of
from learncraft.courses.blocks import LessonContent
from learncraft.courses.models import Course
from learncraft.courses.telling import Telling, tellings
from learncraft.db import new_id
from learncraft.enrollment.models import ProgressStatus
from learncraft.enrollment.queries import LessonView, videos_of
from learncraft.enrollment.shapes import Position


@dataclass(frozen=True, slots=True)
class Preview:
    """A lesson as it will be, what its personas will read instead, and what stands before and after it."""

    lesson: LessonView
    unfinished: int  # blocks that will be left out
    tellings: dict[str, Telling]  # by persona, those that learners will see
    quizzes: dict[UUID, LessonAssessment]
    before: UUID | None
    after: UUID | None


def preview(session: Session, viewer: Viewer, lesson_id: UUID) -> Preview | None:
    """The lesson as learners will see it, if it is the viewer's to build or to review. Five queries."""
    found = queries.lesson(session, viewer, lesson_id)
    if found is None:
        return None
    said, blocks = found.text, blocks_of(found.text.blocks)
    slug, title = session.execute(select(Course.slug, Course.title).where(Course.id == found.course_id)).one()
    before, after = _beside(session, found.course_id, lesson_id)
    lesson = LessonView(
        id=found.id,
        title=said.title,
        lesson_type=kind_of(blocks),
        duration_minutes=said.minutes,
        description=said.description,
        learning_objectives=list(said.learning_objectives),
        resources=said.published_resources(),
        content=LessonContent(blocks=blocks),
        module_title=found.module,
        course_id=found.course_id,
        course_slug=slug,
        course_title=title,
        is_enrolled=False,  # so that no player and no reader counts anything
        status=ProgressStatus.NOT_STARTED,
        part=1,
        videos=videos_of(session, None, lesson_id),
        position=Position(),
        percent=Decimal(0),
    )
    nobody = new_id()  # a learner who has tried nothing yet
    return Preview(
        lesson,
        len(said.blocks) - len(blocks),
        tellings(
            [
                (one.persona_key, one.content_key, LessonContent(blocks=blocks_of(one.blocks)))
                for one in said.variants
                if one.is_published
            ]
        ),
        {one.id: one for one in assessments.assessments_of_lesson(session, nobody, lesson_id, hidden_too=True)},
        before,
        after,
    )


def _beside(session: Session, course_id: UUID, lesson_id: UUID) -> tuple[UUID | None, UUID | None]:
    """The lessons before and after one, of those that learners will see."""
    order = list(
        session.scalars(
            select(LessonDraft.id)
            .join(ModuleDraft, ModuleDraft.id == LessonDraft.module_id)
            .where(
                ModuleDraft.course_id == course_id,
                ModuleDraft.deleted_at.is_(None),
                LessonDraft.deleted_at.is_(None),
                (ModuleDraft.is_published & LessonDraft.is_published) | (LessonDraft.id == lesson_id),
            )
            .order_by(ModuleDraft.order_index, LessonDraft.order_index)
        )
    )
    if lesson_id not in order:
        return None, None
    place = order.index(lesson_id)
    return order[place - 1] if place else None, order[place + 1] if place + 1 < len(order) else None
