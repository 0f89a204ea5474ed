"""`learncraft db archive`, `restore-archive` and `worker`, as an operator runs them."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import text

from learncraft import background
from learncraft.db import Database
from learncraft.supervisor.postgres import EmbeddedPostgres
from tests.cli.conftest import Run
from tests.server import ROOT, environment, serving


def open_home(home: Path) -> tuple[EmbeddedPostgres, Database]:
    server = EmbeddedPostgres(home)
    server.start()
    return server, Database(server.url, pool_size=2)


def fill(home: Path) -> None:
    server, database = open_home(home)
    with database.transaction() as session:
        session.execute(
            text("INSERT INTO learning_events (user_id, event_type, created_at) VALUES (new_id(), 'x', '2019-01-05')")
        )
        session.execute(
            text(
                "INSERT INTO event_batches (from_xid, from_id, to_xid, to_id, event_count, acknowledged_at) "
                "SELECT '0', new_id(), xid, id, 1, now() FROM learning_events ORDER BY xid DESC LIMIT 1"
            )
        )
    database.close()
    server.stop()


def test_old_months_are_shown_archived_and_brought_back(run: Run, home: Path) -> None:
    run("db", "upgrade")
    fill(home)
    assert run("db", "archive", "--dry-run", "--json").data == []  # still in the default partition: nothing is changed
    done = run("db", "archive", "--json")
    assert done.code == 0, done.err
    [month] = done.data
    assert (month["name"], month["stays"]) == ("learning_events_2019_01", None)
    file = Path(month["file"])
    assert file.is_file()
    assert run("db", "archive", "--json").data == []
    back = run("db", "restore-archive", str(file), "--json")
    assert (back.data["rows"], back.data["added"]) == (1, 1)
    assert run("db", "restore-archive", str(file), "--json").data["added"] == 0
    shown = run("db", "archive", "--dry-run")
    assert "kept until" in shown.out
    shown = run("db", "archive", "--dry-run", "--before", "2020-01", "--table", "learning_events")
    assert "learning_events_2019_01" in shown.out
    assert "stays" not in shown.out


def test_a_month_or_table_that_makes_no_sense_is_a_sentence(run: Run) -> None:
    assert "Write it as 2026-01" in run("db", "archive", "--before", "January").err
    assert "is not kept in months" in run("db", "archive", "--table", "users").err
    assert "There is no archive" in run("db", "restore-archive", "/nowhere/x.parquet").err


def wait_until_done(database: Database, job: int) -> None:
    deadline = time.monotonic() + 40
    query = text("SELECT status FROM background_jobs WHERE job_id = :id")
    while time.monotonic() < deadline:
        with database.reading() as session:
            if session.scalar(query, {"id": job}) == "COMPLETED":
                return
        time.sleep(0.1)
    raise AssertionError("the job was not done")


def test_a_worker_does_jobs_in_a_process_of_its_own_and_ends_within_five_seconds(run: Run, home: Path) -> None:
    run("db", "upgrade")
    server, database = open_home(home)
    with database.transaction() as session:
        job = background.defer(session, "forget_old_jobs")
    worker = subprocess.Popen(
        [sys.executable, "-m", "learncraft", "worker", "--concurrency", "1", "--home", str(home)],
        cwd=ROOT,
        env=environment(),
    )
    try:
        wait_until_done(database, job)
        begun = time.monotonic()
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(10) == 0
        assert time.monotonic() - begun < 5
    finally:
        worker.kill()
        database.close()
        server.stop()


def test_the_server_does_jobs(tmp_path: Path) -> None:
    with serving(tmp_path / "home") as server:
        database = Database(EmbeddedPostgres(server.home).url, pool_size=2)
        with database.transaction() as session:
            job = background.defer(session, "forget_old_jobs")
        wait_until_done(database, job)
        database.close()
        begun = time.monotonic()
        server.stop()
        assert time.monotonic() - begun < 5


def test_a_server_that_leaves_jobs_to_others_does_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    without = environment() | {"LEARNCRAFT_JOBS_IN_SERVER": "false"}
    monkeypatch.setattr("tests.server.environment", lambda: without)
    with serving(tmp_path / "home") as server:
        database = Database(EmbeddedPostgres(server.home).url, pool_size=2)
        with database.transaction() as session:
            background.defer(session, "forget_old_jobs")
        time.sleep(2)
        with database.reading() as session:
            assert session.scalars(text("SELECT status FROM background_jobs")).all() == ["PENDING"]
            assert session.scalar(text("SELECT count(*) FROM procrastinate_workers")) == 0
        database.close()
