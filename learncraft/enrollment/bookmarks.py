"""Moments of videos that a learner marked."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from learncraft.accounts.viewer import Viewer
from learncraft.courses.media_models import Video
from learncraft.courses.prose import UNWRITABLE
from learncraft.db import new_id
from learncraft.enrollment import queries
from learncraft.enrollment.models import VideoBookmark
from learncraft.errors import InvalidInputError, NotFoundError

MOST = 500  # of one video
LONGEST = 500
_LATEST_SECOND = 24 * 3600


@dataclass(frozen=True, slots=True)
class Bookmark:
    """A moment, and what was written at it."""

    id: UUID
    video_id: UUID
    seconds: int
    note: str


def of_lesson(session: Session, viewer: Viewer, lesson_id: UUID) -> list[Bookmark]:
    """The viewer's bookmarks in all videos of a lesson, in order of time. One query."""
    rows = session.execute(
        select(VideoBookmark.id, VideoBookmark.video_id, VideoBookmark.position_seconds, VideoBookmark.note)
        .join(Video, Video.id == VideoBookmark.video_id)
        .where(Video.lesson_id == lesson_id, VideoBookmark.user_id == viewer.id)
        .order_by(VideoBookmark.position_seconds)
    )
    return [Bookmark(row[0], row[1], row[2], row[3] or "") for row in rows]


def set_one(session: Session, viewer: Viewer, video_id: UUID, *, seconds: int, note: str = "") -> Bookmark:
    """Mark a moment. Doing it twice changes what is written at it.

    Raises:
        NotFoundError: the viewer may not see the video.
        InvalidInputError: the moment isn't one, or there are too many.
    """
    lesson_id = session.scalar(select(Video.lesson_id).where(Video.id == video_id))
    if lesson_id is None or not queries.sees_lesson(session, viewer, lesson_id):
        raise NotFoundError("There is no such video, or you have no place in its course.")
    if not 0 <= seconds <= _LATEST_SECOND:
        raise InvalidInputError("A bookmark stands at a second of the video.")
    known = session.scalars(
        select(VideoBookmark.position_seconds).where(
            VideoBookmark.video_id == video_id, VideoBookmark.user_id == viewer.id
        )
    ).all()
    if len(known) >= MOST and seconds not in known:
        raise InvalidInputError("This video has {most} bookmarks of yours already. Remove some first.", most=MOST)
    kept = UNWRITABLE.sub("", note).strip()[:LONGEST] or None
    row = session.execute(
        insert(VideoBookmark)
        .values(id=new_id(), user_id=viewer.id, video_id=video_id, position_seconds=seconds, note=kept)
        .on_conflict_do_update(index_elements=["user_id", "video_id", "position_seconds"], set_={"note": kept})
        .returning(VideoBookmark.id)
    ).one()
    return Bookmark(row[0], video_id, seconds, kept or "")


def remove(session: Session, viewer: Viewer, bookmark_id: UUID) -> None:
    """Take a bookmark away. Safe to repeat."""
    session.execute(delete(VideoBookmark).where(VideoBookmark.id == bookmark_id, VideoBookmark.user_id == viewer.id))
