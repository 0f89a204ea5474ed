"""Whole transactions done again when the server asks for it or was restarted, and never done twice."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import TypeVar

from psycopg import errors
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import Session

from learncraft.errors import UnavailableError

Result = TypeVar("Result")

AWAY = "The database does not answer. Nothing was lost; try again in a moment."
CONTENDED = "Others change the same at this very moment. Nothing was changed; try again in a moment."
UNKNOWN = "The database stopped while this was saved. Look whether it is there before you try again."

CONFLICT_PAUSE_SECONDS = 0.02
RESTART_PAUSE_SECONDS = 0.5  # a restart of the embedded server takes a second or two
STILL_RUNNING_SECONDS = 5.0

_CONFLICTS = (errors.DeadlockDetected, errors.SerializationFailure)

# Operational errors that a running server sends itself: locks, timeouts, full disks.
_ANSWERED = (*_CONFLICTS, errors.LockNotAvailable, errors.QueryCanceled, errors.DiskFull)


def is_lost(error: DBAPIError) -> bool:
    """Whether the connection was lost or refused, rather than a statement."""
    if error.connection_invalidated:
        return True
    return isinstance(error, OperationalError) and not isinstance(error.orig, _ANSWERED)


def run(engine: Engine, action: Callable[[Session], Result], *, retries: int) -> Result:
    """See `Database.run`."""
    attempt = 0
    while True:
        try:
            return _once(engine, action, patience=retries)
        except DBAPIError as error:
            lost = is_lost(error)
            if not lost and not isinstance(error.orig, _CONFLICTS):
                raise
            if attempt == retries:
                raise UnavailableError(AWAY if lost else CONTENDED) from error
            _pause(RESTART_PAUSE_SECONDS if lost else CONFLICT_PAUSE_SECONDS, attempt)
            attempt += 1


def _once(engine: Engine, action: Callable[[Session], Result], *, patience: int) -> Result:
    with Session(engine, expire_on_commit=False) as session:
        result = action(session)
        session.flush()
        # Known before the commit, so that its fate can be asked for after it. A transaction that only read has none.
        number = session.scalar(text("SELECT pg_current_xact_id_if_assigned()::text"))
        try:
            session.commit()
        except DBAPIError as error:
            if number is None or not is_lost(error) or not _was_committed(engine, number, patience):
                raise
        return result


def _was_committed(engine: Engine, number: str, patience: int) -> bool:
    """What became of a transaction whose commit got no answer."""
    for attempt in range(patience + 1):
        _pause(RESTART_PAUSE_SECONDS, attempt)
        try:
            with engine.connect() as connection:
                # Its process may not have noticed yet that nobody listens any more; it ends one way or the other.
                deadline = time.monotonic() + STILL_RUNNING_SECONDS
                while True:
                    status = connection.scalar(text("SELECT pg_xact_status(CAST(:number AS xid8))"), {"number": number})
                    if status in {"committed", "aborted"}:
                        return bool(status == "committed")
                    if status is None or time.monotonic() > deadline:
                        raise UnavailableError(UNKNOWN)
                    connection.rollback()
                    time.sleep(CONFLICT_PAUSE_SECONDS)
        except DBAPIError as error:
            if not is_lost(error):
                raise
    raise UnavailableError(UNKNOWN)


def _pause(seconds: float, attempt: int) -> None:
    """Longer each time, and not the same for two who met."""
    time.sleep(seconds * 2**attempt * random.uniform(0.5, 1.5))  # noqa: S311
