"""The files and videos of a course as those who teach it see them, and taking them away."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, select, text
from sqlalchemy.orm import Session

from learncraft import background
from learncraft.accounts.viewer import Viewer
from learncraft.courses import publication, uploading
from learncraft.courses.errors import CourseFileNotFoundError
from learncraft.courses.media_models import (
    CaptionOrigin,
    Upload,
    UploadedFile,
    Video,
    VideoCaption,
    VideoFile,
    VideoStatus,
)
from learncraft.courses.models import Lesson, Module
from learncraft.errors import InvalidInputError


class FileInUseError(InvalidInputError):
    """A file that learners still see can't be deleted."""


@dataclass(frozen=True, slots=True)
class Place:
    """A lesson that shows something."""

    lesson_id: UUID
    title: str


@dataclass(frozen=True, slots=True)
class CourseFile:
    """A file of a course that isn't a film."""

    id: UUID
    name: str
    url: str
    mime_type: str
    size: int
    added_at: datetime
    places: tuple[Place, ...]
    is_on_page: bool  # of the course: its picture, or in its description


@dataclass(frozen=True, slots=True)
class CourseVideo:
    """A video of a course: how its stream stands, and its captions by language."""

    id: UUID
    title: str
    lesson_id: UUID
    lesson: str
    status: VideoStatus
    progress: int
    failure: str | None
    seconds: int | None
    size: int | None
    file_id: UUID | None
    thumbnail_url: str | None
    is_by_address: bool
    captions: tuple[tuple[str, CaptionOrigin], ...]
    places: tuple[Place, ...]
    is_stalled: bool  # no job makes its stream: somebody has cancelled it


@dataclass(frozen=True, slots=True)
class OpenUpload:
    """An upload of the viewer that waits for the rest."""

    id: UUID
    filename: str
    size: int
    received: int
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Library:
    """All of it. Seven queries at most."""

    files: tuple[CourseFile, ...]
    videos: tuple[CourseVideo, ...]
    uploads: tuple[OpenUpload, ...]
    language: str  # of the course


# Which lessons name what: every identifier in their content, in their variants, and in what is written but not
# published yet. Working copies stand above courses, so their table is read by name here.
_NAMED = text(
    """
    SELECT DISTINCT found.id[1]::uuid AS id, l.id AS lesson_id, l.title
    FROM modules m
    JOIN lessons l ON l.module_id = m.id
    CROSS JOIN LATERAL (
        SELECT l.content::text AS words
        UNION ALL SELECT v.payload::text FROM lesson_variants v WHERE v.lesson_id = l.id
        UNION ALL SELECT d.content::text FROM lesson_drafts d WHERE d.id = l.id
    ) AS said
    CROSS JOIN LATERAL regexp_matches(
        said.words, '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}', 'g'
    ) AS found(id)
    WHERE m.course_id = :course_id
    ORDER BY l.title
    """
)


_BEING_MADE = text(
    "SELECT args ->> 'video_id' FROM procrastinate_jobs WHERE task_name = 'make_stream' AND status IN ('todo', 'doing')"
)
_PAGE = text(
    "SELECT concat_ws(' ', c.description, c.thumbnail_url, d.details::text), c.language"
    " FROM courses c LEFT JOIN course_drafts d ON d.course_id = c.id WHERE c.id = :course_id"
)


def of_course(session: Session, viewer: Viewer, course_id: UUID) -> Library:
    """Everything that the page of a course's files shows."""
    places = _places(session, course_id)
    videos = _videos(session, course_id, places)
    films = {one.file_id for one in videos}
    page, language = session.execute(_PAGE, {"course_id": course_id}).one()
    rows = session.execute(
        select(UploadedFile).where(UploadedFile.course_id == course_id).order_by(UploadedFile.created_at.desc())
    ).scalars()
    files = tuple(
        CourseFile(
            one.id,
            one.original_filename.rpartition("/")[2],
            one.file_url,
            one.mime_type or "application/octet-stream",
            one.file_size,
            one.created_at,
            tuple(places.get(one.id, [])),
            str(one.id) in page,
        )
        for one in rows
        if one.id not in films
    )
    waiting = session.execute(
        select(Upload.id, Upload.filename, Upload.size, Upload.received, Upload.updated_at)
        .where(Upload.course_id == course_id, Upload.user_id == viewer.id, Upload.finished_at.is_(None))
        .order_by(Upload.created_at)
    )
    return Library(files, videos, tuple(OpenUpload(*row) for row in waiting), language)


def making(session: Session, ids: list[UUID]) -> dict[UUID, int]:
    """Those of the videos whose streams are being made, and how many percent are."""
    rows = session.execute(
        select(Video.id, Video.progress).where(Video.id.in_(ids), Video.status == VideoStatus.PROCESSING)
    )
    return {row[0]: row[1] for row in rows}


def delete_file(session: Session, viewer: Viewer, course_id: UUID, file_id: UUID) -> None:
    """Delete a file that no lesson shows.

    Raises:
        CourseNotFoundError: the course isn't the viewer's.
        CourseFileNotFoundError: there is no such file in it.
        FileInUseError: a lesson shows it.
    """
    uploading.check_taught(session, viewer, course_id)
    row = session.scalar(
        select(UploadedFile).where(UploadedFile.id == file_id, UploadedFile.course_id == course_id).with_for_update()
    )
    if row is None:
        raise CourseFileNotFoundError
    if places := _places(session, course_id).get(file_id):
        raise _in_use(places)
    if session.scalar(select(Video.id).where(Video.file_id == file_id).limit(1)) is not None:
        raise FileInUseError("A video is made of this file. Delete the video instead.")
    if str(file_id) in (session.scalar(_PAGE, {"course_id": course_id}) or ""):
        raise FileInUseError("The course's page shows this file. Choose another one there first.")
    content_hash = row.content_hash
    session.delete(row)
    session.flush()
    background.defer(session, "forget_bytes", hashes=[content_hash])


