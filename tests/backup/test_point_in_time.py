"""Back to a moment: what was written before it is there, row by row and byte by byte, and nothing that came after."""

from __future__ import annotations

import os
import shutil
import signal
from pathlib import Path

import psycopg
import pytest

from learncraft.backup import service
from learncraft.db import Database
from learncraft.supervisor.postgres import EmbeddedPostgres, Postmaster
from tests.backup import world
from tests.backup.world import Home
from tests.factories import make_user
from tests.server import start


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home.born(tmp_path / "a home's 100% path")


def test_a_destroyed_home_is_brought_back_to_a_moment(home: Home) -> None:
    with home.open() as runtime:
        world.live_a_little(runtime, words="before the backup")
        world.ship(runtime)
    home.data("backup", "create")
    with home.open() as runtime:
        world.live_a_little(runtime, words="after the backup")
        service.copy_new_files(runtime)
        moment, wanted = world.now_of(runtime.database), world.state(runtime)
        world.live_a_little(runtime, words="after the moment")
        world.ship(runtime)  # the store is ahead of the moment, too
        assert world.state(runtime).tables != wanted.tables
    home.destroy()

    said = home.data("backup", "restore", "--to", moment.isoformat(sep=" "))

    assert (said["missing_files"], said["aside"]) == ([], None)
    with home.open() as runtime:
        found = world.state(runtime)
        assert found.tables == wanted.tables
        assert found.files == wanted.files
        world.assert_store_equals_postgres(runtime)
        world.live_a_little(runtime, words="life goes on")
        world.ship(runtime)
        world.assert_store_equals_postgres(runtime)
    assert home.data("events", "status")["drifting_batches"] == []


def test_a_server_that_was_killed_and_its_data_deleted_under_it(home: Home) -> None:
    """serve dies by kill -9, PostgreSQL runs on, its folder is deleted while it does, and the home is restored."""
    server = start(home.path)
    server.command("user", "create", "ada@example.org", "--first-name", "Ada")
    server.command("backup", "create")
    server.command("user", "create", "bob@example.org", "--first-name", "Bob")
    with psycopg.connect(EmbeddedPostgres(home.path).url, autocommit=True) as connection:
        moment = connection.execute("SELECT clock_timestamp()").fetchone()
        assert moment is not None
    server.command("user", "create", "eve@example.org", "--first-name", "Eve")
    with psycopg.connect(EmbeddedPostgres(home.path).url, autocommit=True) as connection:
        wait_for_archive(connection)
    server.kill()
    found = Postmaster.of((home.path / "postgres").resolve())
    assert found is not None
    home.destroy()

    done = home.run("backup", "restore", "--to", moment[0].isoformat(sep=" "))

    assert done.returncode == 0, done.stderr
    listed = [user["email"] for user in home.data("user", "list", "example.org")["users"]]
    assert sorted(listed) == ["ada@example.org", "bob@example.org"]
    with pytest.raises(ProcessLookupError):
        os.kill(found.pid, 0)


def wait_for_archive(connection: psycopg.Connection[tuple[object, ...]]) -> None:
    [name] = connection.execute("SELECT pg_walfile_name(pg_switch_wal())").fetchone() or ("",)
    for _ in range(200):
        kept = connection.execute("SELECT last_archived_wal FROM pg_stat_archiver").fetchone()
        if kept and kept[0] and str(kept[0])[:24] >= str(name):
            return
        connection.execute("SELECT pg_sleep(0.05)")
    raise AssertionError(f"{name} was not kept")


def test_what_was_acknowledged_last_is_there_although_it_was_never_handed_over(home: Home) -> None:
    """Everything is killed at once; the log that lies in the damaged data is read, too."""
    home.data("backup", "create")
    server = EmbeddedPostgres(home.path, archive=home.backups / "wal")
    server.start()
    database = Database(server.url)
    with database.transaction() as session:
        make_user(session, email="ada@example.net")
    assert server.pid is not None
    os.kill(server.pid, signal.SIGKILL)
    database.close()
    server.stop()
    shutil.rmtree(home.path / "postgres" / "base")

    assert home.run("user", "list").returncode == 1
    assert home.run("backup", "restore", "--force").returncode == 0
    assert home.people() == ["ada"]
    [aside] = home.path.glob("before-restore-*")
    assert (aside / "postgres" / "PG_VERSION").exists()


def test_too_early_and_then_later_again(home: Home) -> None:
    """A restore to a moment that was too early can be followed by one to a later moment of the life before it."""
    home.data("backup", "create")
    moments = []
    with home.database() as database:
        for name in ("ada", "bob", "eve"):
            with database.transaction() as session:
                make_user(session, email=f"{name}@example.net")
            moments.append(world.now_of(database).isoformat(sep=" "))
    home.add("late")
    home.data("backup", "create")  # newer than all the moments; it belongs to a life that ends now

    home.data("backup", "restore", "--to", moments[0], "--force")
    assert home.people() == ["ada"]
    home.add("new")
    home.data("backup", "restore", "--to", moments[1], "--force")
    assert home.people() == ["ada", "bob"]
    home.add("newest")
    home.destroy()
    home.data("backup", "restore")  # all that was kept, of the life that was lived last
    assert home.people() == ["ada", "bob", "newest"]


def test_a_backup_by_its_name_is_as_it_was(home: Home) -> None:
    home.add("ada")
    made = home.data("backup", "create")
    home.add("bob")
    home.data("backup", "restore", made["id"], "--force")
    assert home.people() == ["ada"]


def test_a_new_life_with_the_same_folder_of_backups(home: Home, tmp_path: Path) -> None:
    """A cluster that is made anew must not stumble over the log of the one before it."""
    home.data("backup", "create")
    home.destroy()
    home.add("ada")
    home.data("backup", "create")
    home.add("bob")
    home.destroy()
    home.data("backup", "restore")
    assert home.people() == ["ada", "bob"]
    assert len(list((home.backups / "wal").iterdir())) == 2


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--to", "2020-01-01 00:00:00+00", "--force"], "The earliest moment that can be reached is"),
        (["--to", "2199-01-01 00:00:00+00", "--force"], "is yet to come"),
        (["--to", "2026-11-20 14:05:00", "--force"], "no moment with a time zone"),
        (["--to", "yesterday", "--force"], "no moment with a time zone"),
        (["20200101T000000Z", "--force"], "There is no backup '20200101T000000Z'"),
        ([], "There is a database in"),
    ],
)
def test_a_restore_that_can_not_be_is_one_sentence_and_changes_nothing(
    lived_in: Home, arguments: list[str], words: str
) -> None:
    done = lived_in.run("backup", "restore", *arguments)
    assert done.returncode == 1
    assert words in done.stderr.splitlines()[-1]
    assert lived_in.data("user", "list", "ada")["users"]
    assert not (lived_in.path / "restore.new").exists()


def test_a_moment_after_the_last_change_is_refused_with_the_way_out(lived_in: Home) -> None:
    with lived_in.open() as runtime:
        moment = world.now_of(runtime.database).isoformat(sep=" ")
    done = lived_in.run("backup", "restore", "--to", moment, "--force")
    assert (done.returncode, "Without --to, all of it is restored" in done.stderr) == (1, True), done.stderr


def test_a_running_server_is_never_restored_over(lived_in: Home) -> None:
    server = start(lived_in.path)
    try:
        done = lived_in.run("backup", "restore", "--force")
        assert (done.returncode, "already serves" in done.stderr) == (1, True), done.stderr
        assert server.command("user", "list", "ada", "--json").stdout.count("ada@example.org") == 1
    finally:
        server.stop()
