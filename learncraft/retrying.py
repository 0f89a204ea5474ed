"""Whole transactions done again when the server asks for it or was restarted, and never done twice."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import TypeVar

from psycopg import errors
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import Session

from learncraft import broken_rules
from learncraft.errors import UnavailableError
from learncraft.language import noted

Result = TypeVar("Result")

AWAY = noted("The database does not answer. Nothing was lost; try again in a moment.")
CONTENDED = noted("Others change the same at this very moment. Nothing was changed; try again in a moment.")
UNKNOWN = noted("The database stopped while this was saved. Look whether it is there before you try again.")

CONFLICT_PAUSE_SECONDS = 0.02
RESTART_PAUSE_SECONDS = 0.5  # a restart of the embedded server takes a second or two
STILL_RUNNING_SECONDS = 5.0

_LIFE = "SELECT concat(pg_postmaster_start_time(), ' ', (SELECT stats_reset FROM pg_stat_bgwriter))"
_IS_TO_COME = "SELECT CAST(:number AS xid8) >= pg_snapshot_xmax(pg_current_snapshot())"
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
                if (broken := broken_rules.in_words(error)) is not None:
                    raise broken from error
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
        life = _life(session.connection())
        try:
            session.commit()
        except DBAPIError as error:
            if number is None or not is_lost(error) or not _was_committed(engine, number, life, patience):
                raise
        return result


def _life(connection: Connection) -> str:
    """Which life of the server a connection belongs to: another after each start, and after each crash inside."""
    if "life" not in connection.info:
        connection.info["life"] = connection.scalar(text(_LIFE))
    return str(connection.info["life"])


def _was_committed(engine: Engine, number: str, life: str, patience: int) -> bool:
    """What became of a transaction whose commit got no answer.

    A crash takes numbers back that had not reached the disk, and gives them out again. So in another life a number
    that is not committed is certainly lost, and one that is may be somebody else's.
    """
    for attempt in range(patience + 1):
        _pause(RESTART_PAUSE_SECONDS, attempt)
        try:
            with engine.connect() as connection:
                same = _life(connection) == life
                status = _status(connection, number, wait=same)
        except DBAPIError as error:
            if not is_lost(error):
                raise
            continue
        if status == "committed" and not same:
            break
        return status == "committed"
    raise UnavailableError(UNKNOWN)


def _status(connection: Connection, number: str, *, wait: bool) -> str | None:
    """The status of a transaction; its process may not have noticed yet that nobody listens any more."""
    deadline = time.monotonic() + STILL_RUNNING_SECONDS
    while True:
        if connection.scalar(text(_IS_TO_COME), {"number": number}):
            return None
        status = connection.scalar(text("SELECT pg_xact_status(CAST(:number AS xid8))"), {"number": number})
        connection.rollback()
        if status != "in progress" or not wait:
            return str(status)
        if time.monotonic() > deadline:
            raise UnavailableError(UNKNOWN)
        time.sleep(CONFLICT_PAUSE_SECONDS)


def _pause(seconds: float, attempt: int) -> None:
    """Longer each time, and not the same for two who met."""
    time.sleep(seconds * 2**attempt * random.uniform(0.5, 1.5))  # noqa: S311
