"""Streams of videos: who may watch, in which pieces, and captions beside them."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta
from uuid import UUID

from learncraft.accounts.models import User, UserRole
from learncraft.accounts.viewer import Viewer
from learncraft.courses import files, videos
from learncraft.courses.media_models import Video, VideoFile
from learncraft.courses.models import Course, Lesson
from learncraft.db import new_id
from tests.factories import make_course, make_enrollment
from tests.web.conftest import Browser, Site

PIECES = bytes(range(256)) * 20


def make_video(site: Site) -> tuple[UUID, UUID, UUID]:
    """A course, its lesson, and a video whose pieces are in the store."""
    teacher = site.person("teacher@example.org", role=UserRole.INSTRUCTOR)
    with site.database.transaction() as session:
        made = make_course(session, instructor=session.get_one(User, teacher.id))
        video = Video(id=new_id(), lesson_id=made.lessons[0].id, title="Film", status="ready", duration_seconds=60)
        session.add(video)
        session.flush()
        source = site.settings.home / "pieces"
        source.write_bytes(PIECES)
        path, content_hash, size = files.keep(site.settings.files_dir, source)
        session.add(
            VideoFile(
                video_id=video.id,
                name="360p.mp4",
                storage_path=path,
                content_hash=content_hash,
                mime_type="video/mp4",
                file_size=size,
            )
        )
        return made.id, made.lessons[0].id, video.id


def visitor(site: Site, address: str, course_id: UUID, role: UserRole = UserRole.LEARNER, **place: object) -> Browser:
    if address != "teacher@example.org":
        person = site.person(address, role=role)
        if place:
            with site.database.transaction() as session:
                make_enrollment(session, session.get_one(Course, course_id), session.get_one(User, person.id), **place)
    browser = site.browser()
    browser.sign_in(address)
    return browser


def test_a_stream_is_for_those_who_may_watch_in_the_pieces_that_they_ask_for(site: Site) -> None:
    course_id, lesson_id, video_id = make_video(site)
    address = f"/videos/{video_id}/360p.mp4"
    over = datetime.now(UTC) - timedelta(minutes=1)
    stranger = visitor(site, "stranger@example.org", course_id)
    for browser, code in (
        (visitor(site, "teacher@example.org", course_id), 200),
        (visitor(site, "colleague@example.org", course_id, UserRole.INSTRUCTOR), 404),
        (visitor(site, "content@example.org", course_id, UserRole.CONTENT_ADMIN), 200),
        (visitor(site, "learner@example.org", course_id, status="active"), 200),
        (visitor(site, "late@example.org", course_id, status="active", expires_at=over), 404),
        (visitor(site, "gone@example.org", course_id, status="dropped"), 404),
        (stranger, 404),
        (site.browser(), 401),
    ):
        assert browser.client.get(address).status_code == code
    learner = site.browser()
    learner.sign_in("learner@example.org")
    piece = learner.client.get(address, headers={"range": "bytes=100-199"})
    assert (piece.status_code, piece.content) == (206, PIECES[100:200])
    assert "sandbox" in piece.headers["content-security-policy"]
    assert learner.client.get(address, headers={"if-none-match": piece.headers["etag"]}).status_code == 304
    assert learner.client.get(f"/videos/{video_id}/other.mp4").status_code == 404
    with site.database.transaction() as session:
        session.get_one(Lesson, lesson_id).is_free = True
    assert stranger.client.get(address).status_code == 200


def test_captions_are_served_to_the_same_people_and_become_the_transcript(site: Site) -> None:
    course_id, _, video_id = make_video(site)
    teacher = visitor(site, "teacher@example.org", course_id)
    source = io.BytesIO(b"WEBVTT\n\n00:01.000 --> 00:03.000\nHello <b>you</b>\n").getvalue()
    with site.database.transaction() as session:
        user = session.get_one(User, session.get_one(Course, course_id).instructor_id)
        viewer = Viewer(user.id, user.email, "", "", user.role, "en", "light", "UTC", new_id())
        assert videos.add_captions(session, viewer, video_id, language="en", source=source) == 1
        assert session.get_one(Video, video_id).transcript == "[00:01] Hello you"
    address = f"/videos/{video_id}/captions-en.vtt"
    answer = teacher.client.get(address)
    assert answer.headers["content-type"].startswith("text/vtt") and "Hello you" in answer.text
    assert teacher.client.get(f"/videos/{video_id}/captions-de.vtt").status_code == 404
    assert visitor(site, "stranger@example.org", course_id).client.get(address).status_code == 404
