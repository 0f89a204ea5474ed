"""The procrastinate application of one database: every kind of job with its function, retries and schedule."""

from __future__ import annotations

import importlib
import logging
from collections.abc import Callable
from typing import Any

import procrastinate
from procrastinate.exceptions import JobAborted
from procrastinate.jobs import Job as QueuedJob
from procrastinate.jobs import Status
from procrastinate.manager import JobManager
from sqlalchemy.exc import SQLAlchemyError

from learncraft.background import KINDS, Kind
from learncraft.db import Database
from learncraft.errors import InvalidInputError, LearnCraftError, NotFoundError
from learncraft.jobs.work import FUNCTIONS, Job
from learncraft.settings import Settings
from learncraft.supervisor.logs import record_fault

# Of this package: each registers the functions of one idea.
FILES = (
    "backing_up",
    "certifying",
    "checking_links",
    "collecting_words",
    "counting_progress",
    "expiring",
    "forgetting",
    "grading_programs",
    "indexing",
    "looking_at_pictures",
    "making_streams",
    "partitioning",
    "reconciling",
    "registering",
    "retelling",
    "telling_authors",
    "telling_people",
    "transcribing",
    "writing_letters",
)

FIRST_PAUSE_SECONDS = 2.0
LONGEST_PAUSE_SECONDS = 600.0
LATEST_SECONDS = 26 * 3600.0  # a laptop that slept through the night does the night's work in the morning

log = logging.getLogger(__name__)


class BackOff(procrastinate.BaseRetryStrategy):
    """Twice the pause after each failed try. What no later try can mend isn't tried again."""

    def __init__(self, retries: int) -> None:
        self.retries = retries

    def get_retry_decision(self, *, exception: BaseException, job: QueuedJob) -> procrastinate.RetryDecision | None:
        """When to try again; None: never."""
        if isinstance(exception, JobAborted):
            # The library asks only when the worker stops, not when a person cancelled. Another worker goes on at once.
            return procrastinate.RetryDecision(retry_in={"seconds": 0})
        if job.attempts >= self.retries or isinstance(exception, InvalidInputError | NotFoundError):
            return None
        pause = min(FIRST_PAUSE_SECONDS * 2**job.attempts, LONGEST_PAUSE_SECONDS)
        return procrastinate.RetryDecision(retry_in={"seconds": pause})


class _OwnJobs(JobManager):
    """Lets a worker say how a try ended only while the job is its own.

    The library goes by the job's number alone: a worker that was silent for too long and then wakes would end the try
    of the worker that took over.
    """

    async def finish_job(self, job: QueuedJob, status: Status, delete_job: bool) -> None:
        """Note that a try has ended, unless somebody else is at it."""
        if await self._is_own(job):
            await super().finish_job(job, status, delete_job)

    async def retry_job(self, job: QueuedJob, *args: Any, **kwargs: Any) -> None:
        """Put a job back into the queue, unless somebody else is at it."""
        if await self._is_own(job):
            await super().retry_job(job, *args, **kwargs)

    async def _is_own(self, job: QueuedJob) -> bool:
        found = await self.connector.execute_query_all_async(
            "SELECT 1 FROM procrastinate_jobs WHERE id = %(id)s AND status = 'doing' AND attempts = %(attempts)s",
            id=job.id,
            attempts=job.attempts,
        )
        if not found:
            log.warning(
                "Job %s (%s) was given to another worker; what this one did last is undone.", job.id, job.task_name
            )
        return bool(found)


def make_app(database: Database, settings: Settings) -> procrastinate.App:
    """All kinds of jobs, for a worker on this database. Not yet connected."""
    for file in FILES:
        importlib.import_module(f"learncraft.jobs.{file}")
    logging.getLogger("procrastinate").setLevel(logging.WARNING)  # it tells of each start and end
    connector = procrastinate.PsycopgConnector(
        conninfo=database.url.replace("postgresql+psycopg://", "postgresql://", 1),
        min_size=1,
        max_size=4,
        timeout=10,
        kwargs={"application_name": "learncraft jobs", "connect_timeout": 5, "options": "-c timezone=UTC"},
    )
    app = procrastinate.App(connector=connector, periodic_defaults={"max_delay": LATEST_SECONDS})
    app.job_manager = _OwnJobs(connector)
    for name, function in FUNCTIONS.items():
        kind = KINDS[name]
        task = app.task(
            name=name,
            pass_context=True,
            queue=kind.queue,
            priority=kind.priority,
            lock=kind.lock,
            retry=BackOff(kind.retries),
        )(_doing(function, database, settings))
        if kind.cron is not None:
            app.periodic(cron=kind.cron)(task)
    return app


def _doing(function: Callable[..., None], database: Database, settings: Settings) -> Callable[..., None]:
    def do(context: procrastinate.JobContext, **payload: Any) -> None:
        payload.pop("timestamp", None)  # of the schedule; the work goes by the clock
        assert context.job.id is not None
        job = Job(context.job.id, database, settings, context.job.attempts, context.should_abort)
        try:
            function(job, **payload)
        except JobAborted:
            raise
        except Exception as error:
            _remember(job, error)
            raise

    return do


def _remember(job: Job, error: Exception) -> None:
    if isinstance(error, LearnCraftError):
        reason = str(error)
    else:
        reference = record_fault(error)
        reason = f"Something unexpected ({type(error).__name__}). The log has the trace under reference {reference}."
    try:
        job.remember(reason)
    except (LearnCraftError, SQLAlchemyError) as away:
        log.warning("Why job %s failed could not be kept: %s %s", job.id, reason, away)


def title_of(name: str) -> str:
    """What an administrator reads for a kind of job."""
    return KINDS.get(name, Kind(name)).title
