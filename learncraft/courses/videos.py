"""The videos of a course: their captions, copies, and trying again."""

from __future__ import annotations

import re
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from learncraft import background
from learncraft.accounts.viewer import Viewer
from learncraft.courses import captions, files, streams, uploading
from learncraft.courses.captions import Cue
from learncraft.courses.errors import CourseFileNotFoundError
from learncraft.courses.media_models import (
    CaptionOrigin,
    UploadedFile,
    Video,
    VideoCaption,
    VideoFile,
    VideoQuality,
    VideoStatus,
)
from learncraft.courses.models import Course, Lesson, Module
from learncraft.db import new_id
from learncraft.errors import InvalidInputError

_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")


def add_captions(session: Session, viewer: Viewer, video_id: UUID, *, language: str, source: bytes) -> int:
    """Keep captions of one language; those that it had are replaced. Returns how many.

    Raises:
        CourseFileNotFoundError, CourseNotFoundError: the video isn't the viewer's.
        CaptionsError: the file holds none.
        InvalidInputError: the language isn't written as it should be.
    """
    video = _taught_video(session, viewer, video_id)
    if not _LANGUAGE.fullmatch(language):
        raise InvalidInputError("A language is written as a short tag, such as en, de or pt-BR.")
    cues = captions.parse(source)
    keep_captions(session, video, language=language, cues=cues, origin=CaptionOrigin.UPLOADED)
    return len(cues)


def keep_captions(session: Session, video: Video, *, language: str, cues: list[Cue], origin: CaptionOrigin) -> None:
    """Keep captions, and the transcript when they are in the course's own language or nothing better is there."""
    values = {"vtt": captions.to_vtt(cues), "origin": origin}
    session.execute(
        insert(VideoCaption)
        .values(id=new_id(), video_id=video.id, language=language, **values)
        .on_conflict_do_update(index_elements=["video_id", "language"], set_=values)
    )
    course_id, spoken = _course_of(session, video.id)
    is_own = language.partition("-")[0] == spoken.partition("-")[0]
    others = select(func.count()).where(VideoCaption.video_id == video.id, VideoCaption.language != language)
    if is_own or not session.scalar(others):
        video.transcript = captions.to_transcript(cues)
        session.flush()
        background.defer(
            session, "index_lesson", unless_waiting=True, lock=f"index {course_id}", lesson_id=str(video.lesson_id)
        )


def remove_captions(session: Session, viewer: Viewer, video_id: UUID, language: str) -> None:
    """Take captions away. The transcript stays: learners may have notes at it.

    Raises:
        CourseFileNotFoundError, CourseNotFoundError: the video isn't the viewer's.
    """
    _taught_video(session, viewer, video_id)
    session.execute(delete(VideoCaption).where(VideoCaption.video_id == video_id, VideoCaption.language == language))


def try_again(session: Session, viewer: Viewer, video_id: UUID) -> None:
    """Have the stream of a video made once more.

    Raises:
        CourseFileNotFoundError: the video isn't the viewer's, or its file is gone.
    """
    video = _taught_video(session, viewer, video_id)
    size = session.scalar(select(UploadedFile.file_size).where(UploadedFile.id == video.file_id))
    if video.file_id is None or size is None:
        raise CourseFileNotFoundError
    uploading.ask_for_stream(session, video_id, file_id=video.file_id, size=size)


def rename(session: Session, viewer: Viewer, video_id: UUID, title: str) -> None:
    """Give a video another title.

    Raises:
        CourseFileNotFoundError, CourseNotFoundError: the video isn't the viewer's.
        InvalidInputError: the title is empty or too long.
    """
    video = _taught_video(session, viewer, video_id)
    if not title.strip() or len(title) > 255:
        raise InvalidInputError("A title has between 1 and 255 letters.")
    video.title = title.strip()


def copy(session: Session, viewer: Viewer, video_id: UUID, *, lesson_id: UUID) -> UUID | None:
    """A video of the same file and stream in another lesson of the course; None while it is still on its way here.

    Raises:
        CourseFileNotFoundError, CourseNotFoundError: the video isn't the viewer's.
    """
    video = _taught_video(session, viewer, video_id)
    if video.status == VideoStatus.UPLOADING:
        return None
    made = Video(
        id=new_id(),
        lesson_id=lesson_id,
        **{name: getattr(video, name) for name in _SAME_IN_A_COPY},
    )
    session.add(made)
    session.flush()
    if video.hls_url is not None:
        _copy_stream(session, video, made)
    for caption in session.scalars(select(VideoCaption).where(VideoCaption.video_id == video_id)):
        values = {"language": caption.language, "vtt": caption.vtt, "origin": caption.origin}
        session.add(VideoCaption(id=new_id(), video_id=made.id, **values))
    session.flush()
    if video.status == VideoStatus.PROCESSING and video.file_id is not None:
        uploading.ask_for_stream(session, made.id, file_id=video.file_id, size=video.file_size_bytes or 0)
    return made.id


_SAME_IN_A_COPY = (
    "title",
    "original_filename",
    "duration_seconds",
    "original_url",
    "status",
    "file_id",
    "progress",
    "failure",
    "transcript",
    "ai_summary",
    "file_size_bytes",
)


def _copy_stream(session: Session, video: Video, made: Video) -> None:
    """The same bytes under the address of another video."""
    for one in session.scalars(select(VideoFile).where(VideoFile.video_id == video.id)):
        files.hold(session, one.content_hash)
        same = ("name", "storage_path", "content_hash", "mime_type", "file_size")
        session.add(VideoFile(id=new_id(), video_id=made.id, **{name: getattr(one, name) for name in same}))
    for quality in session.scalars(select(VideoQuality).where(VideoQuality.video_id == video.id)):
        url = streams.address(made.id, f"{quality.quality}.m3u8")
        session.add(
            VideoQuality(id=new_id(), video_id=made.id, quality=quality.quality, bitrate=quality.bitrate, url=url)
        )
    made.hls_url, made.thumbnail_url = (streams.address(made.id, one) for one in ("master.m3u8", "poster.jpg"))


def _taught_video(session: Session, viewer: Viewer, video_id: UUID) -> Video:
    video = session.scalar(select(Video).where(Video.id == video_id).with_for_update())
    if video is None:
        raise CourseFileNotFoundError
    uploading.check_taught(session, viewer, _course_of(session, video_id)[0])
    return video


def _course_of(session: Session, video_id: UUID) -> tuple[UUID, str]:
    row = session.execute(
        select(Course.id, Course.language)
        .join(Module, Module.course_id == Course.id)
        .join(Lesson, Lesson.module_id == Module.id)
        .join(Video, Video.lesson_id == Lesson.id)
        .where(Video.id == video_id)
    ).one()
    return row[0], row[1]
