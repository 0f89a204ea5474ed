"""What an administrator may do with a job."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.orm import Session

from learncraft import background
from learncraft.background import KINDS
from learncraft.errors import InvalidInputError, NotFoundError


def retry(session: Session, job_id: int) -> None:
    """Put a failed job into the queue again.

    Raises:
        NotFoundError: there is no such job any more.
        InvalidInputError: it has not failed, or not only.
    """
    status = _locked(session, job_id)
    if status != "failed":
        raise InvalidInputError("This job is no longer failed; somebody may have been faster. Look at the list again.")
    session.execute(text("SELECT procrastinate_retry_job_v2(:id, now(), NULL, NULL, NULL)"), {"id": job_id})
    session.execute(text("UPDATE job_progress SET error = NULL WHERE job_id = :id"), {"id": job_id})


def cancel(session: Session, job_id: int) -> bool:
    """Take a job out of the queue, or ask a running one to end; whether it has ended already.

    Raises:
        NotFoundError: there is no such job any more.
        InvalidInputError: it has ended before.
    """
    status = _locked(session, job_id)
    if status not in {"todo", "doing"}:
        raise InvalidInputError("This job has ended already; there is nothing to cancel.")
    session.execute(text("SELECT procrastinate_cancel_job_v1(:id, true, false)"), {"id": job_id})
    return status == "todo"


def run_now(session: Session, name: str) -> int:
    """Ask for a scheduled job now, beside its schedule. Pressed twice, it waits once.

    Raises:
        NotFoundError: there is no such kind of job.
    """
    if name not in KINDS or KINDS[name].cron is None:
        raise NotFoundError("There is no such scheduled job.")
    return background.defer(session, name, unless_waiting=True)


def _locked(session: Session, job_id: int) -> str:
    status = session.scalar(
        text("SELECT status::text FROM procrastinate_jobs WHERE id = :id FOR UPDATE"), {"id": job_id}
    )
    if status is None:
        raise NotFoundError("This job is not there any more: jobs that ended long ago are forgotten.")
    return str(status)
