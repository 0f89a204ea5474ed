"""How many connections to PostgreSQL each of several web processes may have, so that all of them fit the server."""

from __future__ import annotations

import logging

import psycopg

from learncraft.connecting import POOL_OVERFLOW
from learncraft.db import sqlalchemy_url
from learncraft.errors import UnavailableError
from learncraft.retrying import AWAY
from learncraft.supervisor.servers import CONNECT_SECONDS

KEPT_BACK = 30  # for the server itself, its jobs, workers and commands
FEWEST = 3  # below this pages would wait for each other

_ROOM = """
    SELECT current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
"""

log = logging.getLogger(__name__)


def share(url: str, wanted: int, pools: int) -> tuple[int, int]:
    """The size and the overflow of each of so many pools on the server of this URL.

    Raises:
        UnavailableError: the server can't be reached.
    """
    plain = sqlalchemy_url(url).replace("postgresql+psycopg://", "postgresql://", 1)
    try:
        with psycopg.connect(plain, connect_timeout=CONNECT_SECONDS, application_name="learncraft") as connection:
            found = connection.execute(_ROOM).fetchone()
    except psycopg.OperationalError as error:
        raise UnavailableError(AWAY) from error
    assert found is not None
    return fitting(wanted, pools, found[0])


def fitting(wanted: int, pools: int, room: int) -> tuple[int, int]:
    """The size and the overflow of each of so many pools, all together within the room."""
    most = max(FEWEST, (room - KEPT_BACK) // pools)
    size = min(wanted, most)
    if size < wanted:
        log.warning(
            "the database server has room for %s connections per process and login; %s were asked", size, wanted
        )
    return size, min(POOL_OVERFLOW, most - size)
