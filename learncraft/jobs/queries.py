"""What an administrator sees of background jobs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import croniter
from sqlalchemy import text
from sqlalchemy.orm import Session

from learncraft.background import KINDS, Kind

LISTED = 50  # of each list; the counts say how many there are


class JobStatus(StrEnum):
    """As the tutor platform's document names them."""

    PENDING = "PENDING"
    RUNNING = "RUNNING"
    COMPLETED = "COMPLETED"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"


@dataclass(frozen=True, slots=True)
class BackgroundJob:
    """One job, as it stands now."""

    id: int
    title: str
    status: JobStatus
    payload: dict[str, Any]
    queue: str
    priority: int
    attempts: int
    run_after: datetime | None
    is_cancelling: bool
    created_at: datetime | None
    started_at: datetime | None
    finished_at: datetime | None
    done: int
    total: int | None
    words: str
    error: str | None

    @property
    def fraction(self) -> float | None:
        """How much is done, from 0 to 1; None: nobody knows."""
        return min(self.done / self.total, 1.0) if self.total else None


@dataclass(frozen=True, slots=True)
class Scheduled:
    """One kind of job that comes by itself."""

    name: str
    title: str
    next_at: datetime
    last_status: JobStatus | None
    last_at: datetime | None
    last_words: str


@dataclass(frozen=True, slots=True)
class Overview:
    """The queue as a whole."""

    counts: dict[JobStatus, int]
    workers: int
    jobs: tuple[BackgroundJob, ...]
    schedule: tuple[Scheduled, ...]

    def of(self, status: JobStatus) -> list[BackgroundJob]:
        """The listed jobs of one status."""
        return [job for job in self.jobs if job.status == status]


def overview(session: Session, *, silence: float) -> Overview:
    """Everything the page shows, in four questions. Workers not heard of for `silence` seconds don't count."""
    counts = dict.fromkeys(JobStatus, 0)
    for row in session.execute(text("SELECT status, count(*) AS jobs FROM background_jobs GROUP BY status")):
        counts[JobStatus(row.status)] = row.jobs
    workers = session.scalar(
        text(
            "SELECT count(*) FROM procrastinate_workers WHERE last_heartbeat > now() - make_interval(secs => :silence)"
        ),
        {"silence": silence},
    )
    rows = session.execute(
        text(
            "SELECT * FROM (SELECT *, row_number() OVER (PARTITION BY status ORDER BY"
            " CASE WHEN status = 'PENDING' THEN -priority ELSE 0 END,"
            " CASE WHEN status = 'PENDING' THEN job_id ELSE -job_id END) AS place"
            " FROM background_jobs) AS ranked WHERE place <= :listed ORDER BY status, place"
        ),
        {"listed": LISTED},
    )
    jobs = tuple(_job(row) for row in rows)
    return Overview(counts=counts, workers=workers or 0, jobs=jobs, schedule=_schedule(session))


def _job(row: Any) -> BackgroundJob:
    return BackgroundJob(
        id=row.job_id,
        title=KINDS.get(row.job_type, Kind(row.job_type)).title,
        status=JobStatus(row.status),
        payload={name: value for name, value in row.payload.items() if name != "timestamp"},
        queue=row.queue_name,
        priority=row.priority,
        attempts=row.attempts,
        run_after=row.run_after,
        is_cancelling=row.is_cancelling,
        created_at=row.created_at,
        started_at=row.started_at,
        finished_at=row.finished_at,
        done=row.done or 0,
        total=row.total,
        words=row.words or "",
        error=row.error,
    )


def _schedule(session: Session) -> tuple[Scheduled, ...]:
    last = {
        row.job_type: row
        for row in session.execute(
            text(
                "SELECT DISTINCT ON (job_type) job_type, status, words,"
                " coalesce(finished_at, started_at, created_at) AS at"
                " FROM background_jobs WHERE job_type = ANY(:names) ORDER BY job_type, job_id DESC"
            ),
            {"names": [name for name, kind in KINDS.items() if kind.cron]},
        )
    }
    now = datetime.now(UTC)
    found = []
    for name, kind in KINDS.items():
        if kind.cron is not None:
            before = last.get(name)
            found.append(
                Scheduled(
                    name=name,
                    title=kind.title,
                    next_at=croniter.croniter(kind.cron, now).get_next(datetime),
                    last_status=JobStatus(before.status) if before else None,
                    last_at=before.at if before else None,
                    last_words=(before.words or "") if before else "",
                )
            )
    return tuple(sorted(found, key=lambda scheduled: scheduled.next_at))
