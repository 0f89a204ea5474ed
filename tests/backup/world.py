"""A home folder with people, files and events in it, and fingerprints of all of it."""

from __future__ import annotations

import atexit
import hashlib
import io
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import text

from learncraft import events
from learncraft.accounts.models import UserRole
from learncraft.analytics import funnel
from learncraft.analytics.rebuilding import ship_all
from learncraft.analytics.scope import Scope
from learncraft.courses import files
from learncraft.db import Database
from learncraft.runtime import Runtime
from learncraft.settings import Settings
from learncraft.supervisor.opening import open_database, open_runtime, prepared
from tests.factories import make_course, make_user
from tests.forking import COMMANDS
from tests.server import ROOT, environment

# How far shipping has come is not part of the state: a restore ships everything again.
OTHER = {"event_batches"}


@cache
def _newborn() -> Path:
    """A home that nobody lives in: an empty database with all tables. Nothing of it was ever backed up."""
    folder = Path(tempfile.mkdtemp(prefix="learncraft-newborn-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    with open_database(prepared(Settings(home=folder / "home", backups=False))):
        pass
    return folder / "home"


@dataclass(frozen=True)
class Home:
    """One home folder, and commands on it as an operator gives them."""

    path: Path

    @classmethod
    def born(cls, path: Path) -> Home:
        """A home whose database has just been made: the copy of one that was."""
        return cls(_newborn()).copied(path)

    def copied(self, path: Path) -> Home:
        """The same home elsewhere; nobody may be inside. `cp` copies owners, too."""
        subprocess.run(["cp", "-a", "--reflink=auto", self.path, path], check=True)
        return Home(path)

    @property
    def backups(self) -> Path:
        return self.path / "backups"

    def start(self, *arguments: str, **settings: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "learncraft", *arguments, "--home", str(self.path)],
            cwd=ROOT,
            env=self.environment(**settings),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def environment(self, **settings: str) -> dict[str, str]:
        return environment() | {f"LEARNCRAFT_{name.upper()}": value for name, value in settings.items()}

    def run(self, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
        return COMMANDS.run([*arguments, "--home", str(self.path)], self.environment(**settings))

    def data(self, *arguments: str, **settings: str) -> Any:
        """The JSON that a command prints; it must succeed."""
        done = self.run(*arguments, "--json", **settings)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    @contextmanager
    def open(self, **settings: Any) -> Iterator[Runtime]:
        with open_runtime(prepared(Settings(home=self.path, **settings))) as runtime:
            yield runtime

    @contextmanager
    def database(self, **settings: Any) -> Iterator[Database]:
        with open_database(prepared(Settings(home=self.path, **settings))) as database:
            yield database

    def add(self, *names: str) -> None:
        """People who come by, one transaction each."""
        with self.database() as database:
            for name in names:
                with database.transaction() as session:
                    make_user(session, email=f"{name}@example.net")

    def people(self) -> list[str]:
        """Who is there."""
        with self.database() as database, database.reading() as session:
            found = session.scalars(text("SELECT email FROM users WHERE email LIKE '%@example.net' ORDER BY email"))
            return [email.partition("@")[0] for email in found]

    def destroy(self) -> None:
        """What an operator does once in a life: everything but the backups."""
        for name in ("postgres", "files", "event-store"):
            shutil.rmtree(self.path / name, ignore_errors=True)


def live_a_little(runtime: Runtime, *, words: str) -> UUID:
    """Add a person, a course, a file and some events; change and delete older rows, too. Returns the course."""
    with runtime.database.transaction() as session:
        teacher = make_user(session, role=UserRole.INSTRUCTOR, first_name=words)
        made = make_course(session, instructor=teacher, lessons=2)
        learners = [make_user(session) for _ in range(5)]
        content = io.BytesIO(words.encode() * 1000)
        files.store(
            session,
            runtime.settings.files_dir,
            uploader_id=teacher.id,
            course_id=made.id,
            name=f"{words}.txt",
            source=content,
            mime_type="text/plain",
        )
        for number, learner in enumerate(learners):
            for lesson in made.lessons[: 1 + number % 2]:
                for kind in ("lesson_opened", "lesson_completed"):
                    events.record(session, kind, learner.id, course_id=made.id, lesson_id=lesson.id)
        session.execute(text("UPDATE users SET last_name = :words WHERE role = 'instructor'"), {"words": words})
        session.execute(text("DELETE FROM user_preferences WHERE user_id = :id"), {"id": learners[0].id})
        return made.id


def now_of(database: Database) -> datetime:
    """The moment, by the database's clock, between two transactions."""
    with database.reading() as session:
        session.execute(text("SELECT pg_sleep(0.05)"))
        moment = session.scalar(text("SELECT clock_timestamp()"))
        session.execute(text("SELECT pg_sleep(0.05)"))
    assert isinstance(moment, datetime)
    return moment


def tables(database: Database) -> dict[str, tuple[int, str]]:
    """For each table how many rows it has, and a hash of all rows that doesn't depend on their order."""
    found = {}
    with database.reading() as session:
        names = session.scalars(
            text("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename")
        ).all()
        for name in names:
            rows = session.execute(
                text(
                    f"SELECT count(*), coalesce(sum(hashtextextended(whole::text, 1)::numeric), 0)::text "
                    f'FROM "{name}" AS whole'
                )
            ).one()
            found[name] = (rows[0], rows[1])
    return {name: row for name, row in found.items() if name not in OTHER}


def stored_files(settings: Settings) -> dict[str, str]:
    """Every file of the file store with the hash of its bytes."""
    return {
        path.relative_to(settings.files_dir).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in settings.files_dir.rglob("*")
        if path.is_file()
    }


def charts(runtime: Runtime, course_id: UUID) -> object:
    """What the charts of a course say, from the event store."""
    always = Scope((course_id,), date(2000, 1, 1), date(2100, 1, 1))
    return sorted(funnel.completion_funnel(runtime.store, always), key=lambda row: row.lesson_id)


def charts_by_plain_sql(database: Database, course_id: UUID) -> object:
    """The same, from PostgreSQL."""
    question = """
        SELECT lesson_id, count(DISTINCT user_id),
            count(DISTINCT user_id) FILTER (WHERE event_type = 'lesson_completed')
        FROM learning_events
        WHERE course_id = :course AND event_type IN ('lesson_opened', 'lesson_completed')
        GROUP BY lesson_id ORDER BY lesson_id
    """
    with database.reading() as session:
        rows = session.execute(text(question), {"course": course_id}).all()
    return [funnel.LessonReach(*row) for row in rows]


def assert_store_equals_postgres(runtime: Runtime) -> None:
    """Every event of PostgreSQL is in the event store once, with its course, and nothing else is."""
    with runtime.database.reading() as session:
        recorded = {(row[0], row[1]) for row in session.execute(text("SELECT id, course_id FROM learning_events"))}
        courses = session.scalars(text("SELECT DISTINCT course_id FROM learning_events WHERE course_id IS NOT NULL"))
        seen = list(courses)
    rows = runtime.store.query(
        "SELECT event_id, nullIf(course_id, toUUID('00000000-0000-0000-0000-000000000000')) FROM learning_events"
    )
    assert len(rows) == len(recorded)
    assert {(UUID(str(row[0])), row[1] and UUID(str(row[1]))) for row in rows} == recorded
    assert runtime.store.command("SELECT sum(events) FROM activity") == len(recorded)
    for course_id in seen:
        assert charts(runtime, course_id) == charts_by_plain_sql(runtime.database, course_id)


@dataclass(frozen=True)
class State:
    """Everything that a restore must bring back."""

    tables: dict[str, tuple[int, str]]
    files: dict[str, str]


def state(runtime: Runtime) -> State:
    return State(tables(runtime.database), stored_files(runtime.settings))


def ship(runtime: Runtime) -> None:
    ship_all(runtime.database, runtime.store)


def some_words() -> str:
    return f"words {uuid4().hex[:8]}"
