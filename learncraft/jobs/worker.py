"""The worker: does jobs as they come, keeps their schedule, and takes back what dead workers left."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Sequence
from contextlib import suppress

import psycopg
import psycopg_pool
from procrastinate.exceptions import ProcrastinateException
from procrastinate.worker import Worker as LibraryWorker
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from learncraft import sql
from learncraft.db import Database
from learncraft.errors import LearnCraftError
from learncraft.jobs.app import make_app
from learncraft.settings import Settings

CONCURRENCY = 2
HEARTBEAT_SECONDS = 5.0
SILENCE_SECONDS = 30.0  # without a heartbeat a worker counts as dead
PATIENCE_SECONDS = 1.0  # for jobs that run when the worker is asked to end; then they are asked too
LOOK_SECONDS = 0.1
AGAIN_SECONDS = 2.0
MOST_TRIES = 20  # of a job whose workers die: it may be what kills them

log = logging.getLogger(__name__)


class Worker:
    """A thread that does jobs until it is stopped. Any number may run, on any number of machines.

    A job whose worker dies is given back to the queue by the others, or by the next one that starts.
    """

    def __init__(
        self,
        database: Database,
        settings: Settings,
        *,
        concurrency: int = CONCURRENCY,
        queues: Sequence[str] | None = None,
        heartbeat: float = HEARTBEAT_SECONDS,
        silence: float = SILENCE_SECONDS,
    ) -> None:
        self._database = database
        self._settings = settings
        self._concurrency = concurrency
        self._queues = list(queues) if queues else None
        self._heartbeat = heartbeat
        self._silence = silence
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self.run, name="jobs", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def ask(self) -> None:
        """Ask it to end. Jobs that run are asked too, a second later; they go on elsewhere from where they were."""
        self._stop.set()

    def stop(self, *, timeout: float = 4) -> None:
        """End, and wait for that. A job that doesn't listen is left to the end of the process."""
        self.ask()
        if self._thread.is_alive():
            self._thread.join(timeout)

    def run(self) -> None:
        """Work in the calling thread until `stop`. A database that goes away is waited for."""
        while not self._stop.is_set():
            try:
                asyncio.run(self._work())
            except (ProcrastinateException, psycopg.Error, psycopg_pool.PoolTimeout, OSError) as error:
                log.warning("Jobs wait for the database; again in %s seconds. %s", AGAIN_SECONDS, error)
            self._stop.wait(AGAIN_SECONDS)

    async def _work(self) -> None:
        app = make_app(self._database, self._settings)
        async with app.open_async():
            worker = LibraryWorker(
                app=app,
                queues=self._queues,
                concurrency=self._concurrency,
                install_signal_handlers=False,
                shutdown_graceful_timeout=PATIENCE_SECONDS,
                fetch_job_polling_interval=1.0,
                abort_job_polling_interval=2.0,
                update_heartbeat_interval=self._heartbeat,
                stalled_worker_timeout=max(self._silence, 3 * self._heartbeat),
            )
            watching = asyncio.create_task(self._watch(worker))
            try:
                await worker.run()  # type: ignore[no-untyped-call]
            finally:
                watching.cancel()
                with suppress(asyncio.CancelledError):
                    await watching

    async def _watch(self, worker: LibraryWorker) -> None:
        """Hand on the wish to end, and look for jobs of dead workers.

        This is no job of its own: a job that takes jobs back could itself be left behind by its worker.
        """
        loop = asyncio.get_running_loop()
        next_look = loop.time()
        while True:
            if self._stop.is_set():
                worker.stop()  # type: ignore[no-untyped-call]
            elif loop.time() >= next_look and worker.worker_id is not None:
                if not await asyncio.to_thread(self._take_back, worker.worker_id):
                    # Others gave us up, as after a night's sleep of the machine: begin anew, under a new number.
                    worker.stop()  # type: ignore[no-untyped-call]
                next_look = loop.time() + self._heartbeat
            await asyncio.sleep(LOOK_SECONDS)

    def _take_back(self, own_id: int) -> bool:
        """Give back what dead workers left; False when this worker isn't known any more."""
        try:
            with self._database.transaction() as session:
                known = session.scalar(text("SELECT 1 FROM procrastinate_workers WHERE id = :id"), {"id": own_id})
                if not known:
                    return False
                found = session.execute(
                    text(sql.text("postgres/take_back_jobs")),
                    {"own_id": own_id, "silence": self._silence, "most_tries": MOST_TRIES},
                ).all()
        except (LearnCraftError, SQLAlchemyError) as error:
            log.warning("Jobs of dead workers could not be looked for: %s", error)
            return True
        for job in found:
            log.warning("Job %s (%s) lost its worker; it is now %s.", job.id, job.task_name, job.status)
        return True
