"""What an administrator sees of jobs, and what the buttons do."""

from __future__ import annotations

from sqlalchemy import text
from streamlit.testing.v1 import AppTest

from learncraft import background
from learncraft.accounts.models import UserRole
from learncraft.db import Database, new_id
from tests.pages.conftest import World
from tests.pages.test_every_page import PAGE_QUERIES, said

PAGE = "pages/admin/jobs.py"


def make_job(database: Database, status: str, *, done: int = 0, total: int | None = None, error: str = "") -> int:
    """A job in some state, as a worker would have left it."""
    with database.transaction() as session:
        job = background.defer(session, "make_partitions", lock=f"of a test {new_id()}")
        if status != "todo":
            session.execute(text("UPDATE procrastinate_jobs SET status = 'doing' WHERE id = :id"), {"id": job})
        if status not in {"todo", "doing"}:
            session.execute(
                text(
                    "UPDATE procrastinate_jobs SET status = CAST(:status AS procrastinate_job_status), attempts = 1 "
                    "WHERE id = :id"
                ),
                {"status": status, "id": job},
            )
        session.execute(
            text(
                "INSERT INTO job_progress (job_id, done, total, words, error) "
                "VALUES (:id, :done, :total, 'Sorting rows', nullif(:error, ''))"
            ),
            {"id": job, "done": done, "total": total, "error": error},
        )
    return job


def status_of(world: World, job: int) -> str:
    with world.database.reading() as session:
        return str(session.scalar(text("SELECT status FROM background_jobs WHERE job_id = :id"), {"id": job}))


def open_page(world: World) -> AppTest:
    app = world.open(PAGE, UserRole.SYSTEM_ADMIN)
    assert not app.exception
    return app


def test_an_empty_queue_says_so_and_shows_the_schedule(world: World) -> None:
    app = open_page(world)
    assert "Nothing runs at the moment." in said(app)
    assert "Nothing waits" in said(app)
    assert "No worker has been heard of" in said(app)
    assert all(kind.title in said(app) for kind in background.KINDS.values() if kind.cron)
    assert "It has not run yet." in said(app)


def test_a_failed_job_shows_its_reason_and_is_put_back_by_a_button(world: World) -> None:
    job = make_job(world.database, "failed", error="The disk is full. Free some space.")
    app = open_page(world)
    assert "The disk is full. Free some space." in said(app)
    app.button(key=f"retry-{job}").click().run()
    assert not app.exception
    assert status_of(world, job) == "PENDING"
    assert "The disk is full" not in said(app)


def test_a_retry_that_somebody_did_before_is_a_sentence(world: World) -> None:
    job = make_job(world.database, "failed")
    app = open_page(world)
    with world.database.transaction() as session:
        session.execute(text("UPDATE procrastinate_jobs SET status = 'todo' WHERE id = :id"), {"id": job})
    app.button(key=f"retry-{job}").click().run()
    assert not app.exception
    assert "no longer failed" in said(app)


def test_a_running_job_shows_how_far_it_is_and_is_asked_to_end(world: World) -> None:
    job = make_job(world.database, "doing", done=30, total=120)
    app = open_page(world)
    [bar] = app.get("progress")
    assert (bar.proto.value, bar.proto.text) == (25, "Sorting rows: 30 of 120")
    app.button(key=f"cancel-{job}").click().run()
    assert status_of(world, job) == "RUNNING"
    assert app.button(key=f"cancel-{job}").disabled


def test_a_waiting_job_is_cancelled(world: World) -> None:
    job = make_job(world.database, "todo")
    app = open_page(world)
    app.button(key=f"cancel-{job}").click().run()
    assert status_of(world, job) == "CANCELLED"


def test_a_scheduled_job_is_asked_for_now_and_pressed_twice_waits_once(world: World) -> None:
    app = open_page(world)
    app.button(key="run-archive_expired").click().run()
    app.button(key="run-archive_expired").click().run()
    with world.database.reading() as session:
        found = session.execute(text("SELECT job_type, status FROM background_jobs")).all()
    assert [tuple(row) for row in found] == [("archive_expired", "PENDING")]


def test_a_long_queue_takes_no_more_questions(world: World) -> None:
    for status in ("todo", "doing", "failed", "succeeded", "cancelled"):
        for _ in range(3):
            make_job(world.database, status)
    with world.database.transaction() as session:
        for _ in range(60):
            background.defer(session, "forget_expired")
    app = open_page(world)
    assert "And 13 more." in said(app)
    assert len(world.statements) <= PAGE_QUERIES
    assert [metric.value for metric in app.metric] == ["3", "3", "63", "3"]
