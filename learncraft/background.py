"""Background jobs: asked for in the same transaction as what they follow from, done by `learncraft.jobs`.

No commit, no job. A job may run more than once (a worker can die after the work and before saying so), so whoever
writes one makes sure that doing it twice is doing it once.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Column, Table, Text, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from learncraft.db import Base, UpdatedAt, references

LIBRARY = "procrastinate_"  # how the tables of the job library begin; its own SQL makes them

# Named only so that a foreign key can point at it.
Table("procrastinate_jobs", Base.metadata, Column("id", BigInteger, primary_key=True))


class JobProgress(Base):
    """How far one job has come, and why its last try failed. Written in the transaction of the work it counts."""

    __tablename__ = "job_progress"
    __table_args__ = (CheckConstraint("done >= 0 AND total >= 0", name="counts_not_negative"),)

    job_id: Mapped[int] = mapped_column(
        BigInteger,
        references("procrastinate_jobs.id", on_delete="CASCADE"),
        primary_key=True,
        autoincrement=False,
        doc="The job of the library's table.",
    )
    done: Mapped[int] = mapped_column(BigInteger, server_default=text("0"), doc="How many parts are done.")
    total: Mapped[int | None] = mapped_column(BigInteger, doc="How many parts there are; empty while that is unknown.")
    words: Mapped[str] = mapped_column(Text, server_default="", doc="What is being done, for people.")
    error: Mapped[str | None] = mapped_column(Text, doc="Why its last try failed, in words.")
    updated_at: Mapped[UpdatedAt]


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of job: what an administrator reads, when it comes by itself, and how it stands among others."""

    title: str
    cron: str | None = None  # minute, hour, day, month, weekday; in UTC
    queue: str = "default"  # "files" needs the home folder of the server
    priority: int = 0  # the higher one goes first
    lock: str | None = None  # of jobs with one lock, one runs at a time
    retries: int = 5


KINDS: dict[str, Kind] = {
    "make_partitions": Kind("Make the coming months' partitions", cron="10 1 * * *", priority=10, lock="partitions"),
    "archive_expired": Kind(
        "Archive what is older than its retention", cron="40 1 * * *", queue="files", priority=-10, lock="partitions"
    ),
    # Every hour, so that a machine that was off at night makes up for it; one that was made today is enough.
    "back_up": Kind("Make today's backup", cron="20 * * * *", queue="files", lock="backup", retries=2),
    "copy_new_files": Kind("Copy new files to backups", cron="*/5 * * * *", queue="files", lock="backup", retries=0),
    "issue_certificates": Kind("Give the certificates that are due in a course"),
    "count_progress_again": Kind("Count how far learners are after a publication", priority=5),
    "expire_places": Kind("End places and subscriptions whose time is over", cron="5 * * * *"),
    "fill_places": Kind("Give free places to those who wait", priority=5),
    "tell_mentioned": Kind("Write to somebody who was named in a discussion", queue="files", retries=10),
    "tell_replied": Kind("Write to who began a thread about a reply", queue="files", retries=10),
    "write_about_review": Kind("Write about a course that is reviewed", queue="files", retries=10),
    "write_about_remarks": Kind("Write about new remarks at a course", queue="files", retries=10),
    "write_about_sharing": Kind("Write to somebody who looks after a course from now on", queue="files", retries=10),
    "write_to_registrant": Kind("Write to somebody who registers", priority=10, retries=10, queue="files"),
    "write_about_certificate": Kind("Write to somebody about their certificate", retries=10, queue="files"),
    "collect_words": Kind("Collect the words of changed courses for the search", cron="*/5 * * * *", lock="words"),
    "index_lesson": Kind("Make a lesson findable for the tutor", queue="files", priority=5),
    "index_course": Kind("Make a course findable for the tutor", queue="files"),
    "index_material": Kind("Make a study material findable for the tutor", queue="files", priority=5),
    # One at a time: learners are served by the same processors.
    "make_stream": Kind("Make the stream of a video", queue="files", priority=-5, lock="films", retries=2),
    "transcribe_video": Kind("Write captions of what is said in a video", queue="files", priority=-5, retries=3),
    "look_at_pictures": Kind(
        "See whether text in pictures can be read", cron="*/5 * * * *", queue="files", priority=-10, lock="pictures"
    ),
    # One at a time, so that a site which two courses name is still asked one thing at a time.
    "check_links": Kind("Ask whether a course's links to other sites still lead there", priority=-5, lock="links"),
    "check_old_links": Kind("Ask again for links whose answers grow old", cron="15 3 * * *", priority=-10),
    "forget_bytes": Kind("Remove bytes of files that were deleted or replaced", queue="files", priority=-10),
    "forget_uploads": Kind(
        "Forget uploads that nobody went on with", cron="20 2 * * *", queue="files", priority=-10, lock="uploads"
    ),
    "index_missed": Kind(
        "Make findable what was missed", cron="*/5 * * * *", queue="files", priority=-5, lock="missed"
    ),
    "tell_anew": Kind("Tell a lesson anew for a persona, by the language model", queue="files", retries=2),
    "reconcile_events": Kind(
        "Compare the event store with the database", cron="50 * * * *", queue="files", lock="events", retries=2
    ),
    # Monday noon in UTC: the week is over everywhere.
    "write_weekly_letters": Kind("Write the weekly letters about courses", cron="0 12 * * 1", lock="letters"),
    # Again and again for two hours: a sandbox that isn't installed yet costs nobody their grade.
    "grade_programs": Kind("Grade programs that were handed in", priority=20, retries=12),
    "forget_old_jobs": Kind("Forget jobs that ended long ago", cron="25 2 * * *", priority=-10),
    "forget_expired": Kind("Remove sign-ins, rate limits and answers that expired", cron="35 2 * * *", priority=-10),
}


def defer(
    session: Session,
    name: str,
    /,
    *,
    run_after: datetime | None = None,
    unless_waiting: bool = False,
    priority: int | None = None,
    lock: str | None = None,
    **payload: Any,
) -> int:
    """Ask for a job in the caller's transaction; returns its number.

    With `unless_waiting`, a job of the kind with the same payload that still waits is taken instead of a second one.
    """
    kind = KINDS[name]
    arguments = json.dumps(payload, sort_keys=True)
    if unless_waiting:
        session.execute(text("SELECT pg_advisory_xact_lock(hashtext(:key))"), {"key": f"{name} {arguments}"})
        waiting = session.scalar(
            text(
                "SELECT id FROM procrastinate_jobs "
                "WHERE task_name = :name AND args - 'timestamp' = CAST(:arguments AS jsonb) AND status = 'todo' LIMIT 1"
            ),
            {"name": name, "arguments": arguments},
        )
        if waiting is not None:
            return int(waiting)
    made = session.scalar(
        text(
            "SELECT (procrastinate_defer_jobs_v1(ARRAY[ROW(:queue, :name, :priority, :lock, NULL, "
            "CAST(:arguments AS jsonb), CAST(:run_after AS timestamptz))::procrastinate_job_to_defer_v1]))[1]"
        ),
        {
            "queue": kind.queue,
            "name": name,
            "priority": kind.priority if priority is None else priority,
            "lock": lock or kind.lock,
            "arguments": arguments,
            "run_after": run_after,
        },
    )
    assert made is not None
    return int(made)
