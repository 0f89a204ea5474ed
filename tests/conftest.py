"""Fixtures that every test may use: real PostgreSQL, cloned per worker, rolled back per test."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy.orm import Session

from learncraft import schema
from learncraft.analytics.store import EventStore
from learncraft.courses import publication
from learncraft.db import Database
from learncraft.sandbox import current as sandbox
from tests.event_store import SharedEventStore
from tests.postgres import SharedServer

TEMPLATE = "learncraft_template"


@pytest.fixture(scope="session")
def shared_base(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """A folder that all workers of this run share."""
    base = tmp_path_factory.getbasetemp()
    shared = (base if worker_id == "master" else base.parent) / "shared"
    shared.mkdir(exist_ok=True)
    return shared


@pytest.fixture(scope="session")
def postgres(shared_base: Path) -> Iterator[SharedServer]:
    """One embedded server for all workers, with a migrated template database in it."""
    with SharedServer.join(shared_base) as server:
        server.make_template(TEMPLATE, lambda database: schema.upgrade(database.engine))
        yield server


@pytest.fixture(scope="session")
def database(postgres: SharedServer, worker_id: str) -> Iterator[Database]:
    """This worker's own database. Tests that commit take `fresh_database` instead."""
    with postgres.clone(TEMPLATE, f"worker_{worker_id}") as database:
        yield database


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    """A session whose work is undone after the test; commits inside it are savepoints."""
    with database.engine.connect() as connection:
        transaction = connection.begin()
        with Session(connection, expire_on_commit=False, join_transaction_mode="create_savepoint") as session:
            yield session
        transaction.rollback()


@pytest.fixture
def reviews_required() -> Iterator[None]:
    """Courses are published by a review, as an institution may want it."""
    publication.require_reviews(True)
    yield
    publication.require_reviews(False)


@pytest.fixture
def fresh_database(postgres: SharedServer) -> Iterator[Database]:
    """A migrated database for one test that commits, races or crashes."""
    with postgres.clone(TEMPLATE, f"fresh_{uuid4().hex[:12]}") as database:
        yield database


@pytest.fixture(scope="session")
def shared_event_store(shared_base: Path) -> Iterator[SharedEventStore]:
    """One event-store process for all workers."""
    with SharedEventStore.join(shared_base) as shared:
        yield shared


@pytest.fixture
def event_store(shared_event_store: SharedEventStore) -> Iterator[EventStore]:
    """An empty, migrated event store for one test."""
    with shared_event_store.database(f"test_{uuid4().hex[:12]}") as store:
        yield store


@pytest.fixture(scope="module", autouse=True)
def no_engines_stay() -> Iterator[None]:
    """Pages with programs keep engines warm for the next one: they end with the tests that opened such pages."""
    yield
    sandbox.stop()
    sandbox.use(None)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Real inputs that stand beside the checkout; tests that need them skip where they are absent."""
    folder = Path(os.environ.get("LEARNCRAFT_SHARED_DATA", Path(__file__).parent.parent.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"no shared test data at {folder}; set LEARNCRAFT_SHARED_DATA")
    return folder
