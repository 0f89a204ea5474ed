"""What a job's function gets in its hand, and which function does which kind of job."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from procrastinate.exceptions import JobAborted
from sqlalchemy import text
from sqlalchemy.orm import Session

from learncraft.background import KINDS
from learncraft.db import Database
from learncraft.settings import Settings

Function = TypeVar("Function", bound=Callable[..., None])

FUNCTIONS: dict[str, Callable[..., None]] = {}


def does(name: str) -> Callable[[Function], Function]:
    """Make a function the one that does jobs of a kind. It gets the job, and the payload as keywords."""
    if name not in KINDS:
        raise LookupError(f"{name!r} is not a kind of job; learncraft.background.KINDS lists them.")

    def register(function: Function) -> Function:
        FUNCTIONS[name] = function
        return function

    return register


@dataclass(frozen=True, slots=True)
class Job:
    """One job while it runs."""

    id: int
    database: Database
    settings: Settings
    attempts: int = 0  # before this one; with it a try knows whether the job was given to another worker since
    asked_to_end: Callable[[], bool] = lambda: False

    def link(self, path: str) -> str:
        """The whole address of a page, for letters."""
        base = self.settings.base_url or f"http://{self.settings.host}:{self.settings.port}"
        return base.rstrip("/") + path

    def so_far(self, session: Session) -> int:
        """How much an earlier try has done: where this one goes on."""
        done = session.scalar(text("SELECT done FROM job_progress WHERE job_id = :id FOR UPDATE"), {"id": self.id})
        return int(done or 0)

    def advance(self, session: Session, done: int, total: int | None = None, words: str = "") -> None:
        """Note how far the work has come, in the transaction of that work: both are kept, or neither.

        Raises:
            JobAborted: somebody cancelled the job, its worker stops, or another worker has it now. The transaction is
                undone; what was committed before stays.
        """
        self.go_on_or_end()
        # The lock keeps others from giving the job to somebody else before this transaction has ended.
        ours = session.scalar(
            text(
                "SELECT 1 FROM procrastinate_jobs WHERE id = :id AND status = 'doing' AND attempts = :attempts "
                "FOR KEY SHARE"
            ),
            {"id": self.id, "attempts": self.attempts},
        )
        if not ours:
            raise JobAborted  # this worker was silent for too long, and the work goes on elsewhere
        session.execute(
            text(
                "INSERT INTO job_progress (job_id, done, total, words) VALUES (:id, :done, :total, :words) "
                "ON CONFLICT (job_id) DO UPDATE SET done = :done, total = :total, words = :words"
            ),
            {"id": self.id, "done": done, "total": total, "words": words},
        )

    def say(self, done: int, total: int | None, words: str) -> None:
        """Note how far the work has come, in a transaction of its own.

        Raises:
            JobAborted: somebody cancelled the job, or its worker stops.
        """
        with self.database.transaction() as session:
            self.advance(session, done, total, words)

    def go_on_or_end(self) -> None:
        """Between two steps that may be parted.

        Raises:
            JobAborted: somebody cancelled the job, or its worker stops.
        """
        if self.asked_to_end():
            raise JobAborted

    def remember(self, error: str | None) -> None:
        """Keep why the try failed, for the administrator's page."""
        with self.database.transaction() as session:
            session.execute(
                text(
                    "INSERT INTO job_progress (job_id, error) VALUES (:id, :error) "
                    "ON CONFLICT (job_id) DO UPDATE SET error = :error"
                ),
                {"id": self.id, "error": error},
            )
