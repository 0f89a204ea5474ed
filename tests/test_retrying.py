"""Whole transactions done again: after a conflict, after a restart; never twice, and nothing acknowledged is lost."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import DBAPIError, InternalError, OperationalError
from sqlalchemy.orm import Session

from learncraft import retrying
from learncraft.broken_rules import BrokenRuleError
from learncraft.connecting import STATEMENT_TIMEOUT_MS
from learncraft.db import Database
from learncraft.errors import UnavailableError
from learncraft.supervisor.postgres import EmbeddedPostgres
from learncraft.supervisor.watchdog import Watchdog
from tests.postgres import SharedServer


@pytest.fixture
def counters(fresh_database: Database) -> Database:
    with fresh_database.transaction() as session:
        session.execute(text("CREATE TABLE counters (id int PRIMARY KEY, value int NOT NULL)"))
        session.execute(text("INSERT INTO counters VALUES (1, 0), (2, 0)"))
    return fresh_database


def at_once(*works: object) -> None:
    threads = [threading.Thread(target=work) for work in works if callable(work)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)


def test_two_who_lock_each_other_out_both_get_their_turn(counters: Database) -> None:
    meeting, calls = threading.Barrier(2), []

    def work(first: int, second: int) -> None:
        def action(session: Session) -> None:
            calls.append(first)
            session.execute(text("UPDATE counters SET value = value + 1 WHERE id = :id"), {"id": first})
            if len(calls) <= 2:
                meeting.wait(10)
            session.execute(text("UPDATE counters SET value = value + 1 WHERE id = :id"), {"id": second})

        counters.run(action)

    at_once(lambda: work(1, 2), lambda: work(2, 1))
    with counters.reading() as session:
        assert session.scalars(text("SELECT value FROM counters ORDER BY id")).all() == [2, 2]
    assert len(calls) == 3


def test_a_serialization_failure_is_tried_again_with_what_the_other_wrote(counters: Database) -> None:
    calls = []

    def action(session: Session) -> None:
        session.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))
        seen = session.scalar(text("SELECT value FROM counters WHERE id = 1"))
        if not calls:
            with counters.transaction() as other:
                other.execute(text("UPDATE counters SET value = 40 WHERE id = 1"))
        calls.append(seen)
        session.execute(text("UPDATE counters SET value = :value WHERE id = 1"), {"value": (seen or 0) + 2})

    counters.run(action)
    with counters.reading() as session:
        assert session.scalar(text("SELECT value FROM counters WHERE id = 1")) == 42
    assert calls == [0, 40]


def test_a_conflict_that_stays_is_a_sentence(counters: Database) -> None:
    calls = []

    def action(session: Session) -> None:
        calls.append(1)
        session.execute(text("DO $$ BEGIN RAISE SQLSTATE '40001'; END $$"))

    with pytest.raises(UnavailableError, match="Nothing was changed"):
        counters.run(action, retries=2)
    assert len(calls) == 3


def test_a_broken_rule_is_not_tried_again(counters: Database) -> None:
    calls = []

    def action(session: Session) -> None:
        calls.append(1)
        session.execute(text("INSERT INTO counters VALUES (1, 0)"))

    with pytest.raises(BrokenRuleError, match="there can be only one"):
        counters.run(action)
    assert len(calls) == 1


def test_a_commit_whose_answer_is_lost_is_not_done_twice(counters: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """The server commits, and the line breaks before it says so."""
    commit, calls = Session.commit, []

    def broken(session: Session) -> None:
        commit(session)
        raise OperationalError("COMMIT", {}, Exception("server closed the connection"), connection_invalidated=True)

    def action(session: Session) -> str:
        calls.append(1)
        session.execute(text("UPDATE counters SET value = value + 1 WHERE id = 1"))
        return "done"

    with monkeypatch.context() as patch:
        patch.setattr(Session, "commit", broken)
        assert counters.run(action) == "done"
    with counters.reading() as session:
        assert session.scalar(text("SELECT value FROM counters WHERE id = 1")) == 1
    assert len(calls) == 1


def test_a_commit_that_never_reached_the_server_is_done_again(
    counters: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit, calls = Session.commit, []

    def broken(session: Session) -> None:
        if len(calls) > 1:
            return commit(session)
        session.rollback()
        raise OperationalError("COMMIT", {}, Exception("server closed the connection"), connection_invalidated=True)

    def action(session: Session) -> None:
        calls.append(1)
        session.execute(text("UPDATE counters SET value = value + 1 WHERE id = 1"))

    monkeypatch.setattr(Session, "commit", broken)
    counters.run(action)
    with counters.reading() as session:
        assert session.scalar(text("SELECT value FROM counters WHERE id = 1")) == 1
    assert len(calls) == 2


def test_after_a_crash_a_number_that_may_be_somebody_elses_is_not_believed(
    counters: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit = Session.commit
    lives = iter(["before", "after"])
    monkeypatch.setattr(retrying, "_life", lambda _connection: next(lives))

    def broken(session: Session) -> None:
        commit(session)
        raise OperationalError("COMMIT", {}, Exception("server closed the connection"), connection_invalidated=True)

    monkeypatch.setattr(Session, "commit", broken)
    with pytest.raises(UnavailableError, match="Look whether it is there"):
        counters.run(lambda session: session.execute(text("UPDATE counters SET value = 7 WHERE id = 1")))


class Load:
    """Threads that write without a pause, and remember what was acknowledged."""

    def __init__(self, database: Database, threads: int) -> None:
        self.database = database
        self.acknowledged: list[tuple[int, int]] = []
        self.sentences: list[str] = []
        self.faults: list[BaseException] = []
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._work, args=(number,)) for number in range(threads)]

    def _work(self, writer: int) -> None:
        number = 0
        while not self._stop.is_set():
            number += 1
            values = {"writer": writer, "number": number}
            try:
                self.database.run(
                    lambda session, values=values: session.execute(
                        text("INSERT INTO written VALUES (:writer, :number)"), values
                    )
                )
                self.acknowledged.append((writer, number))
            except UnavailableError as error:
                self.sentences.append(str(error))
            except BaseException as error:
                self.faults.append(error)

    def __enter__(self) -> Load:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join(60)


@pytest.fixture
def own_server(tmp_path: Path) -> Iterator[EmbeddedPostgres]:
    """A server that a test may kill, and the watchdog that starts it again as `serve` does."""
    server = EmbeddedPostgres(tmp_path)
    server.start()
    watchdog = Watchdog({"embedded PostgreSQL": server})
    watchdog.start()
    try:
        yield server
    finally:
        watchdog.stop()
        server.stop()


def test_a_server_killed_under_load_loses_nothing_that_was_acknowledged(own_server: EmbeddedPostgres) -> None:
    database = Database(own_server.url)
    with database.transaction() as session:
        session.execute(text("CREATE TABLE written (writer int, number int)"))
    with Load(database, threads=8) as load:
        for _ in range(3):
            time.sleep(1.0)
            before = own_server.pid
            assert before is not None
            os.kill(before, signal.SIGKILL)
            deadline = time.monotonic() + 30
            while own_server.pid in {None, before}:
                assert time.monotonic() < deadline
                time.sleep(0.05)
            answered = len(load.acknowledged)
            while len(load.acknowledged) < answered + 20:
                assert time.monotonic() < deadline
                time.sleep(0.05)
    with database.reading() as session:
        rows = [tuple(row) for row in session.execute(text("SELECT writer, number FROM written"))]
    database.close()
    assert load.faults == []
    assert set(load.sentences) <= {retrying.AWAY, retrying.UNKNOWN}
    assert set(load.acknowledged) - set(rows) == set()
    assert len(rows) == len(set(rows)), "something was done twice"
    assert len(load.acknowledged) > 100


def test_a_query_that_takes_too_long_is_stopped(database: Database) -> None:
    with database.reading() as session:
        assert session.scalar(text("SHOW statement_timeout")) == f"{STATEMENT_TIMEOUT_MS // 1000}s"
        session.execute(text("SET LOCAL statement_timeout = 50"))
        with pytest.raises(OperationalError, match="statement timeout"):
            session.execute(text("SELECT pg_sleep(5)"))


def test_a_reading_can_not_write(database: Database) -> None:
    with database.reading() as session, pytest.raises((InternalError, OperationalError), match="read-only transaction"):
        session.execute(text("CREATE TABLE secretly (id int)"))


def test_a_reading_sees_one_moment(counters: Database) -> None:
    with counters.reading() as session:
        before = session.scalar(text("SELECT value FROM counters WHERE id = 1"))
        with counters.transaction() as other:
            other.execute(text("UPDATE counters SET value = 99 WHERE id = 1"))
        assert session.scalar(text("SELECT value FROM counters WHERE id = 1")) == before


def test_the_pool_is_as_promised(database: Database) -> None:
    whole = Database(database.url)
    assert (whole.engine.pool.size(), whole.engine.pool._recycle, whole.engine.pool._pre_ping) == (20, 3600, True)
    whole.close()


def test_a_connection_that_died_in_the_pool_is_replaced_unseen(
    postgres: SharedServer, fresh_database: Database
) -> None:
    fresh_database.ping()
    killer: Engine = create_engine(fresh_database.url)
    with killer.connect() as connection:
        connection.execute(
            text(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )
    killer.dispose()
    try:
        assert fresh_database.ping()
    except DBAPIError as error:  # pragma: no cover
        pytest.fail(f"the dead connection was given out: {error}")
