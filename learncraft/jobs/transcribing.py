"""Captions of videos that have none, where an endpoint for it is set."""

from __future__ import annotations

import tempfile
from pathlib import Path
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from learncraft.courses import files, film, transcribing, videos
from learncraft.courses.captions import Cue
from learncraft.courses.media_models import CaptionOrigin, UploadedFile, Video, VideoCaption
from learncraft.courses.models import Course, Lesson, Module
from learncraft.jobs.work import Job, does


@does("transcribe_video")
def transcribe_video(job: Job, video_id: str) -> None:
    """Write captions in the course's language, unless somebody has uploaded some meanwhile."""
    with job.database.reading() as session:
        wanted = _wanted(session, UUID(video_id))
    if wanted is None or not job.settings.transcription_url:
        return
    path, language = files.path_of(job.settings.files_dir, wanted[0]), wanted[1]
    made = film.look(path)
    if not made.has_sound:
        return
    cues = list[Cue]()
    with tempfile.TemporaryDirectory(dir=files.drafts_of(job.settings.files_dir), prefix="sound-") as folder:
        for start, seconds in transcribing.stretches(made.seconds):
            sound = film.write_sound(
                path, Path(folder), start=start, seconds=seconds, is_wanted=lambda: not job.asked_to_end()
            )
            cues += transcribing.transcribe(job.settings, sound, language=language, start=start)
            job.say(round(start + seconds), round(made.seconds), "seconds heard")
    with job.database.transaction() as session:
        video = session.get(Video, UUID(video_id))
        if cues and video is not None and _wanted(session, UUID(video_id)) is not None:
            videos.keep_captions(session, video, language=language, cues=cues, origin=CaptionOrigin.TRANSCRIBED)


def _wanted(session: Session, video_id: UUID) -> tuple[str, str] | None:
    """Where the film is, and the course's language; None where it has captions in that language."""
    row = session.execute(
        select(UploadedFile.storage_path, Course.language)
        .join(Video, Video.file_id == UploadedFile.id)
        .join(Lesson, Lesson.id == Video.lesson_id)
        .join(Module, Module.id == Lesson.module_id)
        .join(Course, Course.id == Module.course_id)
        .where(
            Video.id == video_id,
            ~select(VideoCaption.id)
            .where(VideoCaption.video_id == Video.id, VideoCaption.language == Course.language)
            .exists(),
        )
    ).one_or_none()
    return (row[0], row[1]) if row else None
