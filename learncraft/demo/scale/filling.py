"""The order of a filling: people, courses, places, what was done in them; then statistics for the planner."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
from psycopg import Connection
from psycopg.errors import InsufficientPrivilege
from sqlalchemy import select, text

from learncraft.accounts.models import User
from learncraft.db import Database
from learncraft.demo.scale import courses, learners
from learncraft.demo.scale.copying import IdMaker
from learncraft.enrollment import dictionary
from learncraft.errors import InvalidInputError

TABLES = (
    "users",
    "user_preferences",
    "user_sessions",
    "courses",
    "modules",
    "lessons",
    "assessments",
    "questions",
    "enrollments",
    "course_progress",
    "lesson_progress",
    "assessment_attempts",
    "answers",
    "learning_events",
    "search_words",
)
_PART = 50_000  # enrollments whose rows are made at a time
_MOST_OF_ALL_PAIRS = 0.25

Progress = Callable[[str, float], None]


class ScaleError(InvalidInputError):
    """The database can't be filled as asked."""


@dataclass(frozen=True, slots=True)
class Size:
    """How much of what."""

    users: int = 100_000
    enrollments: int = 1_000_000
    courses: int = 2_000
    lessons_per_course: int = 10
    events: bool = False
    seed: int = 1

    def check(self) -> None:
        """Refuse what can't be.

        Raises:
            ScaleError: with what to change.
        """
        if self.users < 20 or self.courses < 2 or self.enrollments < 1 or not 3 <= self.lessons_per_course <= 50:
            raise ScaleError("At least 20 users, 2 courses and 1 enrollment, and 3 to 50 lessons in a course.")
        if self.enrollments > self.users * self.courses * _MOST_OF_ALL_PAIRS:
            raise ScaleError("So many enrollments need more users or more courses.")


@dataclass(frozen=True, slots=True)
class Filled:
    """What came of it."""

    rows: dict[str, int]
    seconds: float
    megabytes: int


def belongs_to_people(database: Database) -> bool:
    """Whether somebody else's data is in the database: an account that no filling made."""
    with database.reading() as session:
        return session.scalar(select(User.id).where(~User.email.endswith(f"@{learners.DOMAIN}")).limit(1)) is not None


def fill(database: Database, size: Size, *, progress: Progress = lambda _words, _share: None) -> Filled:
    """Fill the database in one transaction: a filling that is cut off leaves nothing.

    Raises:
        ScaleError: the size can't be, or the database was filled before.
    """
    size.check()
    begun = time.perf_counter()
    with database.transaction() as session:
        if session.scalar(select(User.id).where(User.email.endswith(f"@{learners.DOMAIN}")).limit(1)) is not None:
            raise ScaleError("This database was filled before. Take another one: --home names its folder.")
        session.execute(text("SET LOCAL statement_timeout = 0"))
        session.execute(text("SET LOCAL synchronous_commit = off"))
        driver = session.connection().connection.driver_connection
        assert driver is not None
        _rows(driver, size, progress)
        progress("Counting learners", 0.9)
        session.execute(
            text(
                "UPDATE courses SET enrollment_count = n FROM (SELECT course_id, count(*) AS n FROM enrollments "
                "WHERE status IN ('active', 'completed') GROUP BY course_id) AS counted WHERE course_id = courses.id"
            )
        )
        progress("Collecting the words for the search", 0.91)
        dictionary.refresh(session)
    progress("Gathering statistics", 0.94)
    rows, megabytes = _settle(database)
    progress("Done", 1.0)
    return Filled(rows, round(time.perf_counter() - begun, 1), megabytes)


def _rows(connection: Connection[Any], size: Size, progress: Progress) -> None:
    random = np.random.default_rng(size.seed)
    ids = IdMaker(random)
    progress(f"{size.users:,} people", 0.0)
    people = learners.fill_people(connection, ids, random, size.users)
    progress(f"{size.courses:,} courses", 0.05)
    made = courses.fill(
        connection,
        ids,
        random,
        count=size.courses,
        lessons=size.lessons_per_course,
        teachers=learners.teachers_of(people),
    )
    _without_triggers(connection)
    progress(f"{size.enrollments:,} enrollments", 0.15)
    places = learners.choose_places(random, ids, made, users=size.users, count=size.enrollments)
    for first in range(0, size.enrollments, _PART):
        progress(f"{first:,} of {size.enrollments:,} enrollments", 0.15 + 0.75 * first / size.enrollments)
        part = replace(
            places,
            **{one.name: getattr(places, one.name)[first : first + _PART] for one in fields(places)},
        )
        learners.fill_places(connection, ids, made, people, part)
        learners.fill_progress(connection, ids, random, made, people, part, events=size.events)
    connection.execute("SET LOCAL session_replication_role = origin")


def _without_triggers(connection: Connection[Any]) -> None:
    """Spare ten million rows their look at the row that they were made from, where the server lets us."""
    try:
        with connection.transaction():
            connection.execute("SET LOCAL session_replication_role = replica")
    except InsufficientPrivilege:
        return


def _settle(database: Database) -> tuple[dict[str, int], int]:
    """Statistics and visibility maps, as autovacuum would make them in the next minutes."""
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("SET statement_timeout = 0"))
        for table in TABLES:
            connection.execute(text(f"VACUUM (ANALYZE) {table}"))
        rows = {table: int(connection.scalar(text(f"SELECT count(*) FROM {table}")) or 0) for table in TABLES}  # noqa: S608
        megabytes = int(connection.scalar(text("SELECT pg_database_size(current_database()) / 1000000")) or 0)
        connection.execute(text("RESET statement_timeout"))
    return rows, megabytes
