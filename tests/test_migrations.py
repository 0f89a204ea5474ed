"""Migrations while people work: none holds a lock over a big table for longer than a moment."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import event

from learncraft import schema
from learncraft.db import Database
from tests.migration_rules import refused, statements
from tests.postgres import SharedServer

FIRST_CHECKED = "0041"  # those before make the first version, which meets empty tables
_ENDS = re.compile(r"(?:UPDATE alembic_version SET version_num=|INSERT INTO alembic_version .*VALUES \()'(\w+)'")


@pytest.fixture
def empty_database(postgres: SharedServer) -> Iterator[Database]:
    with psycopg.connect(postgres.url, autocommit=True) as connection:
        connection.execute("CREATE DATABASE to_be_migrated")
    database = Database(postgres.named("to_be_migrated"), pool_size=1)
    try:
        yield database
    finally:
        database.close()
        with psycopg.connect(postgres.url, autocommit=True) as connection:
            connection.execute("DROP DATABASE to_be_migrated WITH (FORCE)")


def test_no_migration_stops_people_at_work(empty_database: Database) -> None:
    said: dict[str, list[str]] = {}
    waiting: list[str] = []

    def listen(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if end := _ENDS.match(statement):
            said[end[1]] = waiting.copy()
            waiting.clear()
        else:
            waiting.append(statement)

    event.listen(empty_database.engine, "before_cursor_execute", listen)
    schema.upgrade(empty_database.engine)
    revisions = [script.revision for script in ScriptDirectory(str(Path("migrations"))).walk_revisions()]
    assert sorted(said) == sorted(revisions)
    assert all(said.values())
    assert {
        (revision, bad) for revision in said if revision >= FIRST_CHECKED for bad in refused(said[revision])
    } == set()


REFUSED = (
    "CREATE INDEX ix_users_bio ON users (bio)",
    "CREATE UNIQUE INDEX uq_users_phone ON public.users USING btree (phone)",
    "ALTER TABLE enrollments ADD CONSTRAINT ck_x CHECK (price_paid > 0)",
    "ALTER TABLE answers ADD CONSTRAINT fk_x FOREIGN KEY (attempt_id) REFERENCES assessment_attempts (id)",
    "ALTER TABLE users ADD CONSTRAINT uq_x UNIQUE (phone)",
    "ALTER TABLE users ADD COLUMN phone VARCHAR(20) NOT NULL",
    "ALTER TABLE users ADD COLUMN token uuid DEFAULT gen_random_uuid() NOT NULL",
    "ALTER TABLE answers ALTER COLUMN points_earned TYPE double precision",
    "ALTER TABLE users ALTER COLUMN bio SET NOT NULL",
    "UPDATE lesson_progress\nSET status = 'completed' WHERE completed_at IS NOT NULL",
    "DELETE FROM user_sessions WHERE expires_at < now()",
    "ALTER TABLE courses DROP COLUMN tags",
    "ALTER TABLE courses RENAME COLUMN tags TO labels",
    "TRUNCATE answers",
    "LOCK TABLE users IN EXCLUSIVE MODE",
    "REINDEX TABLE users",
)
ALLOWED = (
    "CREATE INDEX CONCURRENTLY ix_users_bio ON users (bio)",
    "CREATE INDEX ix_course_offerings_title ON course_offerings (title)",
    "CREATE TABLE users (id uuid); CREATE INDEX ix_users_id ON users (id)",
    "ALTER TABLE enrollments ADD CONSTRAINT ck_x CHECK (price_paid > 0) NOT VALID",
    "ALTER TABLE enrollments VALIDATE CONSTRAINT ck_x",
    "ALTER TABLE users ADD CONSTRAINT uq_x UNIQUE USING INDEX uq_x",
    "ALTER TABLE users ADD COLUMN phone VARCHAR(20)",
    "ALTER TABLE users ADD COLUMN phone VARCHAR(20) DEFAULT '' NOT NULL",
    "UPDATE users SET phone = '' WHERE id IN (SELECT id FROM users WHERE phone IS NULL LIMIT 500)",
    "-- UPDATE users SET x = 1\nSELECT 'TRUNCATE users; DROP'",
    "CREATE FUNCTION f() RETURNS void LANGUAGE sql AS $$ DELETE FROM users; $$",
    "ALTER TABLE users DROP CONSTRAINT ck_users_x",
    "ALTER TABLE users ENABLE ROW LEVEL SECURITY",
    "CREATE TRIGGER t AFTER INSERT ON users FOR EACH ROW EXECUTE FUNCTION f()",
)


@pytest.mark.parametrize("statement", REFUSED)
def test_what_would_stop_people_is_refused_with_the_way_out(statement: str) -> None:
    [words] = refused([statement])
    assert " -- instead: " in words


@pytest.mark.parametrize("statement", ALLOWED)
def test_what_takes_a_moment_is_allowed(statement: str) -> None:
    assert refused([statement]) == []


def test_a_script_is_taken_apart_where_its_statements_end() -> None:
    script = "SELECT 'a;b'; -- c;\nCREATE FUNCTION f() AS $x$ BEGIN; END $x$; /* ; */ SELECT 1 - 2 / 3"
    assert statements(script) == ["SELECT ''", "CREATE FUNCTION f() AS $$", "SELECT 1 - 2 / 3"]
