"""Courses that come in, and come in again."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import tarfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import func, select, text, update

from learncraft.accounts.models import User, UserRole
from learncraft.assessments.models import Assessment, Question
from learncraft.authoring import drafting, reviewing
from learncraft.authoring.models import CourseDraft
from learncraft.courses.errors import InReviewError
from learncraft.courses.media_models import UploadedFile, Video
from learncraft.courses.models import Course, CourseStatus, Lesson, Module
from learncraft.db import Database
from learncraft.enrollment import service as enrollment
from learncraft.errors import InvalidInputError, NotFoundError
from learncraft.interchange.errors import ImportNeedsReviewError
from learncraft.interchange.service import ImportResult, import_course
from learncraft.settings import Settings
from learncraft.study import decks
from tests.authoring import viewer_of
from tests.factories import make_user
from tests.races import until_somebody_waits

TABLES = (Course, Module, Lesson, Video, Assessment, Question, UploadedFile)
TEACHER = "teacher@example.org"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home")


@pytest.fixture
def database(fresh_database: Database) -> Database:
    with fresh_database.transaction() as session:
        make_user(session, role=UserRole.INSTRUCTOR, email=TEACHER)
    return fresh_database


def counts(database: Database) -> dict[str, int]:
    with database.reading() as session:
        return {table.__tablename__: session.scalar(select(func.count()).select_from(table)) or 0 for table in TABLES}


def olx(path: Path, *, first: str = "The first unit", second: str = "<p>More.</p>") -> Path:
    """A small course of one module with two lessons, the first with a question."""
    problem = (
        '<problem url_name="p1" display_name="Colours"><multiplechoiceresponse><label>Which is the sky?</label>'
        '<choicegroup><choice correct="true">Blue</choice><choice correct="false">Green</choice></choicegroup>'
        "</multiplechoiceresponse></problem>"
    )
    lessons = (
        f'<sequential url_name="s1" display_name="{first}"><vertical url_name="v1" display_name="Unit">'
        f'<html url_name="h1"><![CDATA[<p>Text with <img src="/static/dot.png" alt="a dot"/></p>]]></html>{problem}'
        "</vertical></sequential>"
        f'<sequential url_name="s2" display_name="Second"><vertical url_name="v2" display_name="Unit two">'
        f'<html url_name="h2"><![CDATA[{second}]]></html></vertical></sequential>'
        if second
        else f'<sequential url_name="s1" display_name="{first}"><vertical url_name="v1" display_name="Unit">'
        '<html url_name="h1"><![CDATA[<p>Text.</p>]]></html></vertical></sequential>'
    )
    files = {
        "course/course.xml": '<course url_name="run" org="Org" course="Tiny" display_name="A tiny course">'
        f'<chapter url_name="c1" display_name="One">{lessons}</chapter></course>',
        "course/static/dot.png": "\x89PNG not really",
    }
    with tarfile.open(path, "w:gz") as archive:
        for name, content in files.items():
            data = content.encode("latin-1")
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return path


def bring_in(database: Database, settings: Settings, path: Path, *, dry_run: bool = False) -> ImportResult:
    return import_course(database, settings, path, instructor_email=TEACHER, dry_run=dry_run)


def test_a_course_comes_in_as_a_draft_with_its_files(database: Database, settings: Settings, tmp_path: Path) -> None:
    result = bring_in(database, settings, olx(tmp_path / "tiny.tar.gz"))
    assert result.created
    assert counts(database) == {
        "courses": 1,
        "modules": 1,
        "lessons": 2,
        "videos": 0,
        "assessments": 1,
        "questions": 1,
        "uploaded_files": 1,
    }
    with database.reading() as session:
        course = session.scalar(select(Course))
        assert course is not None
        assert course.status == CourseStatus.DRAFT
        address = session.scalar(select(UploadedFile.file_url))
        content = session.scalar(select(Lesson.content).order_by(Lesson.order_index))
    assert address is not None
    assert f'src="{address}"' in str(content)


def test_importing_twice_updates_and_never_doubles(database: Database, settings: Settings, tmp_path: Path) -> None:
    first = bring_in(database, settings, olx(tmp_path / "one.tar.gz"))
    before = counts(database)
    second = bring_in(database, settings, olx(tmp_path / "two.tar.gz", first="A better title"))
    assert counts(database) == before
    assert (second.course_id, second.created) == (first.course_id, False)
    with database.reading() as session:
        assert "A better title" in session.scalars(select(Lesson.title)).all()


def test_where_a_review_is_required_a_teacher_imports_only_what_learners_have_not_seen(
    database: Database, settings: Settings, tmp_path: Path, reviews_required: None
) -> None:
    def bring(who: User | None, title: str) -> ImportResult:
        path = olx(tmp_path / "again.tar.gz", first=title)
        acting = viewer_of(who).acting() if who else None
        return import_course(database, settings, path, instructor_email=TEACHER, who=acting)

    with database.transaction() as session:
        teacher = session.scalars(select(User)).one()
        reviewer = make_user(session, role=UserRole.CONTENT_ADMIN)
    course_id = bring(teacher, "First").course_id
    assert course_id is not None
    bring(teacher, "Second")
    with database.transaction() as session:
        session.execute(update(Course).values(status=CourseStatus.PUBLISHED, published_at=func.now()))
    with pytest.raises(ImportNeedsReviewError, match="was published already"):
        bring(teacher, "Third")
    bring(reviewer, "Fourth")
    bring(None, "Fifth")  # the command line acts for the platform
    with database.transaction() as session:
        assert "Fifth" in session.scalars(select(Lesson.title)).all()
        drafting.begin(session, viewer_of(teacher), course_id)
        session.execute(update(CourseDraft).values(status=CourseStatus.PENDING_REVIEW, submitted_at=func.now()))
    with pytest.raises(InReviewError):
        bring(reviewer, "Sixth")


def test_who_imports_a_course_waits_for_who_publishes_it_and_holds_nothing_up(
    database: Database, settings: Settings, tmp_path: Path
) -> None:
    path = olx(tmp_path / "course.tar.gz")
    course_id = import_course(database, settings, path, instructor_email=TEACHER).course_id
    assert course_id is not None
    with database.transaction() as session:
        teacher = viewer_of(session.scalars(select(User)).one())
        drafting.begin(session, teacher, course_id)
    with ThreadPoolExecutor(1) as pool, database.transaction() as session:
        drafting.hold(session, teacher, course_id)
        again = pool.submit(import_course, database, settings, path, instructor_email=TEACHER)
        until_somebody_waits(session)
        reviewing.publish(session, teacher, course_id)
    assert again.result().course_id == course_id


def test_cards_of_a_lesson_come_with_it_and_stay_the_same_cards_when_they_are_imported_again(
    database: Database, settings: Settings, tmp_path: Path
) -> None:
    def bring(front_matter: str) -> dict[str, str]:
        (tmp_path / "course.yaml").write_text(
            "title: Knots\nslug: knots\ncategory: databases\nmodules: [{key: a, title: A, lessons: [one.md]}]\n"
        )
        (tmp_path / "one.md").write_text(f"---\ntitle: One\n{front_matter}---\nWords.\n")
        bring_in(database, settings, tmp_path)
        with database.reading() as session:
            lesson_id = session.scalars(select(Lesson.id)).one()
            return {card.front: card.id for card in decks.of_lesson(session, lesson_id)}

    first = bring("cards: [{front: Q1, back: A1}, {front: Q2, back: A2}]\n")
    second = bring("cards: [{front: Q0, back: A0}, {front: Q2, back: better}]\n")
    assert set(second) == {"Q0", "Q2"}
    assert second["Q2"] == first["Q2"]
    assert bring("") == second  # what a teacher wrote on the page stays, too


def test_a_lesson_that_is_gone_is_hidden_when_learners_were_there_and_deleted_otherwise(
    database: Database, settings: Settings, tmp_path: Path
) -> None:
    result = bring_in(database, settings, olx(tmp_path / "one.tar.gz"))
    assert result.course_id is not None
    with database.transaction() as session:
        session.execute(text("UPDATE courses SET status = 'published', published_at = now()"))
        learner = make_user(session)
        enrollment.enroll(session, learner_id=learner.id, course_id=result.course_id)
        gone = session.scalar(select(Lesson).where(Lesson.title == "Second"))
        assert gone is not None
        enrollment.open_lesson(session, learner_id=learner.id, lesson_id=gone.id)
    bring_in(database, settings, olx(tmp_path / "two.tar.gz", second=""))
    with database.reading() as session:
        assert session.scalar(select(Lesson.is_published).where(Lesson.title == "Second")) is False
    with database.transaction() as session:
        session.execute(text("DELETE FROM lesson_progress"))
    bring_in(database, settings, olx(tmp_path / "two.tar.gz", second=""))
    assert counts(database)["lessons"] == 1


def test_a_dry_run_reports_and_stores_nothing(database: Database, settings: Settings, tmp_path: Path) -> None:
    result = bring_in(database, settings, olx(tmp_path / "tiny.tar.gz"), dry_run=True)
    assert result.report
    assert result.course_id is None
    assert set(counts(database).values()) == {0}
    assert not settings.files_dir.exists()


def test_an_archive_that_is_none_leaves_the_database_as_it_was(
    database: Database, settings: Settings, tmp_path: Path
) -> None:
    broken = tmp_path / "broken.tar.gz"
    broken.write_bytes(b"this is no archive")
    with pytest.raises(InvalidInputError):
        bring_in(database, settings, broken)
    assert set(counts(database).values()) == {0}


def test_it_must_be_clear_whose_course_it_is(database: Database, settings: Settings, tmp_path: Path) -> None:
    path = olx(tmp_path / "tiny.tar.gz")
    with pytest.raises(NotFoundError, match="Nobody who teaches"):
        import_course(database, settings, path, instructor_email="nobody@example.org")
    assert import_course(database, settings, path, instructor_email=None).created  # there is one teacher only
    with database.transaction() as session:
        make_user(session, role=UserRole.INSTRUCTOR)
    with pytest.raises(InvalidInputError, match="--instructor"):
        import_course(database, settings, path, instructor_email=None)


def test_the_demo_course_of_open_edx_comes_in_whole_and_twice(
    database: Database, settings: Settings, shared_data: Path
) -> None:
    archive = shared_data / "olx" / "openedx-demo-course.tar.gz"
    bring_in(database, settings, archive)
    first = counts(database)
    assert (first["modules"], first["lessons"], first["videos"]) == (6, 17, 11)
    bring_in(database, settings, archive)
    assert counts(database) == first


_SLOW_IMPORT = """
import sys, time
from pathlib import Path
from learncraft.db import Database
from learncraft.interchange import service, writer
from learncraft.settings import Settings

write = writer.write_course
def slowly(*arguments, **named):
    written = write(*arguments, **named)
    print("written", flush=True)
    time.sleep(60)  # the transaction is still open
    return written
writer.write_course = slowly
service.import_course(Database(sys.argv[1]), Settings(home=Path(sys.argv[2])), Path(sys.argv[3]), instructor_email=None)
"""


def test_an_import_that_is_killed_leaves_nothing_and_can_be_done_again(
    database: Database, settings: Settings, tmp_path: Path
) -> None:
    path = olx(tmp_path / "tiny.tar.gz")
    with subprocess.Popen(
        [sys.executable, "-c", _SLOW_IMPORT, database.url, str(settings.home), str(path)],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parent.parent.parent)},
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "written\n"
        process.send_signal(signal.SIGKILL)
        process.wait(10)
    deadline = time.monotonic() + 10
    while any(counts(database).values()) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert set(counts(database).values()) == {0}
    assert bring_in(database, settings, path).created
