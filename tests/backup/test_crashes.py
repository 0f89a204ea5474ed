"""kill -9 and full disks: a backup is whole or not there, a home is the old one or the new one."""

from __future__ import annotations

import json
import signal
import time
from pathlib import Path

import pytest

from learncraft.analytics import shipping
from learncraft.backup.manifest import Folder
from learncraft.settings import Settings
from learncraft.supervisor import exchange
from learncraft.supervisor.diagnosis import examine
from tests.backup import world
from tests.backup.world import Home
from tests.cli.test_serve import small_disk


def kill_when(home: Home, seen: object, *command: str, **settings: str) -> bool:
    """Run a command and kill -9 it as soon as something is seen; False when it ended before."""
    assert callable(seen)
    process = home.start(*command, **settings)
    deadline = time.monotonic() + 60
    while process.poll() is None and not seen():
        assert time.monotonic() < deadline
        time.sleep(0.002)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    return process.returncode == -signal.SIGKILL


def test_a_kill_during_create_leaves_no_half_backup(lived_in: Home) -> None:
    before = [backup["id"] for backup in lived_in.data("backup", "list")["backups"]]
    signs = [
        lambda: any(lived_in.backups.glob(".*.new")),
        lambda: any(lived_in.backups.glob(".*.new/postgres/base.tar.gz")),
        lambda: any(lived_in.backups.glob(".*.new/postgres/backup_manifest")),
        lambda: any(lived_in.backups.glob(".*.new/files.json")),
        lambda: any(lived_in.backups.glob(".*.new/manifest.json")),
    ]
    killed = 0
    for sign in signs:
        killed += kill_when(lived_in, sign, "backup", "create")
        whole = Folder(lived_in.backups).all()
        assert {backup.id for backup in whole} >= set(before)
        assert all((lived_in.backups / backup.id / "files.json").exists() for backup in whole)
    assert killed >= 3
    lived_in.data("backup", "create")
    assert not list(lived_in.backups.glob(".*.new"))
    assert lived_in.run("backup", "verify", "--all").returncode == 0


def test_a_kill_during_restore_leaves_the_old_home_or_the_new(tmp_path: Path) -> None:
    home = Home.born(tmp_path / "home")
    home.add("ada")
    home.data("backup", "create")
    home.add("bob")
    draft = home.path / "restore.new"
    signs = [
        draft.exists,
        (draft / "postgres" / "PG_VERSION").exists,
        (draft / "postgres" / "postmaster.pid").exists,
        (draft / "files").exists,
        lambda: any(home.path.glob("before-restore-*")),
    ]
    backup = Folder(home.backups).all()[0].id
    for sign in signs:
        kill_when(home, sign, "backup", "restore", backup, "--force")
        people = home.people()
        assert people in (["ada"], ["ada", "bob"])
        if people == ["ada"]:
            home.add("bob")
    home.data("backup", "restore", backup, "--force")
    assert home.people() == ["ada"]
    assert not draft.exists()
    with home.open() as runtime:
        world.ship(runtime)
        assert shipping.status(runtime.database.engine, runtime.store).queued == 0
        world.assert_store_equals_postgres(runtime)


@pytest.mark.parametrize("moves_done", [0, 1, 2, 3])
def test_an_exchange_that_is_cut_off_anywhere_is_ended_by_the_next_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moves_done: int
) -> None:
    for name in ("postgres", "files", "new/postgres", "new/files"):
        (tmp_path / name).mkdir(parents=True)
        (tmp_path / name / "which").write_text("new" if name.startswith("new") else "old")
    moves = [
        ("postgres", "aside/postgres"),
        ("files", "aside/files"),
        ("new/postgres", "postgres"),
        ("new/files", "files"),
    ]
    move, done = exchange._move, []

    def cut_off(source: Path, target: Path) -> None:
        if len(done) == moves_done:
            raise KeyboardInterrupt
        done.append(source)
        move(source, target)

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(exchange, "_move", cut_off)
        exchange.exchange(tmp_path, moves)
    exchange.finish(tmp_path)
    exchange.finish(tmp_path)
    which = {name: (tmp_path / name / "which").read_text() for name in ("postgres", "files", "aside/postgres")}
    assert which == {"postgres": "new", "files": "new", "aside/postgres": "old"}
    assert (tmp_path / "aside" / "files" / "which").read_text() == "old"


