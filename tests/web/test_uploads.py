"""Uploads in pieces: what is lost on the way, who may, and what is refused."""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor
from itertools import zip_longest
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text

from learncraft.accounts.models import User, UserRole
from learncraft.courses import files, uploading
from learncraft.courses.media_models import Upload, UploadedFile, Video
from learncraft.supervisor.locks import FileLock
from tests.factories import make_course
from tests.web.conftest import Browser, Site

OURS = {"x-learncraft-file": "1"}
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 50
MP4 = b"\x00\x00\x00\x20ftypisom" + bytes(range(256)) * 50


class Room:
    """A course, its teacher, and a file that the teacher sends."""

    def __init__(self, site: Site) -> None:
        self.site = site
        teacher = site.person("teacher@example.org", role=UserRole.INSTRUCTOR)
        with site.database.transaction() as session:
            made = make_course(session, instructor=session.get_one(User, teacher.id))
            self.course_id, self.lesson_id = made.id, made.lessons[0].id
        self.teacher = site.browser()
        self.teacher.sign_in("teacher@example.org")

    def begin(self, name: str = "a.png", data: bytes = PNG, browser: Browser | None = None, **more: Any) -> Any:
        message = {"course": str(self.course_id), "name": name, "size": len(data), "fingerprint": "f"} | more
        return (browser or self.teacher).client.post("/uploads", json=message, headers=OURS)

    def send(self, upload: str, data: bytes, offset: int, browser: Browser | None = None) -> Any:
        headers = OURS | {"upload-offset": str(offset)}
        return (browser or self.teacher).client.patch(f"/uploads/{upload}", content=data, headers=headers)

    def rows(self) -> list[UploadedFile]:
        with self.site.database.reading() as session:
            return list(session.scalars(select(UploadedFile)))

    def drafts(self) -> list[str]:
        return [path.name for path in files.drafts_of(self.site.settings.files_dir).iterdir()]


@pytest.fixture
def room(site: Site) -> Room:
    return Room(site)


def test_pieces_become_the_file_that_they_were_and_are_served(room: Room) -> None:
    upload = room.begin().json()["id"]
    assert room.send(upload, PNG[:5000], 0).json()["received"] == 5000
    done = room.send(upload, PNG[5000:], 5000).json()
    assert (done["state"], done["received"]) == ("kept", len(PNG))
    [row] = room.rows()
    assert (row.content_hash, row.mime_type) == (hashlib.sha256(PNG).hexdigest(), "image/png")
    assert room.teacher.client.get(row.file_url).content == PNG
    assert room.drafts() == []
    assert room.send(upload, b"", len(PNG)).json()["state"] == "kept"  # the answer was lost, and asked for again


def test_an_upload_goes_on_where_it_was_after_a_lost_line_and_a_killed_server(room: Room) -> None:
    upload = room.begin().json()["id"]
    room.send(upload, PNG[:5000], 0)
    draft = uploading.draft_of(room.site.settings.files_dir, UUID(upload))
    with draft.open("ab") as out:  # what a killed server had written, but not yet written down
        out.write(b"half a piece")
    again = room.begin().json()
    assert (again["id"], again["received"]) == (upload, 5000)
    other = FileLock(draft)  # another request is at it
    assert other.try_alone() and room.send(upload, PNG[5000:], 5000).status_code == 423
    other.release()
    early = room.send(upload, PNG[4000:], 4000)
    assert (early.status_code, early.json()["received"]) == (409, 5000)
    assert room.send(upload, PNG[5000:], 5000).json()["state"] == "kept"
    assert room.rows()[0].content_hash == hashlib.sha256(PNG).hexdigest()


def test_a_server_that_lost_the_draft_asks_for_it_from_the_start(room: Room) -> None:
    upload = room.begin().json()["id"]
    room.send(upload, PNG[:5000], 0)
    uploading.draft_of(room.site.settings.files_dir, UUID(upload)).unlink()
    assert room.teacher.client.get(f"/uploads/{upload}").json()["received"] == 0
    assert room.send(upload, PNG[5000:], 5000).json()["received"] == 0
    assert room.send(upload, PNG, 0).json()["state"] == "kept"


