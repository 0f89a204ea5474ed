"""What has served its time is removed, a piece at a time, so that nobody waits for it."""

from __future__ import annotations

from sqlalchemy import text

from learncraft.jobs.work import Job, does

ENDED_DAYS = 30  # a job that did its work
FAILED_DAYS = 90  # a job that didn't: somebody may still ask why
PIECE = 5_000

# Which rows go, by table. Each condition has an index.
EXPIRED = {
    "checked_links": "checked_at < now() - interval '180 days'",
    "rate_limits": "expires_at < now()",
    "user_sessions": "expires_at < now() - interval '30 days'",
}


@does("forget_old_jobs")
def forget_old_jobs(job: Job) -> None:
    """Delete jobs that ended long ago, with what is known of them."""
    with job.database.transaction() as session:
        gone = session.execute(
            text(
                "DELETE FROM procrastinate_jobs WHERE id IN ("
                " SELECT job_id FROM background_jobs WHERE finished_at < now() - make_interval(days =>"
                " CASE status WHEN 'FAILED' THEN :failed ELSE :ended END))"
            ),
            {"failed": FAILED_DAYS, "ended": ENDED_DAYS},
        ).rowcount  # type: ignore[attr-defined]
        job.advance(session, gone, gone, f"{gone} jobs forgotten")


@does("forget_expired")
def forget_expired(job: Job) -> None:
    """Delete sign-ins, rate limits and answers of links whose time is over."""
    removed = 0
    for table, condition in EXPIRED.items():
        while True:
            with job.database.transaction() as session:
                gone: int = session.execute(
                    text(
                        f"DELETE FROM {table} WHERE ctid IN"  # noqa: S608  # both are written above
                        f" (SELECT ctid FROM {table} WHERE {condition} LIMIT :piece FOR UPDATE SKIP LOCKED)"
                    ),
                    {"piece": PIECE},
                ).rowcount  # type: ignore[attr-defined]
                removed += gone
                job.advance(session, removed, None, f"{removed} rows removed")
            if gone < PIECE:
                break
