"""A connection of the pool that was lost while nobody used it."""

from __future__ import annotations

import psycopg
import pytest
from sqlalchemy import text

from learncraft import connecting
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
