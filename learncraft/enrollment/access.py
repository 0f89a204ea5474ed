"""Who may read which file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Text, and_, cast, func, literal, or_, select, true
from sqlalchemy.orm import Session

from learncraft.accounts.viewer import Viewer
from learncraft.courses.media_models import UploadedFile, Video, VideoCaption, VideoFile
from learncraft.courses.models import Course, CourseStatus, Lesson, Module
from learncraft.courses.teaching import is_taught_by
from learncraft.enrollment.models import Enrollment
from learncraft.enrollment.writes import IN_COURSE


@dataclass(frozen=True, slots=True)
class ReadableFile:
    """A file that the viewer may read."""

    id: UUID
    name: str
    mime_type: str
    size: int
    content_hash: str
    storage_path: str


def may_read_file(session: Session, viewer: Viewer, file_id: UUID) -> ReadableFile | None:
    """The file, if the viewer may read it; None also when there is no such file. One query."""
    allowed = [
        UploadedFile.is_public,
        UploadedFile.uploader_id == viewer.id,
        and_(Course.deleted_at.is_(None), or_(is_taught_by(viewer), _learns(viewer), _is_free(file_id))),
    ]
    if viewer.reviews_content:
        allowed.append(true())
    row = session.execute(
        select(
            UploadedFile.id,
            UploadedFile.original_filename,
            func.coalesce(UploadedFile.mime_type, "application/octet-stream").label("mime_type"),
            UploadedFile.file_size,
            UploadedFile.content_hash,
            UploadedFile.storage_path,
        )
        .outerjoin(Course, Course.id == UploadedFile.course_id)
        .where(UploadedFile.id == file_id, or_(*allowed))
    ).one_or_none()
    if row is None:
        return None
    return ReadableFile(
        id=row.id,
        name=row.original_filename.rpartition("/")[2],
        mime_type=row.mime_type,
        size=row.file_size,
        content_hash=row.content_hash,
        storage_path=row.storage_path,
    )


def may_watch(session: Session, viewer: Viewer, video_id: UUID, name: str) -> ReadableFile | None:
    """A file of a video's stream, if the viewer may watch it; None also when there is none. One query."""
    row = session.execute(
        select(
            VideoFile.id,
            VideoFile.name,
            VideoFile.mime_type,
            VideoFile.file_size,
            VideoFile.content_hash,
            VideoFile.storage_path,
        )
        .join(Video, Video.id == VideoFile.video_id)
        .join(Lesson, Lesson.id == Video.lesson_id)
        .join(Module, Module.id == Lesson.module_id)
        .join(Course, Course.id == Module.course_id)
        .where(VideoFile.video_id == video_id, VideoFile.name == name, sees_lesson(viewer))
    ).one_or_none()
    return ReadableFile(*row) if row else None


def captions_for(session: Session, viewer: Viewer, video_id: UUID, language: str) -> str | None:
    """Captions of a video as WebVTT, if the viewer may watch it; None also when there are none. One query."""
    return session.scalar(
        select(VideoCaption.vtt)
        .join(Video, Video.id == VideoCaption.video_id)
        .join(Lesson, Lesson.id == Video.lesson_id)
        .join(Module, Module.id == Lesson.module_id)
        .join(Course, Course.id == Module.course_id)
        .where(VideoCaption.video_id == video_id, VideoCaption.language == language, sees_lesson(viewer))
    )


def sees_lesson(viewer: Viewer) -> ColumnElement[bool]:
    """Whether the viewer may open a lesson: teaches it, learns in its course, or it is free."""
    if viewer.reviews_content:
        return true()
    is_open = and_(Lesson.is_published, Module.is_published)
    is_free = and_(Lesson.is_free, Course.status == CourseStatus.PUBLISHED)
    return and_(
        Course.deleted_at.is_(None),
        or_(is_taught_by(viewer), and_(is_open, or_(is_free, _learns(viewer, Course.id)))),
    )


def _learns(viewer: Viewer, course_id: Any = UploadedFile.course_id) -> ColumnElement[bool]:
    return (
        select(literal(1))
        .where(
            Enrollment.course_id == course_id,
            Enrollment.user_id == viewer.id,
            Enrollment.status.in_(IN_COURSE),
            or_(Enrollment.expires_at.is_(None), Enrollment.expires_at > func.now()),
        )
        .exists()
    )


def _is_free(file_id: UUID) -> ColumnElement[bool]:
    """Whether a free lesson of the published course shows the file: anyone signed in may look at those."""
    return and_(
        Course.status == CourseStatus.PUBLISHED,
        select(literal(1))
        .select_from(Lesson)
        .join(Module, Module.id == Lesson.module_id)
        .where(
            Module.course_id == UploadedFile.course_id,
            Module.is_published,
            Lesson.is_published,
            Lesson.is_free,
            cast(Lesson.content, Text).contains(f"/media/{file_id}/"),
        )
        .exists(),
    )
