"""In whose name a transaction is done: PostgreSQL shows and changes only what that person may see.

`SYSTEM` is the platform itself (commands, jobs, sign-in), which the owner's connections serve. Everybody else is served
as the role `learncraft_app`, which owns nothing: by connections of its own where it has a login, else by a transaction
that gives up the owner's rights. The policies of personal tables compare with the settings made here, which end with
the transaction.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

import psycopg
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

APP_ROLE = "learncraft_app"
ANALYTICS_ROLE = "learncraft_analytics"
_AGENT_LENGTH = 300

_BEGIN = (
    "SELECT set_config('learncraft.user_id', %s, true), set_config('learncraft.role', %s, true),"
    " set_config('learncraft.address', %s, true), set_config('learncraft.agent', %s, true),"
    " set_config('learncraft.sign_in', %s, true)"
)
_CONFINED = f"{_BEGIN}, set_config('role', '{APP_ROLE}', true)"


@dataclass(frozen=True, slots=True)
class Acting:
    """A person with their role; address, agent and sign-in go to the audit trail.

    `is_confined` is false for the platform's own work only: it sees all rows.
    """

    user_id: UUID | None = None
    role: str = "nobody"
    address: str | None = None
    agent: str | None = None
    sign_in: UUID | None = None
    is_confined: bool = True


NOBODY = Acting()
SYSTEM = Acting(role="system", is_confined=False)

_current: ContextVar[Acting | None] = ContextVar("acting", default=None)


@contextmanager
def acting_as(who: Acting) -> Iterator[None]:
    """Everything in the block, and in the threads that it hands work to, is done in this name if it says no other."""
    token = _current.set(who)
    try:
        yield
    finally:
        _current.reset(token)


def named() -> Acting | None:
    """In whose name the block around does its work; None when none says."""
    return _current.get()


def begin(session: Session, who: Acting) -> None:
    """Begin the session's transaction in somebody's name.

    It is one message to the server, and no statement of a page's own: it isn't counted among them.

    Raises:
        OperationalError: the server can't be reached.
    """
    connection = session.connection()
    connection.info["acting"] = who  # for who measures statements, and asks them again in the same name
    if who == SYSTEM:
        return
    settings = (
        str(who.user_id or ""),
        who.role,
        _address(who.address),
        (who.agent or "").replace("\0", "")[:_AGENT_LENGTH],
        str(who.sign_in or ""),
    )
    driver = connection.connection.driver_connection
    assert isinstance(driver, psycopg.Connection)
    statement = _CONFINED if who.is_confined else _BEGIN
    try:
        driver.execute(statement, settings)
    except psycopg.OperationalError as error:
        raise OperationalError(statement, None, error) from error


@lru_cache(maxsize=1024)  # asked at each transaction
def _address(given: str | None) -> str:
    """An address that PostgreSQL takes; what a proxy made up is none."""
    try:
        return str(ipaddress.ip_address(given or ""))
    except ValueError:
        return ""