def delete_video(session: Session, viewer: Viewer, course_id: UUID, video_id: UUID) -> None:
    """Delete a video that no lesson shows, with its stream and its file.

    Raises:
        CourseNotFoundError: the course isn't the viewer's.
        CourseFileNotFoundError: there is no such video in it.
        FileInUseError: a lesson shows it.
    """
    uploading.check_taught(session, viewer, course_id)
    video = session.scalar(
        select(Video)
        .join(Lesson, Lesson.id == Video.lesson_id)
        .join(Module, Module.id == Lesson.module_id)
        .where(Video.id == video_id, Module.course_id == course_id)
        .with_for_update(of=Video)
    )
    if video is None:
        raise CourseFileNotFoundError
    if places := _places(session, course_id).get(video_id):
        raise _in_use(places)
    hashes = set(session.scalars(select(VideoFile.content_hash).where(VideoFile.video_id == video_id)))
    file_id = video.file_id
    session.delete(video)
    session.flush()
    others = select(func.count()).where(Video.file_id == file_id)
    if file_id is not None and not session.scalar(others):
        hashes |= set(
            session.scalars(delete(UploadedFile).where(UploadedFile.id == file_id).returning(UploadedFile.content_hash))
        )
    if hashes:
        background.defer(session, "forget_bytes", hashes=sorted(hashes))


def has_working_copy(session: Session, course_id: UUID) -> bool:
    """Whether the course is being changed in the builder; what its lessons show is then said there."""
    return (
        session.scalar(text("SELECT 1 FROM course_drafts WHERE course_id = :course_id"), {"course_id": course_id})
        is not None
    )


def show_in_lesson(session: Session, viewer: Viewer, course_id: UUID, video_id: UUID) -> None:
    """Put a video at the end of its lesson, unless it is there.

    Raises:
        CourseNotFoundError, CourseFileNotFoundError: the course isn't the viewer's, or the video not in it.
        NeedsReviewError: learners would see it at once, and here that passes a review first.
        InvalidInputError: the course has a working copy, with which the video would go again.
    """
    uploading.check_taught(session, viewer, course_id)
    publication.check(viewer)
    if has_working_copy(session, course_id):
        raise InvalidInputError("Somebody builds this course by now. Open the lesson there, and show the video in it.")
    lesson = session.scalar(
        select(Lesson)
        .join(Video, Video.lesson_id == Lesson.id)
        .join(Module, Module.id == Lesson.module_id)
        .where(Video.id == video_id, Module.course_id == course_id)
        .with_for_update(of=Lesson)
    )
    if lesson is None:
        raise CourseFileNotFoundError
    blocks = list(lesson.content["blocks"])
    if not any(one.get("video_id") == str(video_id) for one in blocks):
        added = {"id": f"video-{video_id.hex[-12:]}", "type": "video", "video_id": str(video_id)}
        lesson.content = {**lesson.content, "blocks": [*blocks, added]}


def _places(session: Session, course_id: UUID) -> dict[UUID, list[Place]]:
    found: dict[UUID, list[Place]] = {}
    for named, lesson_id, title in session.execute(_NAMED, {"course_id": course_id}):
        found.setdefault(named, []).append(Place(lesson_id, title))
    return found


def _in_use(places: list[Place]) -> FileInUseError:
    first = places[0].title
    if len(places) == 1:
        return FileInUseError("The lesson “{lesson}” shows it. Take it out there first, or replace it.", lesson=first)
    return FileInUseError(
        "The lesson “{lesson}” and {more} more show it. Take it out there first, or replace it.",
        lesson=first,
        more=len(places) - 1,
    )


def _videos(session: Session, course_id: UUID, places: dict[UUID, list[Place]]) -> tuple[CourseVideo, ...]:
    captions: dict[UUID, list[tuple[str, CaptionOrigin]]] = {}
    rows = session.execute(
        select(Video, Lesson.title)
        .join(Lesson, Lesson.id == Video.lesson_id)
        .join(Module, Module.id == Lesson.module_id)
        .where(Module.course_id == course_id)
        .order_by(Module.order_index, Lesson.order_index, Video.created_at, Video.id)
    ).all()
    made = set[str]()
    if any(video.status == VideoStatus.PROCESSING for video, _ in rows):
        made = set(session.scalars(_BEING_MADE))
    if rows:
        wanted = [video.id for video, _ in rows]
        for video_id, language, origin in session.execute(
            select(VideoCaption.video_id, VideoCaption.language, VideoCaption.origin)
            .where(VideoCaption.video_id.in_(wanted))
            .order_by(VideoCaption.language)
        ):
            captions.setdefault(video_id, []).append((language, origin))
    return tuple(
        CourseVideo(
            video.id,
            video.title,
            video.lesson_id,
            lesson,
            video.status,
            video.progress,
            video.failure,
            video.duration_seconds,
            video.file_size_bytes,
            video.file_id,
            video.thumbnail_url,
            video.original_url is not None and video.hls_url is None,
            tuple(captions.get(video.id, [])),
            tuple(places.get(video.id, [])),
            video.status == VideoStatus.PROCESSING and str(video.id) not in made,
        )
        for video, lesson in rows
    )
