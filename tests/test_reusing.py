"""A database that one test has used is like new for the next one, or isn't used again."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import pytest
from sqlalchemy import text

from learncraft.db import Database
from learncraft.errors import UnavailableError
from tests.conftest import TEMPLATE
from tests.factories import make_course, make_user
from tests.postgres import SharedServer

COUNT = text("SELECT count(*) FROM users")


@pytest.fixture
def server(postgres: SharedServer) -> Iterator[SharedServer]:
    """The same server, with no spare copies of other tests."""
    yield SharedServer(postgres.base, postgres.url)


def place(database: Database) -> int:
    with database.engine.connect() as connection:
        return int(connection.scalar(text("SELECT oid FROM pg_database WHERE datname = current_database()")) or 0)


def test_what_was_filled_in_is_gone_and_the_old_name_leads_nowhere(server: SharedServer) -> None:
    name = f"used_{uuid4().hex[:12]}"
    with server.clone(TEMPLATE, name) as first:
        with first.transaction() as session:
            make_course(session, lessons=2)
        used = place(first)
    with server.clone(TEMPLATE, f"again_{uuid4().hex[:12]}") as second:
        assert place(second) == used
        with second.reading() as session:
            assert session.scalar(COUNT) == 0
        with second.transaction() as session:
            make_user(session)
        late = Database(server.named(name), pool_size=1)
        with pytest.raises(UnavailableError), late.reading() as session:
            session.scalar(COUNT)
        late.close()


@pytest.mark.parametrize(
    "change",
    [
        "ALTER TABLE users ADD COLUMN shoe_size int",
        "CREATE TABLE shoes (size int)",
        "DROP TRIGGER touch_updated_at ON users",
        "CREATE OR REPLACE FUNCTION new_id() RETURNS uuid LANGUAGE sql AS 'SELECT gen_random_uuid()'",
        "GRANT SELECT ON alembic_version TO PUBLIC",
        "UPDATE alembic_version SET version_num = 'x'",
        "DELETE FROM search_refreshes",
    ],
)
def test_what_cannot_be_undone_by_deleting_rows_makes_a_copy_worthless(server: SharedServer, change: str) -> None:
    with server.clone(TEMPLATE, f"used_{uuid4().hex[:12]}") as first:
        with first.engine.begin() as connection:
            connection.execute(text(change))
        used = place(first)
    with server.clone(TEMPLATE, f"again_{uuid4().hex[:12]}") as second:
        assert place(second) != used
