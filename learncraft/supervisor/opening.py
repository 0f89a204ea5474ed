"""What a command needs open: the configured servers, or the embedded ones, started or joined and left again."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from typing import NamedTuple

from learncraft import schema
from learncraft.analytics.schema import migrate
from learncraft.analytics.store import EventStore
from learncraft.db import Database
from learncraft.runtime import Runtime
from learncraft.settings import Settings
from learncraft.supervisor import connections, exchange, servers
from learncraft.supervisor.archiving import archive_of
from learncraft.supervisor.event_store import SharedEventStore
from learncraft.supervisor.postgres import EmbeddedPostgres
from learncraft.supervisor.preflight import check_space, prepare_home
from learncraft.supervisor.watchdog import Part, Watchdog


class Where(NamedTuple):
    """The addresses of a database: for its owner, and for the login that people are served by, if there is one."""

    url: str
    app_url: str | None


def prepared(settings: Settings) -> Settings:
    """Settings whose home folder is there, may be written and has its full name.

    Raises:
        StartError: the folder can't be used.
    """
    home = prepare_home(settings.home)
    exchange.finish(home)
    return settings.model_copy(update={"home": home})


@contextmanager
def open_database(settings: Settings, *, upgrade: bool = True) -> Iterator[Database]:
    """PostgreSQL alone, for commands that need nothing else; with the newest schema unless told otherwise.

    Raises:
        LearnCraftError: it can't be reached or started; the message says why.
    """
    with ExitStack() as stack:
        where, _ = _postgres(settings, stack)
        yield _database(settings, where, stack, upgrade=upgrade)


@contextmanager
def open_event_store(settings: Settings) -> Iterator[EventStore]:
    """The event store alone, with the newest tables.

    Raises:
        LearnCraftError: it can't be reached or started; the message says why.
    """
    with ExitStack() as stack:
        store, _ = _event_store(settings, stack, serving=False)
        yield store


@contextmanager
def open_runtime(settings: Settings, *, serving: bool = False) -> Iterator[Runtime]:
    """All handles of a process. What was started for them is stopped when the block ends.

    A server (`serving`) owns the embedded event store, and starts its databases again when one dies.

    Raises:
        LearnCraftError: a part can't be reached or started; the message says which and why.
    """
    with ExitStack() as stack:
        # Both start at once; the exit of each is on one stack per thread, so that a failure of one stops the other.
        left, right = stack.enter_context(ExitStack()), stack.enter_context(ExitStack())
        with ThreadPoolExecutor(2, thread_name_prefix="start") as pool:
            opening_store = pool.submit(_event_store, settings, right, serving=serving)
            opening_database = pool.submit(_opened_database, settings, left)
            database, postgres = opening_database.result()
            store, embedded = opening_store.result()
        parts: dict[str, Part] = {}
        if postgres is not None:
            parts["embedded PostgreSQL"] = postgres
        if embedded is not None:
            parts["embedded event store"] = embedded
        watchdog = Watchdog(parts if serving else {})
        watchdog.start()
        stack.callback(_stop_together, left, right)
        stack.callback(watchdog.stop)
        yield Runtime(settings=settings, database=database, store=store)


@contextmanager
def join_runtime(settings: Settings) -> Iterator[Runtime]:
    """The handles of one of several web processes. The server beside it has started everything and keeps it.

    Raises:
        LearnCraftError: a part can't be reached; the message says which and why.
    """
    with ExitStack() as stack:
        if settings.database_url is not None:
            app_url = settings.app_database_url
            where = Where(settings.database_url.get_secret_value(), app_url.get_secret_value() if app_url else None)
        else:
            embedded = EmbeddedPostgres(settings.home)
            where = Where(embedded.url, embedded.app_url)
        logins = 1 if where.app_url is None else 2
        size, overflow = connections.share(where.url, settings.database_pool_size, settings.processes * logins)
        database = Database(where.url, app_url=where.app_url, pool_size=size, overflow=overflow)
        stack.callback(database.close)
        store = _store_of(settings) or EventStore.connect(SharedEventStore(settings.home).url)
        stack.callback(store.close)
        yield Runtime(settings=settings, database=database, store=store)


def _opened_database(settings: Settings, stack: ExitStack) -> tuple[Database, EmbeddedPostgres | None]:
    where, embedded = _postgres(settings, stack)
    return _database(settings, where, stack, upgrade=True), embedded


def _postgres(settings: Settings, stack: ExitStack) -> tuple[Where, EmbeddedPostgres | None]:
    if settings.database_url is not None:
        url, app_url = settings.database_url.get_secret_value(), settings.app_database_url
        servers.check_postgres(url)
        return Where(url, app_url.get_secret_value() if app_url else None), None
    check_space(settings.home)
    embedded = EmbeddedPostgres(settings.home, archive=archive_of(settings))
    stack.callback(embedded.stop)
    embedded.start()
    return Where(embedded.url, embedded.app_url), embedded


def _database(settings: Settings, where: Where, stack: ExitStack, *, upgrade: bool) -> Database:
    database = Database(where.url, app_url=where.app_url, pool_size=settings.database_pool_size)
    stack.callback(database.close)
    if upgrade:
        schema.upgrade(database.engine)
        if settings.database_url is not None and where.app_url is not None:
            servers.check_app_login(database)
    return database


def _event_store(settings: Settings, stack: ExitStack, *, serving: bool) -> tuple[EventStore, SharedEventStore | None]:
    embedded = None
    if settings.clickhouse_url is not None:
        servers.check_clickhouse(settings.clickhouse_url.get_secret_value())
    store = _store_of(settings)
    if store is None:
        check_space(settings.home)
        embedded = SharedEventStore(settings.home)
        stack.callback(embedded.stop, linger=not serving)
        embedded.start(must_own=serving)
        store = EventStore.connect(embedded.url)
    stack.callback(store.close)
    exchange.clear_marked(settings.home, store)
    migrate(store, ttl_months=settings.events_ttl_months)
    return store, embedded


def _store_of(settings: Settings) -> EventStore | None:
    """The event store of the settings; None when it is the embedded one."""
    if settings.clickhouse_url is None:
        return None
    return EventStore.connect(
        settings.clickhouse_url.get_secret_value(),
        cluster=settings.clickhouse_cluster,
        is_sharded=settings.clickhouse_sharded and settings.clickhouse_cluster is not None,
    )


def _stop_together(*stacks: ExitStack) -> None:
    """End both databases at once, since each may take a few seconds."""
    with ThreadPoolExecutor(len(stacks), thread_name_prefix="stop") as pool:
        for stopping in [pool.submit(stack.close) for stack in stacks]:
            stopping.result()
