"""What the schedule calls."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from learncraft.backup import service
from learncraft.backup.manifest import Folder
from tests.backup import world
from tests.backup.world import Home


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    return Home.born(tmp_path_factory.mktemp("daily") / "home")


def test_one_backup_a_day_however_often_it_is_asked_for(home: Home) -> None:
    with home.open() as runtime:
        now = datetime.now(UTC)
        first, second = service.daily(runtime, now), service.daily(runtime, now)
        assert (first.made is not None, second.made) == (True, None)
        assert service.DailyBackup(runtime).is_due(now + timedelta(days=1))
    assert len(Folder(home.backups).all()) == 1


def test_nothing_happens_while_backups_are_off(tmp_path: Path) -> None:
    home = Home.born(tmp_path / "home")
    with home.open(backups=False) as runtime:
        world.live_a_little(runtime, words="words")
        assert service.daily(runtime, datetime.now(UTC)).made is None
        assert service.copy_new_files(runtime).new == 0
        with runtime.database.reading() as session:
            assert session.scalar(world.text("SHOW archive_mode")) == "off"
    assert not home.backups.exists()
    made = home.data("backup", "create", backups="false")  # by hand it works, and is enough for itself
    assert (made["wal"]["is_archived"], made["until"]) == (False, None)
    home.destroy()
    home.data("backup", "restore", backups="false")


def test_a_file_that_is_damaged_in_the_store_is_named_and_its_older_copy_is_kept(home: Home) -> None:
    with home.open() as runtime:
        world.live_a_little(runtime, words="some words")
        service.copy_new_files(runtime)
        world.live_a_little(runtime, words="other words")
        stored = world.stored_files(runtime.settings)
        kept = {path.name for path in (home.backups / "files").rglob("*") if path.is_file()}
        [new] = [name for name in stored if Path(name).name not in kept]
        (runtime.settings.files_dir / new).write_bytes(b"rot")
        assert service.copy_new_files(runtime).damaged == [new]
