"""Servers that the operator configured: whether they are what their address says, in words."""

from __future__ import annotations

import re
import socket
from urllib.parse import urlsplit

import psycopg
from clickhouse_connect.driver.exceptions import ClickHouseError
from sqlalchemy.exc import OperationalError

from learncraft import roles
from learncraft.acting import APP_ROLE
from learncraft.analytics.store import EventStore
from learncraft.db import Database, sqlalchemy_url
from learncraft.errors import UnavailableError
from learncraft.supervisor.errors import StartError

OLDEST_POSTGRES = 15
CONNECT_SECONDS = 5


def check_postgres(url: str) -> None:
    """Make sure that a usable PostgreSQL answers.

    Raises:
        InvalidInputError: the URL is not one of PostgreSQL's.
        StartError: none answers, it refuses us, it is too old, or it is something else; the message says which.
    """
    plain = sqlalchemy_url(url).replace("postgresql+psycopg://", "postgresql://", 1)
    place = _place(plain)
    try:
        with psycopg.connect(plain, connect_timeout=CONNECT_SECONDS, application_name="learncraft") as connection:
            version = connection.info.server_version // 10_000
            has_vector = connection.execute("SELECT 1 FROM pg_available_extensions WHERE name = 'vector'").fetchone()
    except psycopg.Error as error:
        silent = isinstance(error, psycopg.errors.ConnectionTimeout) and _accepts(plain)
        sentence = _NOT_POSTGRES.format(place=place) if silent else _refusal(str(error), place)
        raise StartError(f"{sentence} Check LEARNCRAFT_DATABASE_URL.") from error
    if version < OLDEST_POSTGRES:
        raise StartError(
            f"{place} is PostgreSQL {version}, and LearnCraft needs {OLDEST_POSTGRES} or later. "
            "Set LEARNCRAFT_DATABASE_URL to a newer server, or unset it to use the embedded one."
        )
    if not has_vector:
        raise StartError(
            f"{place} doesn't have pgvector. Install the extension there (package postgresql-{version}-pgvector), "
            "or unset LEARNCRAFT_DATABASE_URL to use the embedded server."
        )


def check_app_login(database: Database) -> None:
    """Make sure that people are served by a login that policies hold for, in the same database.

    Raises:
        StartError: it can't sign in, may do too much or too little, or leads elsewhere; the message says which.
    """
    try:
        found = roles.of_login(database.confined().engine)
        if roles.place_of(database.confined().engine) != roles.place_of(database.engine):
            raise StartError("LEARNCRAFT_APP_DATABASE_URL and LEARNCRAFT_DATABASE_URL name different databases.")
    except OperationalError as error:
        place = _place(database.confined().engine.url.render_as_string())
        raise StartError(f"{_refusal(str(error.orig), place)} Check LEARNCRAFT_APP_DATABASE_URL.") from error
    if found.is_powerful:
        raise StartError(
            f"Policies don't hold for {found.name} of LEARNCRAFT_APP_DATABASE_URL: it owns tables, or is a superuser, "
            f"or bypasses them. Name a login that is only a member of {APP_ROLE}."
        )
    if not found.is_member:
        raise StartError(f"{found.name} of LEARNCRAFT_APP_DATABASE_URL may read nothing. Run: {found.remedy}")


def _place(url: str) -> str:
    """Where a URL points, without its user and password."""
    found = urlsplit(url)
    host = found.hostname or "the local socket"
    return f"{host}:{found.port}" if found.port else host


def _accepts(url: str) -> bool:
    """Whether something takes connections there, though it doesn't speak PostgreSQL's protocol."""
    found = urlsplit(url)
    try:
        with socket.create_connection((found.hostname or "localhost", found.port or 5432), timeout=1):
            return True
    except OSError:
        return False


_NOT_POSTGRES = "What listens at {place} is not PostgreSQL."
_REFUSALS = (
    (r"password authentication failed|no password supplied", "PostgreSQL at {place} refuses the user or the password."),
    (r'database "(?P<what>[^"]+)" does not exist', "PostgreSQL at {place} has no database {what!r}; create it first."),
    (r'role "(?P<what>[^"]+)" does not exist', "PostgreSQL at {place} has no user {what!r}."),
    (r"no pg_hba.conf entry", "PostgreSQL at {place} doesn't let this machine in (its pg_hba.conf says who may)."),
    (r"resolve host|Name or service not known|nodename nor servname", "There is no host named as in {place}."),
    (r"Connection refused|No such file or directory", "Nothing listens at {place}."),
    (r"timeout expired|timed out|No route to host|unreachable", "{place} does not answer."),
    (r"too many clients|connection slots are reserved|too many connections", "PostgreSQL at {place} is full."),
    (r"starting up|shutting down|recovery mode", "PostgreSQL at {place} is starting or stopping; try again soon."),
    (r"SSL", "PostgreSQL at {place} and LearnCraft can't agree on TLS (see sslmode in the URL)."),
    (
        r"invalid response to|unexpected response|received invalid|expected authentication request"
        r"|server closed the connection unexpectedly",
        _NOT_POSTGRES,
    ),
)


def _refusal(words: str, place: str) -> str:
    for pattern, sentence in _REFUSALS:
        found = re.search(pattern, words, re.IGNORECASE)
        if found:
            return sentence.format(place=place, **found.groupdict())
    return f"PostgreSQL at {place} can't be used: {words.splitlines()[0].rstrip('.')}."


def check_clickhouse(url: str) -> None:
    """Make sure that a ClickHouse answers.

    Raises:
        InvalidInputError: the URL is not one of ClickHouse's.
        StartError: none answers, or it refuses us.
    """
    place = _place(url)
    store = EventStore.connect(url)
    try:
        store.create_database()
    except UnavailableError as error:
        # The driver reports a refused connection and a refused password alike, so its cause is read.
        words = str(error.__cause__ or error)
        raise StartError(f"{_clickhouse_refusal(words, place)} Check LEARNCRAFT_CLICKHOUSE_URL.") from error
    except (ClickHouseError, ValueError) as error:
        raise StartError(f"{_clickhouse_refusal(str(error), place)} Check LEARNCRAFT_CLICKHOUSE_URL.") from error
    finally:
        store.close()


def _clickhouse_refusal(words: str, place: str) -> str:
    if re.search(r"AUTHENTICATION_FAILED|\b(401|403|516|194)\b", words):
        return f"ClickHouse at {place} refuses the user or the password."
    if re.search(r"refused|Max retries|timed out|resolve|unreachable|NewConnectionError", words, re.IGNORECASE):
        return f"No ClickHouse answers at {place}."
    return f"What answers at {place} is not a ClickHouse that LearnCraft can use."
