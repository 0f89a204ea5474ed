"""The weekly letter: the numbers of the week, to those who want it, once."""

from __future__ import annotations

import email
import email.policy
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from pydantic import SecretStr
from sqlalchemy import text
from sqlalchemy.orm import Session

from learncraft.accounts import service as accounts
from learncraft.accounts.models import UserRole
from learncraft.analytics import weekly_letter
from learncraft.analytics.store import EventStore
from learncraft.db import Database
from learncraft.jobs.writing_letters import write_weekly_letters
from learncraft.mail import MailError
from learncraft.settings import Settings
from tests.event_store import ship
from tests.factories import make_course, make_user
from tests.jobs.test_upkeep import make


def happen(session: Session, course_id: UUID, kind: str, at: datetime, times: int = 1) -> None:
    for _ in range(times):
        session.execute(
            text(
                "INSERT INTO learning_events (user_id, event_type, course_id, occurred_at) "
                "VALUES (new_id(), :kind, :course, :at)"
            ),
            {"kind": kind, "course": course_id, "at": at},
        )


def write_letters(database: Database, settings: Settings) -> None:
    """One run of the job, which has ended afterwards."""
    job = make(database, settings, "write_weekly_letters")
    try:
        write_weekly_letters(job)
    finally:
        with database.transaction() as session:
            session.execute(text("UPDATE procrastinate_jobs SET status = 'failed' WHERE id = :id"), {"id": job.id})


def letters(outbox: Path) -> list[tuple[str, str]]:
    found = []
    for path in sorted(outbox.glob("*.eml")):
        message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        body = message.get_body()
        assert body is not None
        found.append((str(message["To"]), body.get_content()))
    return found


def test_everybody_who_teaches_and_wants_it_gets_one_letter_about_the_week(
    fresh_database: Database, event_store: EventStore, tmp_path: Path
) -> None:
    settings = Settings(
        home=tmp_path, clickhouse_url=SecretStr(event_store._url()), base_url="https://learn.example.org/"
    )
    week = weekly_letter.last_week(datetime.now(UTC).date())
    monday = datetime.combine(week, time(12), UTC)
    with fresh_database.transaction() as session:
        wants, declines, silent, idle = (make_user(session, role=UserRole.INSTRUCTOR) for _ in range(4))
        course = make_course(session, instructor=wants, title="Knots")
        for teacher in (declines, silent):
            happen(session, make_course(session, instructor=teacher).id, "enrolled", monday)
        make_course(session, instructor=idle)  # nobody came, so there is nothing to tell
        happen(session, course.id, "enrolled", monday, 3)
        happen(session, course.id, "lesson_completed", monday + timedelta(days=6), 2)
        happen(session, course.id, "enrolled", monday - timedelta(days=3))
        happen(session, course.id, "enrolled", monday + timedelta(days=8))
        accounts.update_preferences(session, declines.id, weekly_letter=False)
        accounts.update_preferences(session, silent.id, email_notifications=False)
        address = wants.email
    ship(fresh_database.engine, event_store)
    for _ in range(2):
        write_letters(fresh_database, settings)
    [(to, said)] = letters(tmp_path / "outbox")
    assert to == address
    assert "Active learners: 5 (1)" in said
    assert "Enrolled: 3 (1)" in said
    assert "Lessons finished: 2 (0)" in said
    assert f"https://learn.example.org/insights-course?course={course.id}" in said


def test_who_teaches_no_course_is_no_reader_because_others_teach_one(session: Session) -> None:
    make_user(session, role=UserRole.INSTRUCTOR)
    teacher = make_user(session, role=UserRole.INSTRUCTOR)
    make_course(session, instructor=teacher)
    found = weekly_letter.readers(session, weekly_letter.last_week(datetime.now(UTC).date()))
    assert [one.id for one in found] == [teacher.id]


def test_a_letter_that_could_not_be_sent_is_sent_by_the_next_try(
    fresh_database: Database, event_store: EventStore, tmp_path: Path
) -> None:
    settings = Settings(home=tmp_path, clickhouse_url=SecretStr(event_store._url()))
    week = weekly_letter.last_week(datetime.now(UTC).date())
    with fresh_database.transaction() as session:
        course = make_course(session)
        happen(session, course.id, "enrolled", datetime.combine(week, time(12), UTC))
    ship(fresh_database.engine, event_store)
    (tmp_path / "outbox").write_text("in the way")
    with pytest.raises(MailError, match="could not be kept"):
        write_letters(fresh_database, settings)
    (tmp_path / "outbox").unlink()
    write_letters(fresh_database, settings)
    assert len(letters(tmp_path / "outbox")) == 1
