"""Files on their way into a course: begun, fed piece by piece, and finished, whatever is lost on the way.

The bytes lie in the drafts of the file store under the upload's name. How many of them count is in the row, written
after they are on the disk; so a kill at any moment loses at most the piece that was under way.
"""

from __future__ import annotations

import shutil
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from sqlalchemy import delete, func, select, text, update
from sqlalchemy.orm import Session

from learncraft import background
from learncraft.accounts.viewer import Viewer
from learncraft.courses import file_types, files
from learncraft.courses.errors import (
    CourseFileNotFoundError,
    CourseNotFoundError,
    UploadNotFoundError,
)
from learncraft.courses.file_types import WrongFileError
from learncraft.courses.media_models import Upload, UploadedFile, Video, VideoStatus
from learncraft.courses.models import Lesson, Module
from learncraft.courses.teaching import teaches
from learncraft.db import new_id
from learncraft.errors import InvalidInputError

MOST_OPEN = 50  # of one person
GIVEN_UP_AFTER = timedelta(days=7)
_MB = 1024**2


@dataclass(frozen=True, slots=True)
class Arriving:
    """An upload as its browser needs to know it."""

    id: UUID
    course_id: UUID
    filename: str
    fingerprint: str
    size: int
    received: int
    video_id: UUID | None
    file_id: UUID | None

    @property
    def is_finished(self) -> bool:
        """Whether it has become a file."""
        return self.file_id is not None


def begin(
    session: Session,
    viewer: Viewer,
    files_dir: Path,
    *,
    course_id: UUID,
    filename: str,
    size: int,
    fingerprint: str,
    most_bytes: int,
    lesson_id: UUID | None = None,
    replaces_id: UUID | None = None,
) -> Arriving:
    """Open an upload, or find the one that this file began earlier. A film with a lesson becomes a video of it.

    Raises:
        CourseNotFoundError: the course isn't the viewer's.
        CourseFileNotFoundError: there is no such lesson in it, or no such file to replace.
        WrongFileError: a course holds no such files, or none as large.
    """
    check_taught(session, viewer, course_id)
    _check_size(files_dir, size, most_bytes)
    file_types.mime_type_of(filename)
    open_ones = select(Upload).where(Upload.user_id == viewer.id, Upload.finished_at.is_(None))
    same = session.scalars(
        open_ones.where(
            Upload.course_id == course_id,
            Upload.filename == filename,
            Upload.size == size,
            Upload.fingerprint == fingerprint,
            Upload.replaces_id.is_not_distinct_from(replaces_id),
        ).order_by(Upload.created_at.desc())
    ).first()
    if same is not None:
        return _arriving(same)
    if (session.scalar(select(func.count()).select_from(open_ones.subquery())) or 0) >= MOST_OPEN:
        raise InvalidInputError(
            "You have {count} uploads under way. Finish or give up some of them first.", count=MOST_OPEN
        )
    upload = Upload(
        id=new_id(),
        user_id=viewer.id,
        course_id=course_id,
        filename=filename,
        fingerprint=fingerprint,
        size=size,
        received=0,
        replaces_id=replaces_id,
    )
    if replaces_id is not None:
        upload.video_id = _replaced_video(session, course_id, replaces_id, filename)
    elif lesson_id is not None and file_types.is_video(filename):
        upload.video_id = _new_video(session, course_id, lesson_id, filename, size)
    session.add(upload)
    session.flush()
    return _arriving(upload)


def find(session: Session, viewer: Viewer, upload_id: UUID) -> Arriving:
    """The viewer's upload.

    Raises:
        UploadNotFoundError: there is none.
    """
    upload = session.scalar(select(Upload).where(Upload.id == upload_id, Upload.user_id == viewer.id))
    if upload is None:
        raise UploadNotFoundError
    return _arriving(upload)


