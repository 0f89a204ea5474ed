"""Files of courses: who may read them, in which parts, and as what."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import update

from learncraft.accounts.models import User, UserRole
from learncraft.courses import files
from learncraft.courses.media_models import UploadedFile
from learncraft.courses.models import Course, CourseStatus, Lesson
from learncraft.enrollment.models import EnrollmentStatus
from tests.factories import make_course, make_enrollment
from tests.web.conftest import Browser, Site

BYTES = bytes(range(256)) * 40


class Library:
    """A course with one file, and the people around it."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.teacher = site.person("teacher@example.org", role=UserRole.INSTRUCTOR)
        with site.database.transaction() as session:
            made = make_course(session, instructor=session.get_one(User, self.teacher.id))
            self.course_id, self.lesson_id = made.id, made.lessons[0].id
        self.file = self.add()

    def add(
        self, name: str = "static/pic one.png", mime: str = "image/png", data: bytes = BYTES, **more: Any
    ) -> UploadedFile:
        values = {"uploader_id": self.teacher.id, "course_id": self.course_id, "is_public": False} | more
        with self.site.database.transaction() as session:
            folder = self.site.settings.files_dir
            return files.store(session, folder, name=name, source=io.BytesIO(data), mime_type=mime, **values)

    def change(self, model: type, key: UUID, **values: Any) -> None:
        with self.site.database.transaction() as session:
            session.execute(update(model).where(model.id == key).values(**values))  # type: ignore[attr-defined]

    def visitor(
        self, address: str, role: UserRole = UserRole.LEARNER, place: EnrollmentStatus | None = None, **more: Any
    ) -> Browser:
        if address != self.teacher.email:
            person = self.site.person(address, role=role)
            if place is not None:
                with self.site.database.transaction() as session:
                    course, user = session.get_one(Course, self.course_id), session.get_one(User, person.id)
                    done = {"completed_at": datetime.now(UTC)} if place is EnrollmentStatus.COMPLETED else {}
                    make_enrollment(session, course, user, status=place, **done, **more)
        browser = self.site.browser()
        browser.sign_in(address)
        return browser


@pytest.fixture
def library(site: Site) -> Library:
    return Library(site)


@pytest.mark.parametrize(
    ("address", "role", "place", "code"),
    [
        ("teacher@example.org", UserRole.INSTRUCTOR, None, 200),
        ("colleague@example.org", UserRole.INSTRUCTOR, None, 404),
        ("content@example.org", UserRole.CONTENT_ADMIN, None, 200),
        ("system@example.org", UserRole.SYSTEM_ADMIN, None, 200),
        ("stranger@example.org", UserRole.LEARNER, None, 404),
        ("learner@example.org", UserRole.LEARNER, EnrollmentStatus.ACTIVE, 200),
        ("done@example.org", UserRole.LEARNER, EnrollmentStatus.COMPLETED, 200),
        ("gone@example.org", UserRole.LEARNER, EnrollmentStatus.DROPPED, 404),
        ("over@example.org", UserRole.LEARNER, EnrollmentStatus.EXPIRED, 404),
        ("never@example.org", UserRole.LEARNER, EnrollmentStatus.CANCELLED, 404),
    ],
)
def test_a_file_is_for_those_of_its_course(
    library: Library, address: str, role: UserRole, place: EnrollmentStatus | None, code: int
) -> None:
    answer = library.visitor(address, role, place).client.get(library.file.file_url)
    assert answer.status_code == code
    assert (answer.content == BYTES) == (code == 200)


def test_without_signing_in_there_is_no_file(library: Library) -> None:
    assert library.site.browser().client.get(library.file.file_url).status_code == 401


def test_a_place_that_ran_out_opens_nothing(library: Library) -> None:
    over = {"expires_at": datetime.now(UTC) - timedelta(seconds=1)}
    browser = library.visitor("late@example.org", place=EnrollmentStatus.ACTIVE, **over)
    assert browser.client.get(library.file.file_url).status_code == 404


def test_files_of_free_lessons_and_public_ones_are_for_anyone_signed_in(library: Library) -> None:
    browser = library.visitor("stranger@example.org")
    cover = library.add("cover.png", is_public=True)
    assert browser.client.get(cover.file_url).status_code == 200
    shown = {"version": 1, "blocks": [{"id": "a", "type": "html", "html": f'<img src="{library.file.file_url}">'}]}
    library.change(Lesson, library.lesson_id, content=shown)
    assert browser.client.get(library.file.file_url).status_code == 404
    library.change(Lesson, library.lesson_id, is_free=True)
    assert browser.client.get(library.file.file_url).status_code == 200
    library.change(Course, library.course_id, status=CourseStatus.DRAFT)
    assert browser.client.get(library.file.file_url).status_code == 404


def test_a_file_outside_courses_is_its_owners(library: Library) -> None:
    own = library.add(course_id=None)
    assert library.visitor("teacher@example.org").client.get(own.file_url).status_code == 200
    assert (
        library.visitor("learner@example.org", place=EnrollmentStatus.ACTIVE).client.get(own.file_url).status_code
        == 404
    )


def test_parts_and_unchanged_copies_are_served_as_browsers_ask(library: Library) -> None:
    client = library.visitor("teacher@example.org").client
    whole = client.get(library.file.file_url)
    assert whole.headers["etag"] == f'"{library.file.content_hash}"'
    assert whole.headers["cache-control"].startswith("private")
    part = client.get(library.file.file_url, headers={"range": "bytes=100-199"})
    assert (part.status_code, part.content) == (206, BYTES[100:200])
    assert part.headers["content-range"] == f"bytes 100-199/{len(BYTES)}"
    assert client.get(library.file.file_url, headers={"range": "bytes=99999-"}).status_code == 416
    same = client.get(library.file.file_url, headers={"if-none-match": whole.headers["etag"]})
    assert (same.status_code, same.content) == (304, b"")


@pytest.mark.parametrize(
    ("mime", "kind", "served"),
    [
        ("image/svg+xml", "inline", "image/svg+xml"),
        ("application/pdf", "inline", "application/pdf"),
        ("video/mp4", "inline", "video/mp4"),
        ("text/vtt", "attachment", "text/vtt"),
        ("text/html", "attachment", "application/octet-stream"),
        ("application/javascript", "attachment", "application/octet-stream"),
    ],
)
def test_nothing_that_runs_is_served_as_what_it_is(library: Library, mime: str, kind: str, served: str) -> None:
    stored = library.add(f"odd {kind}", mime)
    headers = library.visitor("teacher@example.org").client.get(stored.file_url).headers
    assert headers["content-disposition"].startswith(kind)
    assert headers["content-type"].partition(";")[0] == served
    assert headers["x-content-type-options"] == "nosniff"
    assert ("sandbox" in headers["content-security-policy"]) == (mime != "application/pdf")


def test_what_is_not_there_and_what_lost_its_bytes_is_404(library: Library) -> None:
    client = library.visitor("teacher@example.org").client
    assert client.get(f"/media/{uuid4()}/x.png").status_code == 404
    assert client.get(f"/media/{library.file.id}/../../etc/passwd").status_code in {200, 404}
    files.path_of(library.site.settings.files_dir, library.file.storage_path).unlink()
    assert client.get(library.file.file_url).status_code == 404
