"""Streams of videos, made by the worker: ready, failed in words, cut off by a kill, replaced."""

from __future__ import annotations

import json
import os
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar
from uuid import UUID

import pytest
from procrastinate.exceptions import JobAborted
from sqlalchemy import select, text

from learncraft import background
from learncraft.courses import files, film, uploading
from learncraft.courses.media_models import UploadedFile, Video, VideoCaption, VideoFile, VideoQuality
from learncraft.courses.models import Course
from learncraft.db import Database, new_id
from learncraft.jobs import making_streams, transcribing
from learncraft.jobs.work import Job
from learncraft.settings import Settings
from tests.clips import make_clip
from tests.factories import make_course
from tests.jobs.conftest import wait_for, working


def upload(database: Database, settings: Settings, source: Path, video_id: UUID | None = None) -> tuple[UUID, int]:
    """A video with this file, and the job that makes its stream."""
    with database.transaction() as session:
        if video_id is None:
            made = make_course(session)
            video = Video(id=new_id(), lesson_id=made.lessons[0].id, title="Film")
            session.add(video)
            session.flush()
            video_id, course_id, teacher = video.id, made.id, made.course.instructor_id
        else:
            course_id, teacher = session.execute(select(Course.id, Course.instructor_id)).one()
        file = files.store(
            session,
            settings.files_dir,
            uploader_id=teacher,
            course_id=course_id,
            name=source.name,
            source=source,
            mime_type="video/mp4",
        )
        uploading.ask_for_stream(session, video_id, file_id=file.id, size=file.file_size)
    with database.reading() as session:
        return video_id, session.scalars(text("SELECT max(id) FROM procrastinate_jobs")).one()


def test_a_film_becomes_a_stream_and_a_broken_one_says_why_and_keeps_what_was_there(
    fresh_database: Database, settings: Settings, tmp_path: Path
) -> None:
    video_id, job = upload(fresh_database, settings, make_clip(tmp_path / "a.mp4"))
    broken = tmp_path / "broken.mp4"
    broken.write_bytes((tmp_path / "a.mp4").read_bytes()[:3000])
    with working(fresh_database, settings):
        assert wait_for(fresh_database, job, "COMPLETED", seconds=60).done == 100
        with fresh_database.reading() as session:
            video = session.get_one(Video, video_id)
            assert (video.status, video.progress, video.duration_seconds) == ("ready", 100, 2)
            assert video.hls_url == f"/videos/{video_id}/master.m3u8"
            made = {
                row.name: row.storage_path for row in session.execute(select(VideoFile.name, VideoFile.storage_path))
            }
            assert set(made) == {"master.m3u8", "poster.jpg", "180p.m3u8", "180p.mp4"}
            [quality] = session.scalars(select(VideoQuality))
            assert quality.quality == "180p"
        listing = files.path_of(settings.files_dir, made["master.m3u8"]).read_text()
        assert "RESOLUTION=320x180" in listing and "180p.m3u8" in listing
        assert not list(files.drafts_of(settings.files_dir).iterdir())
        _, job = upload(fresh_database, settings, broken, video_id)
        failed = wait_for(fresh_database, job, "FAILED", seconds=60)
    assert failed.error is not None and "save it again as MP4" in failed.error
    with fresh_database.reading() as session:
        video = session.get_one(Video, video_id)
        assert (video.status, video.failure) == ("failed", failed.error)
        assert video.hls_url is not None and len(session.scalars(select(VideoFile)).all()) == 4


def test_qualities_that_were_made_before_a_kill_are_not_made_again(
    fresh_database: Database, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    video_id, number = upload(fresh_database, settings, make_clip(tmp_path / "a.mp4", size="1280x720", seconds=1))
    with fresh_database.transaction() as session:
        session.execute(text("UPDATE procrastinate_jobs SET status = 'doing' WHERE id = :id"), {"id": number})
        file_id = session.scalars(select(UploadedFile.id)).one()
    made: list[int] = []
    really = film.write_stream

    def counted(source: Path, found: film.Film, quality: int, *more: object, **options: object) -> None:
        made.append(quality)
        really(source, found, quality, *more, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(film, "write_stream", counted)
    first = files.drafts_of(settings.files_dir) / f"stream-{video_id}-{file_id}" / "360p.done"
    killed = Job(number, fresh_database, settings, asked_to_end=first.exists)
    with pytest.raises(JobAborted):
        making_streams.make_stream(killed, str(video_id), str(file_id))
    assert made == [360]
    making_streams.make_stream(Job(number, fresh_database, settings), str(video_id), str(file_id))
    assert made == [360, 720]
    with fresh_database.reading() as session:
        assert session.get_one(Video, video_id).status == "ready"
        assert sorted(session.scalars(select(VideoQuality.quality))) == ["360p", "720p"]


def test_bytes_that_no_row_names_are_removed_and_others_stay(
    fresh_database: Database, settings: Settings, tmp_path: Path
) -> None:
    source = tmp_path / "a.txt"
    source.write_bytes(os.urandom(100))
    with fresh_database.transaction() as session:
        made = make_course(session)
        values = {"uploader_id": made.course.instructor_id, "course_id": made.id, "mime_type": "text/plain"}
        rows = [files.store(session, settings.files_dir, name=name, source=source, **values) for name in "ab"]
        content_hash = rows[0].content_hash
        assert not files.forget_bytes(session, settings.files_dir, content_hash)
        for row in rows:
            session.delete(row)
        session.flush()
        assert files.forget_bytes(session, settings.files_dir, content_hash)
        assert not files.path_of(settings.files_dir, rows[0].storage_path).exists()


class Endpoint(BaseHTTPRequestHandler):
    """A transcription endpoint: it hears the same two sentences in everything."""

    heard: ClassVar[list[bytes]] = []

    def do_POST(self) -> None:
        self.heard.append(self.rfile.read(int(self.headers["content-length"])))
        segments = [{"start": 0, "end": 1.5, "text": " Hello. "}, {"start": 1.5, "end": 2, "text": "Goodbye."}]
        body = json.dumps({"text": "", "language": "en", "duration": 2, "segments": segments}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


def test_a_video_is_captioned_by_the_endpoint_that_is_set(fresh_database: Database, tmp_path: Path) -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Endpoint)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings = Settings(home=tmp_path, transcription_url=f"http://127.0.0.1:{server.server_port}/v1")
    video_id, _ = upload(fresh_database, settings, make_clip(tmp_path / "a.mp4"))
    with fresh_database.transaction() as session:
        job = background.defer(session, "transcribe_video", video_id=str(video_id))
        session.execute(text("UPDATE procrastinate_jobs SET status = 'doing' WHERE id = :id"), {"id": job})
    for _ in range(2):  # captions that are there are not written again
        transcribing.transcribe_video(Job(job, fresh_database, settings), str(video_id))
    server.shutdown()
    server.server_close()
    assert len(Endpoint.heard) == 1 and b'filename="sound-0.mp3"' in Endpoint.heard[0]
    with fresh_database.reading() as session:
        [captions] = session.scalars(select(VideoCaption))
        assert (captions.language, captions.origin) == ("en", "transcribed")
        assert "00:00:01.500 --> 00:00:02.000\nGoodbye." in captions.vtt
        assert session.get_one(Video, video_id).transcript == "[00:00] Hello.\n[00:01] Goodbye."
