"""A connection of the pool that was lost while nobody used it."""

from __future__ import annotations

import psycopg
import pytest
from sqlalchemy import text

from learncraft import connecting
from learncraft.broken_rules import BrokenRuleError
from learncraft.db import Database


def backend(database: Database) -> int:
    with database.reading() as session:
        return int(session.scalar(text("SELECT pg_backend_pid()")) or 0)


@pytest.mark.parametrize("idle_seconds", [30.0, -1.0])
def test_a_connection_that_was_ended_meanwhile_is_replaced_before_anybody_notices(
    fresh_database: Database, monkeypatch: pytest.MonkeyPatch, idle_seconds: float
) -> None:
    monkeypatch.setattr(connecting, "IDLE_SECONDS_WITHOUT_DOUBT", idle_seconds)
    first = backend(fresh_database)
    assert backend(fresh_database) == first, "one that still stands is used again"
    with psycopg.connect(fresh_database.url.replace("+psycopg", ""), autocommit=True) as administrator:
        assert administrator.execute("SELECT pg_terminate_backend(%s, 5000)", [first]).fetchone() == (True,)
    assert backend(fresh_database) not in {0, first}


def test_a_connection_that_is_used_again_at_once_is_not_asked(
    fresh_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []
    backend(fresh_database)
    with fresh_database.reading() as session:
        driver = session.connection().connection.driver_connection
    execute = psycopg.Connection.execute
    monkeypatch.setattr(
        psycopg.Connection,
        "execute",
        lambda self, query, *more, **options: (
            asked.append(query) if self is driver else None,
            execute(self, query, *more, **options),
        )[1],
    )
    backend(fresh_database)
    assert asked == []


def test_questions_that_are_asked_again_are_planned_once_though_a_page_ended_early(fresh_database: Database) -> None:
    class Stop(Exception):  # as a page ends that has nothing to show
        pass

    for _ in range(12):
        with pytest.raises(Stop), fresh_database.reading() as session:
            session.execute(text("SELECT count(*) FROM courses WHERE title = :title"), {"title": "any"})
            raise Stop
    with fresh_database.reading() as session:
        prepared = text("SELECT generic_plans FROM pg_prepared_statements WHERE statement LIKE 'SELECT count%courses%'")
        assert session.scalars(prepared).one() > 0


def test_a_read_that_failed_leaves_the_connection_clean(fresh_database: Database) -> None:
    first = backend(fresh_database)
    with pytest.raises(BrokenRuleError), fresh_database.reading() as session:
        session.execute(text("SELECT 1 / 0"))
    with fresh_database.reading() as session:
        session.rollback()  # somebody ends it before us
    assert backend(fresh_database) == first