def test_what_a_course_cannot_hold_is_refused_before_it_is_sent(make_site: Any) -> None:
    room = Room(make_site(upload_megabytes=1))
    for name, data, words in (
        ("virus.exe", b"MZ", "can't be uploaded"),
        ("noending", b"x", "without an ending"),
        ("empty.png", b"", "empty"),
        ("big.png", b"x" * (2 * 1024**2), "1 MB is the most"),
        ("../../etc/passwd", b"x", "without an ending"),
    ):
        refused = room.begin(name, data)
        assert refused.status_code == 422, name
        assert words in refused.json()["words"]


def test_a_file_that_is_not_what_its_name_says_is_refused_by_its_first_bytes(room: Room) -> None:
    for name, data, words in (
        ("photo.png", b"MZ" + b"\0" * 5000, "it is a Windows program"),
        ("film.mp4", b"<html>not a film</html>" * 300, "it is plain text"),
        ("notes.txt", b"\x7fELF" + b"\0" * 100, "it is a Linux program"),
        ("notes.txt", b"ab\0\1\2", "it is something else"),
    ):
        upload = room.begin(name, data).json()["id"]
        refused = room.send(upload, data[:4500], 0)
        assert refused.status_code == 422
        assert words in refused.json()["words"]
        assert room.teacher.client.get(f"/uploads/{upload}").status_code == 404
        assert (room.rows(), room.drafts()) == ([], [])


@pytest.mark.parametrize(
    ("name", "data", "shown"),
    [
        ("drawing.svg", b'<svg xmlns="http://www.w3.org/2000/svg" onload="x()"><script>x()</script></svg>', True),
        ("page.html", b"<!doctype html><script>x()</script><img src=x onerror=x()>", False),
    ],
)
def test_a_script_in_a_picture_or_a_page_is_kept_as_it_came_and_never_runs(
    room: Room, name: str, data: bytes, shown: bool
) -> None:
    assert room.send(room.begin(name, data).json()["id"], data, 0).json()["state"] == "kept"
    [row] = room.rows()
    answer = room.teacher.client.get(row.file_url)
    assert answer.content == data
    # Without allow-scripts a sandbox runs nothing, and without allow-same-origin it is nobody here.
    policy = answer.headers["content-security-policy"].split("; ")
    assert "default-src 'none'" in policy and "sandbox" in policy
    assert answer.headers["content-disposition"].startswith("inline" if shown else "attachment")
    assert (answer.headers["content-type"] == "image/svg+xml") == shown


def test_more_bytes_than_were_promised_are_not_taken(room: Room) -> None:
    upload = room.begin(data=PNG[:6000]).json()["id"]
    assert room.send(upload, PNG, 0).status_code == 422
    assert room.rows() == []


def test_an_upload_is_its_owners_and_a_course_its_teachers(room: Room) -> None:
    upload = room.begin().json()["id"]
    for address, role in (("other@example.org", UserRole.INSTRUCTOR), ("learner@example.org", UserRole.LEARNER)):
        room.site.person(address, role=role)
        other = room.site.browser()
        other.sign_in(address)
        assert room.begin(browser=other).status_code == 404
        assert room.send(upload, PNG, 0, browser=other).status_code == 404
        assert other.client.get(f"/uploads/{upload}").status_code == 404
        assert other.client.delete(f"/uploads/{upload}", headers=OURS).status_code == 404
    stranger = room.site.browser()
    assert room.send(upload, PNG, 0, browser=stranger).status_code == 401
    headers = {"upload-offset": "0"}  # a form of another site can't send our header
    assert room.teacher.client.patch(f"/uploads/{upload}", content=PNG, headers=headers).status_code == 422
    headers = OURS | {"upload-offset": "0", "origin": "https://elsewhere.example"}
    assert room.teacher.client.patch(f"/uploads/{upload}", content=PNG, headers=headers).status_code == 403


def test_the_same_name_twice_is_two_files_and_a_replaced_one_keeps_its_address(room: Room) -> None:
    first = room.send(room.begin().json()["id"], PNG, 0).json()["file"]
    other = PNG + b"changed"
    second = room.send(room.begin(data=other, fingerprint="g").json()["id"], other, 0).json()["file"]
    assert {row.filename for row in room.rows()} == {"a.png", "a 2.png"}
    names = [room.begin(data=PNG, fingerprint=str(one)).json()["id"] for one in range(2)]
    with ThreadPoolExecutor() as threads:  # which end at the same moment
        done = list(threads.map(lambda upload: room.send(upload, PNG, 0).json()["state"], names))
    assert done == ["kept", "kept"]
    assert {row.filename for row in room.rows()} == {"a.png", "a 2.png", "a 3.png", "a 4.png"}
    newest = PNG + b"newest"
    begun = room.begin("b.png", newest, replaces=first).json()["id"]
    assert room.send(begun, newest, 0).json()["file"] == first
    assert room.teacher.client.get(f"/media/{first}/a.png").content == newest
    assert room.teacher.client.get(f"/media/{second}/a.png").content == other
    film = room.begin("film.mp4", MP4, replaces=first)
    assert film.status_code == 422 and "same kind" in film.json()["words"]


