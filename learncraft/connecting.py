"""Pools of connections to PostgreSQL, and how a connection is looked at before it is used again."""

from __future__ import annotations

import select
import time
from contextlib import suppress
from typing import Any
from weakref import WeakKeyDictionary

import psycopg
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session
from sqlalchemy.pool import ConnectionPoolEntry

STATEMENT_TIMEOUT_MS = 15_000
IDLE_IN_TRANSACTION_TIMEOUT_MS = 60_000
POOL_OVERFLOW = 10  # more connections of a moment with many at once
IDLE_SECONDS_WITHOUT_DOUBT = 30.0  # after so long unused, a connection is asked whether it still stands
NEVER = float("-inf")


def engine(url: str, pool_size: int, overflow: int = POOL_OVERFLOW) -> Engine:
    """A pool of connections, none of them opened yet."""
    made = create_engine(
        url,
        pool_size=pool_size,
        max_overflow=overflow,
        pool_recycle=3600,
        pool_pre_ping=True,
        pool_use_lifo=True,  # the one used last has read most of what is asked already
        connect_args={
            "connect_timeout": 5,
            "application_name": "learncraft",
            "options": (
                f"-c timezone=UTC -c statement_timeout={STATEMENT_TIMEOUT_MS}"
                f" -c idle_in_transaction_session_timeout={IDLE_IN_TRANSACTION_TIMEOUT_MS}"
            ),
        },
    )
    _look_before_use(made)
    return made


def snapshots(of: Engine) -> Engine:
    """The same pool for reads: each transaction sees one consistent state and changes nothing."""
    return of.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)


def end_reading(session: Session) -> None:
    """End a transaction that has only read by a commit: at a rollback the driver forgets all prepared statements.

    PostgreSQL would then read and plan each question anew, which took it half of its time.
    """
    if not session.in_transaction():
        return
    with suppress(psycopg.Error, SQLAlchemyError):  # what was read is read
        driver = session.connection().connection.driver_connection
        assert isinstance(driver, psycopg.Connection)
        driver.commit()


def plan_for_values(session: Session) -> None:
    """Let PostgreSQL plan the questions of this transaction for their own values, each time.

    For those whose best way differs by what is asked, as by rare and by common words: one plan for all values took a
    search 1.4 s at 1,000,000 enrollments. It is a word to the server and no question, so it isn't counted as one.
    """
    driver = session.connection().connection.driver_connection
    assert isinstance(driver, psycopg.Connection)
    driver.execute("SET LOCAL plan_cache_mode = force_custom_plan")


def _look_before_use(made: Engine) -> None:
    """Let the pool look at a connection before it is used, rather than ask the server by it each time.

    A server that ended, or was killed, has closed its end, and the system knows that without a question to anybody: our
    end can be read. Only a connection that lay idle for long is asked: a network that went away tells nobody.
    """
    ask = made.dialect.do_ping
    used_at: WeakKeyDictionary[Any, float] = WeakKeyDictionary()

    def look(driver: Any) -> bool:
        if time.monotonic() - used_at.get(driver, NEVER) > IDLE_SECONDS_WITHOUT_DOUBT:
            return ask(driver)
        looking = select.poll()
        looking.register(driver.fileno(), select.POLLIN)
        return not looking.poll(0)

    def remember(driver: Any, _record: ConnectionPoolEntry) -> None:
        if driver is not None:  # it is lost
            used_at[driver] = time.monotonic()

    made.dialect.do_ping = look  # type: ignore[method-assign, assignment]
    event.listen(made, "checkin", remember)
