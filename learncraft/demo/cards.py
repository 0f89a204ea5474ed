"""How the demo's learner has studied the flashcards of the courses so far."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from learncraft import events
from learncraft.courses.models import Lesson, Module
from learncraft.enrollment.models import LessonProgress
from learncraft.study import service
from learncraft.study.kinds import AssetType
from learncraft.study.models import FlashcardReview, GeneratedAsset, StudyMaterial
from learncraft.study.scheduling import Grade, Memory, schedule

_DAYS_AGO = 16  # when the first card was met
_UNMET = 3  # cards of the latest lesson that are still new
_TIMES = 12  # of one card at most


def study(session: Session, learner_id: UUID, *, now: datetime) -> None:
    """Let a learner have studied the cards of the lessons that they opened: some are due today, a few are new."""
    met = session.execute(
        select(GeneratedAsset.id, GeneratedAsset.content, Lesson.id, Module.course_id)
        .join(StudyMaterial, StudyMaterial.id == GeneratedAsset.study_material_id)
        .join(Lesson, Lesson.id == StudyMaterial.lesson_id)
        .join(Module, Module.id == Lesson.module_id)
        .join(LessonProgress, (LessonProgress.lesson_id == Lesson.id) & (LessonProgress.user_id == learner_id))
        .where(StudyMaterial.is_shared, GeneratedAsset.asset_type == AssetType.FLASHCARD)
        .order_by(Module.course_id, Module.order_index, Lesson.order_index)
    )
    cards = [
        (asset_id, one["id"], {"lesson_id": lesson_id, "course_id": course_id})
        for asset_id, content, lesson_id, course_id in met
        for one in content["cards"]
    ]
    for place, (asset_id, card_id, where) in enumerate(cards[:-_UNMET]):
        begun = now - timedelta(days=_DAYS_AGO - place % _DAYS_AGO, hours=3)
        _answer(session, learner_id, (asset_id, card_id), where, place, begun, now)
    session.flush()


def _answer(
    session: Session,
    learner_id: UUID,
    card: tuple[UUID, str],
    where: dict[str, Any],
    place: int,
    begun: datetime,
    now: datetime,
) -> None:
    """One card, answered whenever it was due until some days ago; every fourth was forgotten once."""
    memory, due_at, count = Memory(), begun, 0
    while due_at < now - timedelta(days=1 + place % 6) and count < _TIMES:
        answered_at = min(due_at + timedelta(minutes=7 * (place + 1)), now)
        grade = Grade.AGAIN if count == 2 and place % 4 == 0 else Grade.GOOD
        made = schedule(memory, grade, now=answered_at, time_zone="UTC")
        events.record(
            session,
            "flashcard_reviewed",
            learner_id,
            occurred_at=answered_at,
            object_id=service.object_id(*card),
            is_correct=grade > Grade.AGAIN,
            data={"grade": int(grade)},
            **where,
        )
        memory, due_at, count = made.memory, made.due_at, count + 1
    if count:
        session.add(
            FlashcardReview(
                user_id=learner_id,
                generated_asset_id=card[0],
                card_id=card[1],
                state=memory.state,
                step=memory.step,
                stability=memory.stability,
                difficulty=memory.difficulty,
                due_at=due_at,
                last_reviewed_at=memory.last_reviewed_at,
                review_count=count,
                lapse_count=1 if count > 2 and place % 4 == 0 else 0,
                created_at=begun,
            )
        )