def test_a_film_of_a_lesson_is_a_video_that_waits_for_its_stream(room: Room) -> None:
    begun = room.begin("My film.mp4", MP4, lesson=str(room.lesson_id)).json()
    with room.site.database.reading() as session:
        video = session.get_one(Video, UUID(begun["video"]))
        assert (video.title, video.status) == ("My film", "uploading")
    room.send(begun["id"], MP4, 0)
    with room.site.database.reading() as session:
        assert session.get_one(Video, UUID(begun["video"])).status == "processing"
        jobs = session.execute(text("SELECT args FROM procrastinate_jobs WHERE task_name = 'make_stream'")).scalars()
        assert [one["video_id"] for one in jobs] == [begun["video"]]
    assert room.begin("x.mp4", MP4, lesson=str(uuid4())).status_code == 404

    # Copies of a lesson show the same film: when it is replaced, each of them gets the new one.
    with room.site.database.transaction() as session:
        video = session.get_one(Video, UUID(begun["video"]))
        film, copied = video.file_id, Video(id=uuid4(), lesson_id=room.lesson_id, title="Copy", file_id=video.file_id)
        session.add(copied)
        session.execute(text("DELETE FROM procrastinate_jobs"))
    newest = room.begin("Newest.mp4", MP4 + b"newest", replaces=str(film)).json()
    room.send(newest["id"], MP4 + b"newest", 0)
    with room.site.database.reading() as session:
        jobs = session.execute(text("SELECT args FROM procrastinate_jobs WHERE task_name = 'make_stream'")).scalars()
        assert {one["video_id"] for one in jobs} == {begun["video"], str(copied.id)}


def test_an_upload_that_is_given_up_leaves_nothing(room: Room) -> None:
    begun = room.begin("film.mp4", MP4, lesson=str(room.lesson_id)).json()
    room.send(begun["id"], MP4[:5000], 0)
    assert room.teacher.client.delete(f"/uploads/{begun['id']}", headers=OURS).status_code == 200
    with room.site.database.reading() as session:
        assert session.get(Video, UUID(begun["video"])) is None
    assert room.drafts() == []


def test_uploads_that_nobody_went_on_with_are_forgotten(room: Room) -> None:
    upload = room.begin().json()["id"]
    room.send(upload, PNG[:5000], 0)
    with room.site.database.transaction() as session:
        session.execute(text("ALTER TABLE uploads DISABLE TRIGGER touch_updated_at"))
        session.execute(text("UPDATE uploads SET updated_at = now() - interval '8 days'"))
        assert uploading.forget_old(session, room.site.settings.files_dir) == 1
        assert session.scalar(select(Upload.id)) is None


@settings(
    max_examples=6, deadline=None, phases=[Phase.generate], suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(cuts=st.lists(st.integers(0, len(PNG)), max_size=6), sizes=st.lists(st.integers(0, 6000), max_size=12))
def test_whatever_pieces_come_in_whatever_order_the_file_is_the_one_that_was_sent(
    room: Room, cuts: list[int], sizes: list[int]
) -> None:
    """Pieces from wrong places, empty ones and repeated ones: none is taken that isn't the next one."""
    data = PNG + uuid4().bytes
    upload = room.begin(data=data, fingerprint=uuid4().hex).json()["id"]
    received = 0
    for wrong, size in zip_longest(cuts, sizes, fillvalue=100):
        if received == len(data):
            break
        if wrong != received:
            answer = room.send(upload, data[wrong : wrong + size], wrong)
            assert (answer.status_code, answer.json()["received"]) == (409, received)
        received = room.send(upload, data[received : received + size], received).json()["received"]
    done = room.send(upload, data[received:], received).json()
    assert (done["state"], room.teacher.client.get(f"/media/{done['file']}/a.png").content) == ("kept", data)
