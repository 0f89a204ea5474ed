"""What a learner's page reports, as progress: seconds seen, text read, and the place to go on at."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from pydantic import ValidationError
from sqlalchemy import bindparam, func, select, text, update
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.orm import Session

from learncraft.courses.models import LessonType
from learncraft.db import new_id
from learncraft.enrollment import intervals, progress, service, writes
from learncraft.enrollment.intervals import Stretch
from learncraft.enrollment.models import LessonProgress, ProgressStatus
from learncraft.enrollment.queries import LessonView
from learncraft.enrollment.shapes import Position
from learncraft.enrollment.video_views import VideoView
from learncraft.errors import InvalidInputError

_KEPT = ("part", "block", "paragraph", "video", "seconds", "at")

_MOVE = text(
    """
    UPDATE lesson_progress SET last_position = coalesce(last_position, '{}'::jsonb) || :place
    WHERE user_id = :user_id AND lesson_id = :lesson_id
      AND coalesce((last_position ->> 'at')::timestamptz, '-infinity') < :at
    RETURNING id
    """
).bindparams(bindparam("place", type_=JSONB))


def place_in(given: Any, *, now: datetime) -> Position | None:
    """The place that a message names; None when it names none.

    Raises:
        InvalidInputError: it isn't a place, or of another time than now.
    """
    if given is None:
        return None
    try:
        place = Position.model_validate(given)
    except ValidationError as error:
        raise InvalidInputError(
            "The position of a message has a part, a block, or a video with its seconds."
        ) from error
    if place.at is None or place.at.tzinfo is None:
        raise InvalidInputError("A position says at which moment, with its zone.")
    # A clock that is ahead must not hold the place against everything that comes later.
    return place.model_copy(update={"at": min(place.at, now)})


def follow(
    session: Session,
    learner_id: UUID,
    lesson: LessonView,
    watched: dict[UUID, list[Stretch]],
    read_to: float,
    place: Position | None,
) -> None:
    """Keep what was seen and read and where the learner is; a lesson that is nothing but a video is finished by it.

    Doing it twice is doing it once: stretches are joined, and nothing goes back.
    """
    if not watched and not read_to and place is None:
        return
    writes.mark_started(session, learner_id, lesson.id)
    for video_id in sorted(watched):
        _add_stretches(session, learner_id, video_id, watched[video_id])
    if place is not None:
        _move(session, learner_id, lesson, place)
    if read_to:
        session.execute(
            update(LessonProgress)
            .where(LessonProgress.user_id == learner_id, LessonProgress.lesson_id == lesson.id)
            .values(
                read_percentage=func.greatest(LessonProgress.read_percentage, Decimal(str(round(100 * read_to, 2))))
            )
        )
    if watched or read_to:
        _recompute(session, learner_id, lesson)


def _add_stretches(session: Session, learner_id: UUID, video_id: UUID, stretches: list[Stretch]) -> None:
    session.execute(
        insert(VideoView)
        .values(id=new_id(), user_id=learner_id, video_id=video_id)
        .on_conflict_do_nothing(index_elements=["user_id", "video_id"])
    )
    view = session.scalars(
        select(VideoView).where(VideoView.user_id == learner_id, VideoView.video_id == video_id).with_for_update()
    ).one()
    known = [(one["start"], one["end"]) for one in view.watched]
    joined = intervals.joined([*known, *stretches])
    view.watched = [{"start": start, "end": end} for start, end in joined]
    view.watched_seconds = intervals.seconds(joined)
    session.flush()


def _move(session: Session, learner_id: UUID, lesson: LessonView, place: Position) -> None:
    """Remember the place, unless a newer one is known. A second of a video is remembered for that video too."""
    told = place.model_dump(mode="json", exclude_none=True)
    moved = session.execute(
        _MOVE,
        {
            "place": {name: told[name] for name in _KEPT if name in told},
            "at": place.at,
            "user_id": learner_id,
            "lesson_id": lesson.id,
        },
    ).first()
    if moved is None or place.video not in lesson.videos or place.seconds is None:
        return
    session.execute(
        insert(VideoView)
        .values(id=new_id(), user_id=learner_id, video_id=place.video, position_seconds=place.seconds)
        .on_conflict_do_update(index_elements=["user_id", "video_id"], set_={"position_seconds": place.seconds})
    )


def _recompute(session: Session, learner_id: UUID, lesson: LessonView) -> None:
    row = session.scalars(
        select(LessonProgress).where(LessonProgress.user_id == learner_id, LessonProgress.lesson_id == lesson.id)
    ).one()
    if row.status == ProgressStatus.COMPLETED:
        return
    parts = writes.parts_of(session, learner_id, lesson.id)
    state = progress.lesson_state(parts, is_finished=False, reached=row.completion_percentage)
    # Of two messages at the same moment, the one that knows less must not have the last word.
    session.execute(
        update(LessonProgress)
        .where(LessonProgress.id == row.id)
        .values(completion_percentage=func.greatest(LessonProgress.completion_percentage, state.percent))
    )
    has_video = any(one.kind == progress.PartKind.VIDEO for one in parts)
    if lesson.lesson_type == LessonType.VIDEO and has_video and progress.what_is_left(parts) is None:
        service.complete_lesson(session, learner_id=learner_id, lesson_id=lesson.id)