def note_received(session: Session, viewer: Viewer, upload_id: UUID, received: int) -> None:
    """Say how much of an upload is on the disk.

    Raises:
        UploadNotFoundError: it was given up or finished meanwhile.
    """
    changed = session.execute(
        update(Upload)
        .where(Upload.id == upload_id, Upload.user_id == viewer.id, Upload.finished_at.is_(None))
        .values(received=received, updated_at=func.now())
        .returning(Upload.id)
    ).first()
    if changed is None:
        raise UploadNotFoundError


def finish(session: Session, viewer: Viewer, files_dir: Path, upload_id: UUID) -> Arriving:
    """Make a whole upload a file of its course, and ask for the stream of a video. Safe to repeat.

    Raises:
        UploadNotFoundError: it was given up meanwhile.
        CourseNotFoundError: the course is no longer the viewer's.
        FileStoreError: the disk is full or can't be written.
    """
    upload = session.scalar(select(Upload).where(Upload.id == upload_id, Upload.user_id == viewer.id).with_for_update())
    if upload is None:
        raise UploadNotFoundError
    if upload.finished_at is not None:
        return _arriving(upload)
    check_taught(session, viewer, upload.course_id)  # it may have been handed over meanwhile
    old = session.scalar(select(UploadedFile.content_hash).where(UploadedFile.id == upload.replaces_id))
    kept = files.store(
        session,
        files_dir,
        uploader_id=viewer.id,
        course_id=upload.course_id,
        name=_name_in_course(session, upload),
        source=draft_of(files_dir, upload_id),
        mime_type=file_types.mime_type_of(upload.filename),
        is_draft=True,
    )
    upload.file_id, upload.finished_at, upload.received = kept.id, func.now(), upload.size
    if old is not None and old != kept.content_hash:
        background.defer(session, "forget_bytes", hashes=[old])
    if upload.video_id is not None:
        # Copies of a lesson show the same film, so each of them gets the new one.
        same = session.scalars(select(Video.id).where(Video.file_id == kept.id)) if upload.replaces_id else ()
        for video_id in {upload.video_id, *same}:
            ask_for_stream(session, video_id, file_id=kept.id, size=upload.size)
    session.flush()
    session.refresh(upload)
    return _arriving(upload)


def ask_for_stream(session: Session, video_id: UUID, *, file_id: UUID, size: int) -> None:
    """Have a video's stream made of a file."""
    session.execute(
        update(Video)
        .where(Video.id == video_id)
        .values(status=VideoStatus.PROCESSING, progress=0, failure=None, file_id=file_id, file_size_bytes=size)
    )
    background.defer(session, "make_stream", video_id=str(video_id), file_id=str(file_id))


def give_up(session: Session, viewer: Viewer, upload_id: UUID) -> None:
    """Forget an upload, and the video that was to come of it. The draft is removed by the caller afterwards.

    Raises:
        UploadNotFoundError: there is none.
    """
    upload = session.scalar(
        select(Upload)
        .where(Upload.id == upload_id, Upload.user_id == viewer.id, Upload.finished_at.is_(None))
        .with_for_update()
    )
    if upload is None:
        raise UploadNotFoundError
    _forget(session, upload)


def forget_old(session: Session, files_dir: Path) -> int:
    """Forget uploads that nobody went on with, and drafts that belong to none. Returns how many uploads."""
    old = session.scalars(
        select(Upload)
        .where(Upload.finished_at.is_(None), Upload.updated_at < func.now() - GIVEN_UP_AFTER)
        .with_for_update(skip_locked=True)
    ).all()
    for upload in old:
        _forget(session, upload)
    session.execute(delete(Upload).where(Upload.finished_at < func.now() - GIVEN_UP_AFTER))
    still_open = {str(one) for one in session.scalars(select(Upload.id).where(Upload.finished_at.is_(None)))}
    now = session.scalar(select(func.extract("epoch", func.now())))
    assert now is not None
    for draft in files.drafts_of(files_dir).glob("upload-*"):
        with suppress(OSError):
            is_old = draft.stat().st_mtime < float(now) - GIVEN_UP_AFTER.total_seconds()
            if is_old and draft.name.removeprefix("upload-") not in still_open:
                draft.unlink()
    return len(old)


