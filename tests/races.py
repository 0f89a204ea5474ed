"""Several people at the same moment, each on a connection of their own."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from learncraft.db import Database

Action = Callable[[Session], Any]


def at_once(database: Database, *actions: Action, isolation: str = "READ COMMITTED") -> list[Any]:
    """Run each action in a thread and a transaction of its own, all from the same moment.

    The first read fixes what a REPEATABLE READ transaction sees, so it comes before the start.
    """
    barrier = Barrier(len(actions))
    engine = database.engine.execution_options(isolation_level=isolation)

    def run(action: Action) -> Any:
        try:
            with Session(engine) as session, session.begin():
                session.execute(text("SELECT 1 FROM users LIMIT 1"))
                barrier.wait(timeout=10)
                return action(session)
        except Exception as error:
            return error

    with ThreadPoolExecutor(len(actions)) as pool:
        return list(pool.map(run, actions))


def until_somebody_waits(session: Session) -> None:
    """Go on once another connection waits for a lock of this transaction."""
    waiting = text(
        "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid)))"
    )
    until = time.monotonic() + 10
    while not session.scalar(waiting):
        assert time.monotonic() < until, "Nobody waits."
        time.sleep(0.02)


def sql(statement: str, **values: Any) -> Action:
    """An action that is one statement; its result says how many rows it wrote."""
    return lambda session: session.execute(text(statement), values).rowcount  # type: ignore[attr-defined]


def refusals(results: list[Any]) -> list[str]:
    """The constraint that stopped each action that failed, or the server's code where it was none."""
    found = []
    for result in results:
        if isinstance(result, DBAPIError):
            found.append(result.orig.diag.constraint_name or result.orig.sqlstate)  # type: ignore[union-attr]
        elif isinstance(result, Exception):
            raise result
    return found
