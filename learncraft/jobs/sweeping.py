"""What is to be done now and then, whoever asks or not.

Attempts whose time is over and whose learner doesn't come back are graded with what was saved; the words of new and
changed courses are collected for the search.
"""

from __future__ import annotations

import logging
import threading
import time
from datetime import UTC, datetime

from sqlalchemy.exc import SQLAlchemyError

from learncraft.assessments import service
from learncraft.db import Database
from learncraft.enrollment import dictionary
from learncraft.errors import LearnCraftError

INTERVAL_SECONDS = 5.0

log = logging.getLogger(__name__)


class Sweeper:
    """A thread that sweeps until it is stopped. Several may run; each attempt is closed once."""

    def __init__(self, database: Database, *, interval: float = INTERVAL_SECONDS) -> None:
        self._database = database
        self._interval = interval
        self._collected: float | None = None  # when this thread last looked for new words
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sweeper", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self, *, timeout: float = 5) -> None:
        """End after the attempt in hand."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(timeout)

    def _run(self) -> None:
        while not self._stop.wait(self._interval):
            try:
                with self._database.transaction() as session:
                    service.close_overdue(session, datetime.now(UTC))
                self._collect_words()
            except (LearnCraftError, SQLAlchemyError) as error:
                log.warning("Sweeping failed; again in %s seconds. %s", self._interval, error)

    def _collect_words(self) -> None:
        pause = dictionary.REFRESH_AFTER.total_seconds()
        if self._collected is not None and time.monotonic() - self._collected < pause:
            return
        self._collected = time.monotonic()
        with self._database.transaction() as session:
            dictionary.refresh(session, only_if_older=dictionary.REFRESH_AFTER)
