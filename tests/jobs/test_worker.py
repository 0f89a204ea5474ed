"""Jobs are done once, in order, again when they fail, and elsewhere when their worker dies."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from sqlalchemy import text

from learncraft import background
from learncraft.db import Database
from learncraft.errors import InvalidInputError, UnavailableError
from learncraft.jobs import worker as workers
from learncraft.jobs.work import Job
from learncraft.settings import Settings
from tests.jobs.conftest import in_a_process, state, until, wait_for, working

AddKind = Callable[..., None]

COUNTING = """
import time
from sqlalchemy import text
from learncraft import background
from learncraft.background import Kind
from learncraft.jobs import app, work
from learncraft.jobs.worker import Worker

app.FILES = ()
background.KINDS["count"] = Kind("count")

@work.does("count")
def count(job):
    with database.transaction() as session:
        begin = job.so_far(session)
    for number in range(begin, 200):
        with database.transaction() as session:
            session.execute(text("INSERT INTO counted VALUES (:number)"), {"number": number})
            job.advance(session, number + 1, 200, "counting")
        time.sleep(0.01)

Worker(database, settings, heartbeat=0.2, silence=1.0).run()
"""


def defer(database: Database, name: str, /, **values: object) -> int:
    with database.transaction() as session:
        return background.defer(session, name, **values)  # type: ignore[arg-type]


def test_a_job_is_done_with_its_payload_and_shows_its_progress(
    fresh_database: Database, settings: Settings, kind: AddKind
) -> None:
    def greet(job: Job, *, name: str) -> None:
        job.say(1, 2, f"greeting {name}")

    kind("greet", greet)
    job = defer(fresh_database, "greet", name="Ada")
    waiting = state(fresh_database, job)
    assert (waiting.status, waiting.payload, waiting.attempts) == ("PENDING", {"name": "Ada"}, 0)
    with working(fresh_database, settings):
        done = wait_for(fresh_database, job, "COMPLETED")
    assert (done.done, done.total, done.words, done.error) == (1, 2, "greeting Ada", None)
    assert done.created_at <= done.started_at <= done.finished_at


def test_no_commit_no_job(fresh_database: Database, kind: AddKind) -> None:
    kind("never", lambda job: None)
    with pytest.raises(ZeroDivisionError), fresh_database.transaction() as session:
        background.defer(session, "never")
        raise ZeroDivisionError
    with fresh_database.reading() as session:
        assert session.scalar(text("SELECT count(*) FROM background_jobs")) == 0


def test_a_job_that_waits_already_is_not_asked_for_twice(fresh_database: Database, kind: AddKind) -> None:
    kind("once", lambda job: None)
    first = defer(fresh_database, "once", unless_waiting=True, course="a")
    assert defer(fresh_database, "once", unless_waiting=True, course="a") == first
    assert defer(fresh_database, "once", unless_waiting=True, course="b") != first


def test_a_failed_job_is_tried_again_with_growing_pauses_and_then_says_why(
    fresh_database: Database, settings: Settings, kind: AddKind, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[float] = []

    def fail(job: Job) -> None:
        begun.append(time.monotonic())
        raise UnavailableError("The mail server does not answer.")

    kind("fail", fail, retries=3)
    monkeypatch.setattr("learncraft.jobs.app.FIRST_PAUSE_SECONDS", 0.2)
    monkeypatch.setattr(workers, "LOOK_SECONDS", 0.05)
    job = defer(fresh_database, "fail")
    with working(fresh_database, settings):
        failed = wait_for(fresh_database, job, "FAILED", seconds=60)
    assert (failed.attempts, failed.error) == (4, "The mail server does not answer.")
    assert len(begun) == 4
    assert all(later - earlier >= 0.2 * 2**n for n, (earlier, later) in enumerate(pairwise(begun)))


def test_what_no_later_try_can_mend_fails_at_once(fresh_database: Database, settings: Settings, kind: AddKind) -> None:
    def refuse(job: Job) -> None:
        raise InvalidInputError("The file is no course.")

    kind("refuse", refuse)
    job = defer(fresh_database, "refuse")
    with working(fresh_database, settings):
        failed = wait_for(fresh_database, job, "FAILED")
    assert (failed.attempts, failed.error) == (1, "The file is no course.")


def test_a_fault_is_kept_as_a_sentence_with_a_reference_and_without_its_text(
    fresh_database: Database, settings: Settings, kind: AddKind
) -> None:
    def break_down(job: Job) -> None:
        raise RuntimeError("password=hunter22")

    kind("break", break_down, retries=0)
    job = defer(fresh_database, "break")
    with working(fresh_database, settings):
        failed = wait_for(fresh_database, job, "FAILED")
    assert "RuntimeError" in failed.error
    assert "reference" in failed.error
    assert "hunter22" not in failed.error


def test_jobs_of_one_lock_run_one_at_a_time(fresh_database: Database, settings: Settings, kind: AddKind) -> None:
    running, most = 0, 0
    guard = threading.Lock()

    def hold(job: Job) -> None:
        nonlocal running, most
        with guard:
            running += 1
            most = max(most, running)
        time.sleep(0.05)
        with guard:
            running -= 1

    kind("hold", hold, lock="one")
    kind("free", hold)
    jobs = [defer(fresh_database, "hold") for _ in range(4)]
    with working(fresh_database, settings, concurrency=4), working(fresh_database, settings, concurrency=4):
        for job in jobs:
            wait_for(fresh_database, job, "COMPLETED", seconds=40)
    assert most == 1


def test_the_job_of_higher_priority_goes_first(fresh_database: Database, settings: Settings, kind: AddKind) -> None:
    order: list[str] = []
    kind("note", lambda job, name: order.append(name))
    jobs = [defer(fresh_database, "note", name=name, priority=rank) for name, rank in (("low", -5), ("high", 5))]
    with working(fresh_database, settings, concurrency=1):
        for job in jobs:
            wait_for(fresh_database, job, "COMPLETED")
    assert order == ["high", "low"]


def test_a_job_for_later_waits_until_then(fresh_database: Database, settings: Settings, kind: AddKind) -> None:
    kind("later", lambda job: None)
    job = defer(fresh_database, "later", run_after=datetime.now(UTC) + timedelta(hours=1))
    with working(fresh_database, settings):
        time.sleep(0.7)
    assert state(fresh_database, job).status == "PENDING"


def test_a_scheduled_job_is_asked_for_once_though_several_workers_keep_the_schedule(
    fresh_database: Database, settings: Settings, kind: AddKind
) -> None:
    kind("daily", lambda job: None, cron="0 3 * * *")
    query = text("SELECT count(*) FROM background_jobs WHERE job_type = 'daily' AND status = 'COMPLETED'")

    def done() -> int:
        with fresh_database.reading() as session:
            return int(session.scalar(query) or 0)

    with working(fresh_database, settings), working(fresh_database, settings):
        until(lambda: done() == 1)
        time.sleep(0.7)
    assert done() == 1


def test_a_job_whose_worker_is_killed_goes_on_elsewhere_and_does_its_work_once(
    fresh_database: Database, tmp_path: Path, kind: AddKind
) -> None:
    kind("count", lambda job: None)
    with fresh_database.transaction() as session:
        session.execute(text("CREATE TABLE counted (number int)"))  # no key: a number counted twice would show
    job = defer(fresh_database, "count")
    first = in_a_process(COUNTING, fresh_database, tmp_path)
    try:
        until(lambda: (state(fresh_database, job).done or 0) >= 20)
        first.kill()
        first.wait(10)
        killed_at = state(fresh_database, job)
        assert (killed_at.status, killed_at.done < 200) == ("RUNNING", True)
        second = in_a_process(COUNTING, fresh_database, tmp_path)
        try:
            done = wait_for(fresh_database, job, "COMPLETED", seconds=30)
        finally:
            second.kill()
            second.wait(10)
    finally:
        first.kill()
    assert (done.done, done.attempts, done.error) == (200, 2, "Its worker ended in the middle of the work.")
    with fresh_database.reading() as session:
        assert list(session.scalars(text("SELECT number FROM counted ORDER BY number"))) == list(range(200))


def test_a_worker_that_was_silent_and_wakes_neither_does_nor_ends_the_work_of_its_successor(
    fresh_database: Database, settings: Settings, kind: AddKind
) -> None:
    tries: list[int] = []

    def count(job: Job) -> None:
        tries.append(job.attempts)
        with job.database.transaction() as session:
            begin = job.so_far(session)
        for number in range(begin, 60):
            with job.database.transaction() as session:
                session.execute(text("INSERT INTO counted VALUES (:number)"), {"number": number})
                job.advance(session, number + 1, 60, "counting")
            time.sleep(0.05)

    kind("count", count)
    with fresh_database.transaction() as session:
        session.execute(text("CREATE TABLE counted (number int)"))
    job = defer(fresh_database, "count")
    with working(fresh_database, settings, heartbeat=100, silence=100):  # lives, and says nothing
        until(lambda: (state(fresh_database, job).done or 0) > 2)
        time.sleep(0.5)
        with working(fresh_database, settings, heartbeat=0.2, silence=0.5, concurrency=1):
            done = wait_for(fresh_database, job, "COMPLETED", seconds=30)
    assert (tries, done.attempts, done.done) == ([0, 1], 2, 60)
    with fresh_database.reading() as session:
        assert list(session.scalars(text("SELECT number FROM counted ORDER BY number"))) == list(range(60))


def test_two_workers_that_look_at_once_give_a_lost_job_back_once(
    fresh_database: Database, settings: Settings, kind: AddKind
) -> None:
    kind("lost", lambda job: None)
    job = defer(fresh_database, "lost")
    with fresh_database.transaction() as session:
        dead = session.scalar(text("SELECT procrastinate_register_worker_v1()"))
        session.execute(text("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 hour'"))
        session.execute(
            text("UPDATE procrastinate_jobs SET status = 'doing', worker_id = :dead WHERE id = :id"),
            {"dead": dead, "id": job},
        )
    with working(fresh_database, settings), working(fresh_database, settings), working(fresh_database, settings):
        done = wait_for(fresh_database, job, "COMPLETED")
    assert done.attempts == 2


def test_a_job_that_kills_every_worker_is_given_up(
    fresh_database: Database, settings: Settings, kind: AddKind, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "MOST_TRIES", 3)
    kind("poison", lambda job: None)
    job = defer(fresh_database, "poison")
    with fresh_database.transaction() as session:
        session.execute(
            text("UPDATE procrastinate_jobs SET status = 'doing', attempts = 2, worker_id = NULL WHERE id = :id"),
            {"id": job},
        )
    with working(fresh_database, settings):
        failed = wait_for(fresh_database, job, "FAILED")
    assert failed.error == "Its worker ended in the middle of the work."


def test_a_worker_that_stops_hands_its_job_on_within_three_seconds(
    fresh_database: Database, settings: Settings, kind: AddKind
) -> None:
    def long(job: Job) -> None:
        for number in range(10_000):
            job.say(number, 10_000, "long work")
            time.sleep(0.02)

    kind("long", long)
    job = defer(fresh_database, "long")
    with working(fresh_database, settings) as worker:
        until(lambda: (state(fresh_database, job).done or 0) > 2)
        begun = time.monotonic()
        worker.stop()
        assert time.monotonic() - begun < 3
    left = state(fresh_database, job)
    assert (left.status, left.error) == ("PENDING", None)


def test_a_worker_waits_for_a_database_that_goes_away(
    fresh_database: Database, settings: Settings, kind: AddKind, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "AGAIN_SECONDS", 0.1)
    kind("after", lambda job: None)
    with working(fresh_database, settings):
        until(lambda: known_workers(fresh_database) == 1)
        with fresh_database.engine.connect() as connection:
            connection.execute(
                text(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
            )
        fresh_database.engine.dispose()
        job = defer(fresh_database, "after")
        wait_for(fresh_database, job, "COMPLETED", seconds=30)


def test_a_worker_that_was_given_up_begins_anew_under_another_number(
    fresh_database: Database, settings: Settings, kind: AddKind, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "AGAIN_SECONDS", 0.1)
    kind("after", lambda job: None)
    with working(fresh_database, settings):
        until(lambda: known_workers(fresh_database) == 1)
        with fresh_database.transaction() as session:
            session.execute(text("DELETE FROM procrastinate_workers"))
        job = defer(fresh_database, "after")
        wait_for(fresh_database, job, "COMPLETED", seconds=30)
        until(lambda: known_workers(fresh_database) == 1)


def known_workers(database: Database) -> int:
    with database.reading() as session:
        return int(session.scalar(text("SELECT count(*) FROM procrastinate_workers")) or 0)
