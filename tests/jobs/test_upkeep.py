"""The jobs that the platform has for itself."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from procrastinate.exceptions import JobAborted
from sqlalchemy import text

from learncraft import background, schema
from learncraft.background import KINDS
from learncraft.db import Database
from learncraft.jobs import forgetting, partitioning, queries, service
from learncraft.jobs.queries import JobStatus
from learncraft.jobs.work import Job
from learncraft.retention import archiving, manifest
from learncraft.retention.errors import ArchiveError
from learncraft.settings import Settings
from tests.factories import make_user
from tests.jobs.conftest import state, wait_for, working

ROWS = "INSERT INTO learning_events (user_id, event_type, created_at) VALUES (new_id(), 'x', :at)"


def make(database: Database, settings: Settings, name: str) -> Job:
    with database.transaction() as session:
        job = background.defer(session, name)
        session.execute(text("UPDATE procrastinate_jobs SET status = 'doing' WHERE id = :id"), {"id": job})
        return Job(job, database, settings)


def ship_all(database: Database) -> None:
    with database.transaction() as session:
        session.execute(
            text(
                "INSERT INTO event_batches (from_xid, from_id, to_xid, to_id, event_count, acknowledged_at) "
                "SELECT '0', new_id(), xid, id, 1, now() FROM learning_events ORDER BY xid DESC, id DESC LIMIT 1"
            )
        )


def test_missing_partitions_are_made_and_rows_are_sorted(fresh_database: Database, settings: Settings) -> None:
    with fresh_database.transaction() as session:
        for table in session.scalars(
            text("SELECT relname FROM pg_class WHERE relname ~ '^learning_events_2' AND relkind = 'r'")
        ).all():
            session.execute(text(f"DROP TABLE {table}"))
        session.execute(text(ROWS), {"at": "2025-03-05"})
    job = make(fresh_database, settings, "make_partitions")
    partitioning.make_partitions(job)
    said = state(fresh_database, job.id).words
    assert said == f"{2 + schema.MONTHS_AHEAD} partitions made, 1 rows sorted into their month"
    with fresh_database.reading() as session:
        assert session.scalar(text("SELECT count(*) FROM learning_events_2025_03")) == 1


def test_the_nightly_job_archives_all_months_that_are_over(fresh_database: Database, settings: Settings) -> None:
    few = settings.model_copy(update={"events_ttl_months": 2})
    for at in ("2024-01-05", "2024-02-05"):
        with fresh_database.transaction() as session:
            session.execute(text(ROWS), {"at": at})
    ship_all(fresh_database)
    with fresh_database.transaction() as session:
        job = background.defer(session, "archive_expired")
    with working(fresh_database, few):
        done = wait_for(fresh_database, job, "COMPLETED", seconds=40)
    assert (done.done, done.total, done.words) == (2, 2, "2 partitions archived")
    folder = few.archive_dir / "learning_events"
    assert [path.name for path in sorted(folder.glob("*.parquet"))] == [
        "learning_events_2024_01.parquet",
        "learning_events_2024_02.parquet",
    ]
    assert manifest.read(folder / "learning_events_2024_01.parquet").rows == 1


def test_a_partition_that_can_not_be_archived_does_not_hold_up_the_others(
    fresh_database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = settings.model_copy(update={"events_ttl_months": 2})
    for at in ("2024-01-05", "2024-02-05"):
        with fresh_database.transaction() as session:
            session.execute(text(ROWS), {"at": at})
    ship_all(fresh_database)
    whole = archiving.archive

    def archive(database: Database, settings: Settings, partition: object, **rest: object) -> object:
        if partition.name.endswith("_01"):  # type: ignore[attr-defined]
            raise ArchiveError("The disk is full.")
        return whole(database, settings, partition, **rest)  # type: ignore[arg-type]

    monkeypatch.setattr(archiving, "archive", archive)
    with pytest.raises(ArchiveError, match="disk is full"):
        partitioning.archive_expired(make(fresh_database, few, "archive_expired"))
    assert [path.name for path in (few.archive_dir / "learning_events").glob("*.parquet")] == [
        "learning_events_2024_02.parquet"
    ]


def test_jobs_that_ended_long_ago_are_forgotten_failed_ones_later(fresh_database: Database, settings: Settings) -> None:
    with fresh_database.transaction() as session:
        jobs = [background.defer(session, "forget_expired") for _ in range(4)]
        for job, status, days in zip(
            jobs, ("succeeded", "succeeded", "failed", "failed"), (31, 29, 89, 91), strict=True
        ):
            session.execute(text("UPDATE procrastinate_jobs SET status = 'doing' WHERE id = :id"), {"id": job})
            session.execute(
                text("UPDATE procrastinate_jobs SET status = CAST(:s AS procrastinate_job_status) WHERE id = :id"),
                {"s": status, "id": job},
            )
            session.execute(
                text("UPDATE procrastinate_events SET at = now() - :age WHERE job_id = :id"),
                {"age": timedelta(days=days), "id": job},
            )
    forgetting.forget_old_jobs(make(fresh_database, settings, "forget_old_jobs"))
    with fresh_database.reading() as session:
        left = session.scalars(
            text("SELECT job_id FROM background_jobs WHERE finished_at IS NOT NULL ORDER BY 1")
        ).all()
    assert left == jobs[1:3]


def test_what_expired_is_removed_and_what_did_not_stays(
    fresh_database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forgetting, "PIECE", 2)
    with fresh_database.transaction() as session:
        for number, expires in enumerate(["-1 hour"] * 5 + ["1 hour"]):
            session.execute(
                text("INSERT INTO rate_limits VALUES (:key, 1, now() + CAST(:expires AS interval))"),
                {"key": str(number), "expires": expires},
            )
        make_user(session)
    job = make(fresh_database, settings, "forget_expired")
    forgetting.forget_expired(job)
    with fresh_database.reading() as session:
        assert session.scalars(text("SELECT key FROM rate_limits")).all() == ["5"]
    assert state(fresh_database, job.id).words == "5 rows removed"


def test_a_cancelled_job_ends_at_its_next_step_and_stays_ended(
    fresh_database: Database, settings: Settings, kind: Callable[..., None]
) -> None:
    import time

    def long(job: Job) -> None:
        for number in range(10_000):
            job.say(number, 10_000, "long work")
            time.sleep(0.02)

    kind("long", long)
    with fresh_database.transaction() as session:
        job = background.defer(session, "long")
    with working(fresh_database, settings):
        wait_for(fresh_database, job, "RUNNING")
        with fresh_database.transaction() as session:
            assert service.cancel(session, job) is False
        ended = wait_for(fresh_database, job, "CANCELLED")
    assert ended.done < 10_000


def test_a_step_between_two_parts_can_be_left() -> None:
    job = Job(1, None, None, asked_to_end=lambda: True)  # type: ignore[arg-type]
    with pytest.raises(JobAborted):
        job.go_on_or_end()


def test_the_overview_tells_the_next_time_of_every_scheduled_job(fresh_database: Database) -> None:
    with fresh_database.reading() as session:
        found = queries.overview(session, silence=30)
    assert {item.name for item in found.schedule} == {name for name, kind in KINDS.items() if kind.cron}
    assert found.counts == dict.fromkeys(JobStatus, 0)
    assert found.workers == 0
