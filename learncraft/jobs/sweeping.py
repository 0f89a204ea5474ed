"""Attempts whose time is over and whose learner doesn't come back are graded with what was saved.

It is a thread and no job: its delay is seconds, and nothing else may stand in its way.
"""

from __future__ import annotations

import logging
import threading
from datetime import UTC, datetime

from sqlalchemy.exc import SQLAlchemyError

from learncraft.assessments import service
from learncraft.db import Database
from learncraft.errors import LearnCraftError

INTERVAL_SECONDS = 5.0

log = logging.getLogger(__name__)


class Sweeper:
    """A thread that sweeps until it is stopped. Several may run; each attempt is closed once."""

    def __init__(self, database: Database, *, interval: float = INTERVAL_SECONDS) -> None:
        self._database = database
        self._interval = interval
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
            except (LearnCraftError, SQLAlchemyError) as error:
                log.warning("Sweeping failed; again in %s seconds. %s", self._interval, error)