def draft_of(files_dir: Path, upload_id: UUID) -> Path:
    """Where the bytes of an upload lie."""
    return files.drafts_of(files_dir) / f"upload-{upload_id}"


def check_taught(session: Session, viewer: Viewer, course_id: UUID) -> None:
    """Let those pass who may change a course.

    Raises:
        CourseNotFoundError: it isn't the viewer's.
    """
    if not teaches(session, viewer, course_id):
        raise CourseNotFoundError


def _check_size(files_dir: Path, size: int, most_bytes: int) -> None:
    if size <= 0:
        raise WrongFileError("The file is empty. Choose it again when there is something in it.")
    if size > most_bytes:
        raise WrongFileError(
            "The file has {size} MB; {most} MB is the most. Save a film in a smaller size, or cut it into parts.",
            size=f"{size / _MB:.0f}",
            most=f"{most_bytes / _MB:.0f}",
        )
    if shutil.disk_usage(files.drafts_of(files_dir)).free < size:
        raise files.FileStoreError("The server's disk has no room for this file. Ask its administrator to make some.")


def _new_video(session: Session, course_id: UUID, lesson_id: UUID, filename: str, size: int) -> UUID:
    in_course = (
        select(Lesson.id)
        .join(Module, Module.id == Lesson.module_id)
        .where(Lesson.id == lesson_id, Module.course_id == course_id)
    )
    if session.scalar(in_course) is None:
        raise CourseFileNotFoundError
    video = Video(
        id=new_id(),
        lesson_id=lesson_id,
        title=Path(filename).stem[:255],
        original_filename=filename,
        file_size_bytes=size,
        status=VideoStatus.UPLOADING,
    )
    session.add(video)
    session.flush()
    return video.id


def _replaced_video(session: Session, course_id: UUID, replaces_id: UUID, filename: str) -> UUID | None:
    """The video whose file is replaced; None for other files."""
    old = session.scalar(
        select(UploadedFile).where(UploadedFile.id == replaces_id, UploadedFile.course_id == course_id)
    )
    if old is None:
        raise CourseFileNotFoundError
    was_video = (old.mime_type or "").startswith("video/")
    if was_video != file_types.is_video(filename) or (
        not was_video and (old.mime_type or "").partition("/")[0] != file_types.mime_type_of(filename).partition("/")[0]
    ):
        raise WrongFileError("A file is replaced by one of the same kind: a film by a film, a picture by a picture.")
    return session.scalar(select(Video.id).where(Video.file_id == replaces_id).limit(1))


def _name_in_course(session: Session, upload: Upload) -> str:
    """The name that the course has for the file: that of the one it replaces, else its own, made unique."""
    if upload.replaces_id is not None:
        replaced = session.scalar(select(UploadedFile.filename).where(UploadedFile.id == upload.replaces_id))
        if replaced is not None:
            return replaced
    # Two files of one name that end at the same moment take turns, so that neither takes the other's place.
    session.execute(
        text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))"), {"key": f"names {upload.course_id}"}
    )
    taken = set(
        session.scalars(
            select(UploadedFile.filename).where(
                UploadedFile.course_id == upload.course_id,
                UploadedFile.filename.startswith(Path(upload.filename).stem, autoescape=True),
            )
        )
    )
    path, number = Path(upload.filename), 2
    name = upload.filename
    while name in taken:
        name, number = f"{path.stem} {number}{path.suffix}", number + 1
    return name


def _forget(session: Session, upload: Upload) -> None:
    session.delete(upload)
    session.flush()
    if upload.video_id is not None:
        # A video that never had a file was only a place for one.
        session.execute(
            delete(Video).where(
                Video.id == upload.video_id, Video.status == VideoStatus.UPLOADING, Video.file_id.is_(None)
            )
        )


def _arriving(upload: Upload) -> Arriving:
    return Arriving(
        upload.id,
        upload.course_id,
        upload.filename,
        upload.fingerprint,
        upload.size,
        upload.received,
        upload.video_id,
        upload.file_id,
    )
