"""A server of the operator's own: a dump, and the way of its events into a server that counts from anew."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from learncraft.analytics import shipping
from learncraft.analytics.errors import ShippingError
from learncraft.db import Database
from learncraft.supervisor.postgres import EmbeddedPostgres
from tests.backup import world
from tests.backup.world import Home
from tests.postgres import SharedServer


@pytest.fixture
def new_server(tmp_path: Path) -> Iterator[str]:
    """A server whose transaction numbers begin at the beginning."""
    server = EmbeddedPostgres(tmp_path / "new server")
    server.home.mkdir()
    server.start()
    try:
        yield server.url
    finally:
        server.stop()


def use_up_transaction_numbers(database: Database) -> None:
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(
            text("DO $$ BEGIN FOR i IN 1..20000 LOOP PERFORM pg_current_xact_id(); COMMIT; END LOOP; END $$")
        )


def test_a_dump_goes_into_another_server_and_its_charts_go_on(
    fresh_database: Database, new_server: str, tmp_path: Path
) -> None:
    home = Home(tmp_path / "home")
    old = fresh_database.url.replace("postgresql+psycopg", "postgresql")
    use_up_transaction_numbers(fresh_database)
    with home.open(database_url=old) as runtime:
        world.live_a_little(runtime, words="words")
        world.ship(runtime)
        wanted = world.state(runtime)
        with runtime.database.reading() as session:
            events = session.scalar(text("SELECT count(*) FROM learning_events"))
    made = home.data("backup", "create", database_url=old)
    assert (made["kind"], made["wal"]) == ("logical", None)
    assert home.run("backup", "verify", "--deep", database_url=old).returncode == 0
    with home.open(database_url=old) as runtime:
        world.live_a_little(runtime, words="after the dump")
        world.ship(runtime)

    refused = home.run("backup", "restore", database_url=old)
    assert (refused.returncode, "is not empty" in refused.stderr) == (1, True), refused.stderr
    with home.open(database_url=old) as runtime:
        world.assert_store_equals_postgres(runtime)  # a refusal has changed nothing, the event store included
    said = home.data("backup", "restore", made["id"], database_url=new_server)

    assert said["events"] == events
    with home.open(database_url=new_server) as runtime:
        found = world.tables(runtime.database)
        # The numbers of transactions are the only thing that may differ.
        assert {name for name in found if found[name] != wanted.tables[name]} <= changed_by_numbers(wanted.tables)
        assert {name: row[0] for name, row in found.items()} == {name: row[0] for name, row in wanted.tables.items()}
        world.assert_store_equals_postgres(runtime)
        world.live_a_little(runtime, words="life goes on")
        world.ship(runtime)
        world.assert_store_equals_postgres(runtime)


def changed_by_numbers(tables: dict[str, tuple[int, str]]) -> set[str]:
    return {name for name in tables if name.startswith("learning_events")}


def test_over_a_living_database_only_by_force_and_the_old_one_is_moved_aside(new_server: str, tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    with home.database(database_url=new_server) as database, database.transaction() as session:
        world.make_user(session, email="ada@example.net")
    made = home.data("backup", "create", database_url=new_server)
    with home.database(database_url=new_server) as database, database.transaction() as session:
        world.make_user(session, email="bob@example.net")
    said = home.data("backup", "restore", made["id"], "--force", database_url=new_server)
    assert "before_restore_" in said["aside"]
    with home.database(database_url=new_server) as database, database.reading() as session:
        assert session.scalars(text("SELECT email FROM users")).all() == ["ada@example.net"]
        schema = said["aside"].split()[2]
        assert session.scalar(text(f'SELECT count(*) FROM "{schema}".users')) == 2
    again = home.data("backup", "create", database_url=new_server)  # what was moved aside is not backed up again
    assert again["bytes"] < 2 * made["bytes"]


def test_a_dump_restored_by_hand_is_told_and_mended_by_a_command(
    postgres: SharedServer, new_server: str, tmp_path: Path
) -> None:
    home = Home(tmp_path / "home")
    with home.open(database_url=new_server) as runtime:
        world.live_a_little(runtime, words="words")
        world.ship(runtime)
        with runtime.database.transaction() as session:  # as a dump leaves them in a new server
            session.execute(text("UPDATE learning_events SET xid = (xid::text::bigint + 1000000000)::text::xid8"))
            session.execute(
                text(
                    "UPDATE event_batches SET from_xid = (from_xid::text::bigint + 1000000000)::text::xid8, "
                    "to_xid = (to_xid::text::bigint + 1000000000)::text::xid8"
                )
            )
        world.live_a_little(runtime, words="new words")
        with pytest.raises(ShippingError, match="learncraft events rebuild"):
            shipping.ship_once(runtime.database.engine, runtime.store)
    home.data("events", "rebuild", database_url=new_server)
    with home.open(database_url=new_server) as runtime:
        world.assert_store_equals_postgres(runtime)


def test_a_dump_holds_one_moment_and_says_so(new_server: str, tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    made = home.data("backup", "create", database_url=new_server)
    done = home.run("backup", "restore", made["id"], "--to", made["finished_at"], "--force", database_url=new_server)
    assert (done.returncode, "it holds one moment, its own" in done.stderr) == (1, True), done.stderr


def test_a_dump_becomes_an_embedded_database(fresh_database: Database, tmp_path: Path) -> None:
    """Back from a server to a laptop."""
    home = Home(tmp_path / "home")
    old = fresh_database.url.replace("postgresql+psycopg", "postgresql")
    with home.open(database_url=old) as runtime:
        world.live_a_little(runtime, words="words")
    home.data("backup", "create", database_url=old)
    home.data("backup", "restore")
    with home.open() as runtime:
        world.assert_store_equals_postgres(runtime)
        assert len(world.stored_files(runtime.settings)) == 1
