"""Answering flashcards: each answer counts once, whoever sends it twice."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid5

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from learncraft import events
from learncraft.study import queries
from learncraft.study.errors import CardNotFoundError
from learncraft.study.kinds import CardState
from learncraft.study.models import FlashcardReview
from learncraft.study.scheduling import Grade, Memory, schedule

_LONGEST_LOOK = 600_000  # milliseconds: whoever looks longer was away


def review(
    session: Session,
    *,
    learner_id: UUID,
    asset_id: UUID,
    card_id: str,
    grade: Grade,
    seen: int,
    time_zone: str,
    took_ms: int | None = None,
) -> bool:
    """Note how well a card was known, and say when to ask again. Returns whether it counted.

    `seen` is how often the card had been answered when it was shown: a second click, another tab or a page that is sent
    again names a number that is past, and changes nothing.

    Raises:
        CardNotFoundError: the card is gone, or not the learner's to see.
    """
    card = queries.card(session, learner_id, asset_id, card_id)
    if card is None:
        raise CardNotFoundError
    session.execute(
        insert(FlashcardReview)
        .values(user_id=learner_id, generated_asset_id=asset_id, card_id=card_id)
        .on_conflict_do_nothing()
    )
    row = session.scalars(
        select(FlashcardReview)
        .where(
            FlashcardReview.user_id == learner_id,
            FlashcardReview.generated_asset_id == asset_id,
            FlashcardReview.card_id == card_id,
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    if row.review_count != seen:
        return False
    now: datetime = session.scalar(select(func.clock_timestamp()))  # type: ignore[assignment]  # it has a value
    before = Memory(row.state, row.step, row.stability, row.difficulty, row.last_reviewed_at)
    after = schedule(before, grade, now=now, time_zone=time_zone)
    row.state, row.step = after.memory.state, after.memory.step
    row.stability, row.difficulty = after.memory.stability, after.memory.difficulty
    row.last_reviewed_at, row.due_at = now, after.due_at
    row.review_count += 1
    if grade == Grade.AGAIN and before.state == CardState.REVIEW:
        row.lapse_count += 1
    events.record(
        session,
        "flashcard_reviewed",
        learner_id,
        course_id=card.course_id,
        lesson_id=card.lesson_id,
        object_id=object_id(asset_id, card_id),
        is_correct=grade > Grade.AGAIN,
        duration_ms=None if took_ms is None else min(max(took_ms, 0), _LONGEST_LOOK),
        data={"grade": int(grade)},
    )
    session.flush()
    return True


def object_id(asset_id: UUID, card_id: str) -> UUID:
    """The name of a card in events: always the same."""
    return uuid5(asset_id, card_id)