def test_a_full_disk_is_a_sentence_and_leaves_the_earlier_backups(lived_in: Home, tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 3) as disk:
        done = lived_in.run("backup", "create", "--to", str(disk / "backups"))
        assert done.returncode == 1
        assert f"The disk that holds {disk / 'backups'} is full. No backup was made" in done.stderr
        assert "Traceback" not in done.stderr
        assert lived_in.data("backup", "list", "--in", str(disk / "backups"))["backups"] == []
        assert not list((disk / "backups").glob(".*.new"))
    assert lived_in.run("user", "list").returncode == 0


def test_a_full_disk_while_restoring_changes_nothing(lived_in: Home, tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 40) as disk:
        home = Home(disk / "home")
        done = home.run("backup", "restore", "--from", str(lived_in.backups))
        assert done.returncode == 1
        assert "full" in done.stderr.splitlines()[-1]
        assert not (home.path / "postgres").exists()
        assert not (home.path / "restore.new").exists()


def test_a_log_that_can_not_be_kept_stays_and_is_kept_later(tmp_path: Path) -> None:
    """The disk of the backups is full: the platform goes on, and nothing of the log is lost."""
    with small_disk(tmp_path / "disk", 30) as disk:
        home = Home.born(tmp_path / "home")
        place = {"backup_dir": disk / "backups"}
        with home.database(**place) as database:
            with (disk / "filler").open("wb", buffering=0) as filler, pytest.raises(OSError, match="No space"):
                while True:
                    filler.write(bytes(1024))
            before = set((disk / "backups" / "wal").glob("*/*.gz"))  # a slow start may have filled a part of the log
            with database.transaction() as session:
                session.execute(world.text("SELECT pg_switch_wal()"))
            with database.transaction() as session:
                world.make_user(session)
            until(database, "failed_count > 0")
            assert set((disk / "backups" / "wal").glob("*/*.gz")) == before
            assert not list((disk / "backups" / "wal").glob("*/.0*")), "a draft is left behind"
            [finding] = [found for found in examine(settings(home, **place)) if found.part == "backups"]
            assert (finding.health, "can't be kept" in finding.seen) == ("fail", True), finding
            [waiting, *_] = sorted((home.path / "postgres" / "pg_wal" / "archive_status").glob("*.ready"))
            (disk / "filler").unlink()
            with database.transaction() as session:
                session.execute(world.text("SELECT pg_switch_wal()"))
            until(database, f"archived_count > {len(before)}")
            kept = sorted(set((disk / "backups" / "wal").glob("*/0*.gz")) - before)
            assert kept[0].name == f"{waiting.stem}.gz"


def settings(home: Home, **more: object) -> Settings:
    return Settings(home=home.path, **more)  # type: ignore[arg-type]


def until(database: world.Database, condition: str) -> None:
    for _ in range(400):
        with database.reading() as session:
            if session.scalar(world.text(f"SELECT {condition} FROM pg_stat_archiver")):
                return
        time.sleep(0.05)
    raise AssertionError(condition)


def test_the_manifest_says_what_is_needed_to_judge_a_backup(lived_in: Home) -> None:
    backup = lived_in.data("backup", "list")["backups"][-1]
    body = (lived_in.backups / backup["id"] / "manifest.json").read_text().rstrip("\n").rpartition("\n")[0]
    said = json.loads(body)
    assert said["postgres"].startswith("18.")
    assert {"learncraft", "revision", "started_at", "finished_at", "wal"} <= set(said)
    assert {"timeline", "start_lsn", "end_lsn", "system_identifier"} <= set(said["wal"])
    assert all(len(part["sha256"]) == 64 and part["bytes"] >= 0 for part in said["parts"])
