"""The way to the event store: one typed client over ClickHouse's HTTP protocol.

The store is the same to everything above, whether it is embedded, a server or a cluster.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import fields
from typing import TYPE_CHECKING, Any, Self, TypeVar
from urllib.parse import unquote, urlsplit

import clickhouse_connect
from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import DatabaseError, OperationalError
from clickhouse_connect.driver.httputil import get_pool_manager

from learncraft import sql
from learncraft.analytics.errors import BUSY, SILENT, TOO_LONG, TOO_MUCH, EventStoreUnavailable
from learncraft.errors import InvalidInputError

if TYPE_CHECKING:
    import pandas as pd

Row = TypeVar("Row")

CONNECT_TIMEOUT_SECONDS = 5
MAX_EXECUTION_SECONDS = 15
MAX_MEMORY_BYTES = 2_000_000_000
PATIENT_SECONDS = 120  # for what no person waits for: shipping, filling, counting all of it
CONNECTIONS = 32  # kept open per process; threads beyond that open their own for one question

# An insert into several shards is confirmed when each has it, and what people a question is about is found once.
_OF_SHARDS: dict[str, int | str] = {"distributed_foreground_insert": 1, "distributed_product_mode": "global"}

# ClickHouse's numbers for "not now" rather than "not like this".
_TOO_SLOW = frozenset({159, 160})
_TOO_BIG = frozenset({241})
_NOT_NOW = frozenset({202, 210, 394, 425, 516})


class EventStore:
    """One database of an event store. Threads share it; nothing connects before the first question."""

    def __init__(
        self,
        url: str | Callable[[], str],
        *,
        cluster: str | None,
        limits: Mapping[str, int | str],
        is_sharded: bool = False,
    ) -> None:
        self._url = url if callable(url) else lambda: url
        self.cluster = cluster
        self.is_sharded = is_sharded
        self._limits = dict(limits)
        self._lock = threading.Lock()
        self._connected: Client | None = None
        self._patient: Self | None = None

    @classmethod
    def connect(
        cls,
        url: str | Callable[[], str],
        *,
        cluster: str | None = None,
        is_sharded: bool = False,
        max_execution_seconds: int = MAX_EXECUTION_SECONDS,
        max_memory_bytes: int = MAX_MEMORY_BYTES,
    ) -> Self:
        """The store at `http[s]://user:key@host:port/database`; connects when it is first asked something.

        `url` may be a function, since the embedded store has another port and key after each start.

        Raises:
            InvalidInputError: the URL is not ClickHouse's.
        """
        if isinstance(url, str):
            _parts(url)
        limits: dict[str, int | str] = {
            "max_execution_time": max_execution_seconds,
            "max_memory_usage": max_memory_bytes,
        }
        return cls(url, cluster=cluster, limits=limits | (_OF_SHARDS if is_sharded else {}), is_sharded=is_sharded)

    @property
    def patient(self) -> Self:
        """The same store with more time for each statement: a full batch on a busy machine takes what it takes."""
        with self._lock:
            if self._patient is None:
                limits = self._limits | {"max_execution_time": PATIENT_SECONDS}
                self._patient = type(self)(self._url, cluster=self.cluster, limits=limits, is_sharded=self.is_sharded)
            return self._patient

    @property
    def database(self) -> str:
        """The name of the database."""
        return str(_parts(self._url())["database"])

    def rows(self, row_class: type[Row], name: str, **params: object) -> list[Row]:
        """The answer of sql/<name>.sql, each row as `row_class`, whose fields are the answer's columns.

        Parameters are bound by the server, as {name:Type} in the file.

        Raises:
            EventStoreUnavailable: the store doesn't answer, or the question takes more than it may.
        """
        return self.rows_of(row_class, sql.text(name), **params)

    def rows_of(self, row_class: type[Row], statement: str, **params: object) -> list[Row]:
        """The answer of a statement, each row as `row_class`, whose fields are the answer's columns.

        Raises:
            EventStoreUnavailable: as for `rows`.
        """
        with self._asking() as client:
            result = client.query(statement, parameters=params, tz_mode="aware")
        names = result.column_names
        expected = {field.name for field in fields(row_class)}  # type: ignore[arg-type]
        if result.result_rows and set(names) != expected:
            raise TypeError(f"The answer has {names}, {row_class.__name__} has {sorted(expected)}.")
        return [row_class(**dict(zip(names, row, strict=True))) for row in result.result_rows]

    def frame(self, name: str, **params: object) -> pd.DataFrame:
        """The answer of sql/<name>.sql as a table to show or download.

        Raises:
            EventStoreUnavailable: as for `rows`.
        """
        with self._asking() as client:
            return client.query_df(sql.text(name), parameters=params, tz_mode="aware")

    def query(self, statement: str, **params: object) -> list[tuple[Any, ...]]:
        """The rows of a statement that no file holds, such as one about the store itself.

        Raises:
            EventStoreUnavailable: as for `rows`.
        """
        with self._asking() as client:
            return [tuple(row) for row in client.query(statement, parameters=params, tz_mode="aware").result_rows]

    def command(self, statement: str, *, settings: Mapping[str, object] | None = None, **params: object) -> Any:
        """Run a statement and return its single value, if it has one.

        Raises:
            EventStoreUnavailable: as for `rows`.
        """
        with self._asking() as client:
            return client.command(statement, parameters=params or None, settings=dict(settings or {}))

    def insert(
        self,
        table: str,
        rows: Sequence[Sequence[object]],
        columns: Sequence[str],
        *,
        settings: Mapping[str, object] | None = None,
    ) -> None:
        """Insert Python rows.

        Raises:
            EventStoreUnavailable: the store didn't confirm the insert; it may have happened.
        """
        with self._asking() as client:
            client.insert(table, rows, column_names=list(columns), settings=dict(settings or {}))

    def insert_block(
        self,
        table: str,
        block: bytes,
        columns: Sequence[str],
        *,
        form: str = "TabSeparated",
        settings: Mapping[str, object] | None = None,
    ) -> None:
        """Insert rows that are already in one of ClickHouse's formats.

        Raises:
            EventStoreUnavailable: the store didn't confirm the insert; it may have happened.
        """
        with self._asking() as client:
            client.raw_insert(table, list(columns), block, settings=dict(settings or {}), fmt=form)

    def create_database(self) -> None:
        """Make the database, if a new server doesn't have it yet.

        Raises:
            EventStoreUnavailable: the store doesn't answer.
        """
        everywhere = f" ON CLUSTER `{self.cluster}`" if self.cluster else ""
        with _in_words():
            client = self._open(database=None)
            try:
                client.command(f"CREATE DATABASE IF NOT EXISTS `{self.database}`{everywhere}")
            finally:
                client.close()

    def ping(self) -> str:
        """The server's version, such as '26.9.2.1'.

        Raises:
            EventStoreUnavailable: the store doesn't answer.
        """
        return str(self.command("SELECT version()"))

    def close(self) -> None:
        """Give back the connections. The next question connects again."""
        self._disconnect()
        if self._patient is not None:
            self._patient._disconnect()

    def _disconnect(self) -> None:
        with self._lock:
            client, self._connected = self._connected, None
        if client is not None:
            client.close()

    @contextmanager
    def _asking(self) -> Iterator[Client]:
        with _in_words():
            try:
                yield self._client()
            except OperationalError:
                self._disconnect()  # the store may come back elsewhere
                raise

    def _client(self) -> Client:
        with self._lock:
            if self._connected is None:
                self._connected = self._open(database=self.database)
            return self._connected

    def _open(self, *, database: str | None) -> Client:
        parts = _parts(self._url()) | {"database": database or "default"}
        return clickhouse_connect.get_client(
            **parts,
            settings=self._limits,
            compress=parts["host"] not in {"127.0.0.1", "localhost"},
            connect_timeout=CONNECT_TIMEOUT_SECONDS,
            send_receive_timeout=int(self._limits["max_execution_time"]) + CONNECT_TIMEOUT_SECONDS,
            autogenerate_session_id=False,  # a session runs one question at a time; threads share this client
            client_name="learncraft",
            pool_mgr=get_pool_manager(maxsize=CONNECTIONS, num_pools=1),
        )


@contextmanager
def _in_words() -> Iterator[None]:
    """Turn "not now" into a sentence; a wrong statement is a fault of ours and stays what it is."""
    try:
        yield
    except OperationalError as error:
        raise EventStoreUnavailable(SILENT) from error
    except DatabaseError as error:
        if error.code in _TOO_SLOW:
            raise EventStoreUnavailable(TOO_LONG) from error
        if error.code in _TOO_BIG:
            raise EventStoreUnavailable(TOO_MUCH) from error
        if error.code in _NOT_NOW:
            raise EventStoreUnavailable(BUSY) from error
        raise


def _parts(url: str) -> dict[str, Any]:
    found = urlsplit(url)
    database = found.path.strip("/")
    if found.scheme not in {"http", "https"} or not found.hostname or "/" in database:
        raise InvalidInputError(
            "The event store's URL is not ClickHouse's. Write http://user:password@host:8123/database."
        )
    return {
        "interface": found.scheme,
        "host": found.hostname,
        "port": found.port or (8443 if found.scheme == "https" else 8123),
        "username": unquote(found.username or "default"),
        "password": unquote(found.password or ""),
        "database": database or "learncraft",
    }
