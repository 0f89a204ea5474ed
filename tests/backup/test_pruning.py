"""What goes and what stays: 30 days, 12 weeks, 12 months, and always the last good one."""

from __future__ import annotations

import gzip
import os
import struct
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from learncraft.backup.manifest import FILES, FileList, Folder, Kind, Manifest, Part, Wal, parts_of
from learncraft.backup.pool import place_of
from learncraft.backup.pruning import Rules, chosen, prune

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def made(day: datetime, number: int = 0) -> Manifest:
    return Manifest(
        id=f"{day:%Y%m%dT%H%M%SZ}",
        kind=Kind.PHYSICAL,
        learncraft="1",
        postgres="18.4",
        revision="0001",
        started_at=day,
        finished_at=day,
        database_bytes=0,
        wal=Wal(
            system_identifier="42",
            timeline=1,
            start_lsn=f"0/{number:X}000028",
            end_lsn=f"0/{number:X}000100",
            is_archived=True,
        ),
        parts=(),
        files=0,
        file_bytes=0,
    )


def daily(days: int) -> list[Manifest]:
    return [made(NOW - timedelta(days=age, hours=10)) for age in range(days, -1, -1)]


def test_two_years_of_daily_backups_leave_thirty_days_twelve_weeks_and_twelve_months() -> None:
    backups = daily(730)
    kept = [backup for backup in backups if backup.id in chosen(backups, NOW, Rules())]
    ages = [(NOW - backup.finished_at).days for backup in kept]
    assert [age for age in ages if age < 30] == list(range(29, -1, -1))
    weeks = {backup.finished_at.isocalendar()[:2] for backup in kept if (NOW - backup.finished_at).days < 12 * 7 - 7}
    assert len(weeks) >= 11
    assert len({(backup.finished_at.year, backup.finished_at.month) for backup in kept}) == 12
    assert len(kept) <= 30 + 12 + 12


def test_pruning_each_day_keeps_the_same_as_pruning_once() -> None:
    """What the rules keep tomorrow must not have been removed today."""
    alive: list[Manifest] = []
    every = daily(400)
    for backup in every:
        alive.append(backup)
        names = chosen(alive, backup.finished_at, Rules())
        alive = [one for one in alive if one.id in names]
    last = every[-1].finished_at
    assert {one.id for one in alive} == chosen(every, last, Rules())


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """Backups of three ages: 500, 100 and 1 days, each with a file of its own and a segment of the log."""
    folder = Folder(tmp_path)
    for number, age in enumerate((500, 100, 1), start=1):
        day = NOW - timedelta(days=age)
        sha256 = f"{number}" * 64
        kept = folder.files / place_of(sha256)
        kept.parent.mkdir(parents=True)
        kept.write_bytes(b"file")
        os.utime(kept, (day.timestamp(), day.timestamp()))
        segment = tmp_path / "wal" / "42" / f"0000000100000000{number:08X}.gz"
        segment.parent.mkdir(parents=True, exist_ok=True)
        segment.write_bytes(gzip.compress(b"log", mtime=day.timestamp()))
        backup = made(day, number)
        with folder.draft(backup.id) as draft:
            (draft / "postgres").mkdir()
            (draft / "postgres" / "base.tar.gz").write_bytes(b"base")
            part = Part(path="a file", bytes=4, sha256=sha256)
            (draft / FILES).write_bytes(FileList.dump_json((part,)))
            folder.publish(draft, backup.model_copy(update={"parts": parts_of(draft)}))
    return folder


def test_what_goes_takes_its_files_and_its_log_along(folder: Folder) -> None:
    kept = folder.files / place_of("3" * 64)
    before = sorted(path for path in folder.path.rglob("*") if path.is_file() and path.name != "backups.lock")
    said = prune(folder, NOW, Rules(), dry_run=True)
    assert before == sorted(path for path in folder.path.rglob("*") if path.is_file() and path.name != "backups.lock")
    done = prune(folder, NOW, Rules())
    assert (said.backups, said.files, said.log_files) == (done.backups, done.files, done.log_files)
    assert (len(done.kept), len(done.backups), done.files, done.log_files) == (2, 1, 1, 2)
    assert [path.name for path in (folder.path / "wal" / "42").iterdir()] == ["000000010000000000000003.gz"]
    assert kept.exists()
    assert len(folder.all()) == 2


def test_the_last_good_backup_stays_whatever_its_age(folder: Folder) -> None:
    """The file store of these backups holds no real hashes, so make one good: the oldest."""
    [oldest, *_] = folder.all()
    place = folder.of(oldest)
    (place / FILES).write_bytes(FileList.dump_json(()))
    good = oldest.model_copy(update={"parts": ()})
    body = good.model_dump_json(indent=2)
    import hashlib

    (place / "manifest.json").write_text(f"{body}\n{hashlib.sha256(body.encode()).hexdigest()}\n")
    done = prune(folder, NOW, Rules())
    assert oldest.id in done.kept
    assert prune(folder, NOW + timedelta(days=5000), Rules(days=1, weeks=0, months=0)).kept == (oldest.id,)


def test_the_time_of_a_kept_log_file_is_in_the_file(folder: Folder) -> None:
    [path] = (folder.path / "wal" / "42").glob("*03.gz")
    assert struct.unpack("<I", path.read_bytes()[4:8])[0] == int((NOW - timedelta(days=1)).timestamp())
