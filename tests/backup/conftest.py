"""A home with somebody in it and one backup, for the tests that leave both as they were."""

from __future__ import annotations

import time

import pytest

from tests.backup import world
from tests.backup.world import Home


@pytest.fixture(scope="module")
def lived_in(once_lived_in: Home, tmp_path_factory: pytest.TempPathFactory) -> Home:
    return once_lived_in.copied(tmp_path_factory.mktemp("lived in") / "home")


@pytest.fixture(scope="session")
def once_lived_in(tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = Home.born(tmp_path_factory.mktemp("once lived in") / "home")
    home.run("user", "create", "ada@example.org", "--first-name", "Ada")
    with home.open() as runtime:
        world.live_a_little(runtime, words="a file")
    home.data("backup", "create")
    archive_what_followed(home)
    return home


def archive_what_followed(home: Home) -> None:
    """End a segment of the log after the backup, and wait until it lies beside it.

    What is in it is no repetition: there are several ways to pack zeros, and a flipped byte may be another of them.
    """
    with home.open() as runtime:
        with runtime.database.transaction() as session:
            words = "SELECT string_agg(md5(n::text), '') FROM generate_series(1, 20000) AS n"
            session.execute(world.text(f"SELECT pg_logical_emit_message(true, 'tests', ({words}))"))
        with runtime.database.engine.connect() as connection:
            name = connection.scalar(world.text("SELECT pg_walfile_name(pg_switch_wal())"))
        for _ in range(300):
            if list(home.backups.glob(f"wal/*/{name}*")):
                return
            time.sleep(0.1)
    raise AssertionError(f"segment {name} was not archived")
