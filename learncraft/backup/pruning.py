"""What is kept for how long: every backup for some days, then one a week, then one a month; never nothing."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from learncraft.backup import pool, wal
from learncraft.backup.errors import DamagedBackupError
from learncraft.backup.manifest import Folder, Manifest
from learncraft.backup.verifying import is_good
from learncraft.settings import Settings
from learncraft.supervisor.archiving import wal_folder


@dataclass(frozen=True, slots=True)
class Rules:
    """How long backups are kept."""

    days: int = 30
    weeks: int = 12
    months: int = 12

    @classmethod
    def of(cls, settings: Settings) -> Rules:
        """The operator's."""
        return cls(settings.backup_keep_days, settings.backup_keep_weeks, settings.backup_keep_months)


@dataclass(frozen=True, slots=True)
class Pruned:
    """What went, or would go."""

    kept: tuple[str, ...]
    backups: tuple[str, ...]
    files: int
    log_files: int
    bytes: int


def chosen(backups: list[Manifest], now: datetime, rules: Rules) -> set[str]:
    """The backups that the rules keep: all of the last days, the newest of each of the last weeks and months.

    Weeks are those of ISO 8601, months those of the calendar; the one that `now` is in counts as the first.
    """
    kept = {backup.id for backup in backups if backup.finished_at > now - timedelta(days=rules.days)}
    monday = now.date() - timedelta(days=now.weekday())
    weeks = {monday - timedelta(weeks=number) for number in range(rules.weeks)}
    months = {(now.year * 12 + now.month - 1) - number for number in range(rules.months)}
    newest_of_week = {_week(backup): backup.id for backup in backups}  # the last one wins; they are in order
    newest_of_month = {_month(backup): backup.id for backup in backups}
    kept |= {name for week, name in newest_of_week.items() if week in weeks}
    kept |= {name for month, name in newest_of_month.items() if month in months}
    return kept


def _week(backup: Manifest) -> object:
    day = backup.finished_at.date()
    return day - timedelta(days=day.weekday())


def _month(backup: Manifest) -> int:
    return backup.finished_at.year * 12 + backup.finished_at.month - 1


def prune(folder: Folder, now: datetime, rules: Rules, *, dry_run: bool = False) -> Pruned:
    """Remove what the rules don't keep, and what only that needed. The last good backup stays, whatever its age.

    Raises:
        BackupBusyError: another command works in the folder.
    """
    with folder.alone():
        backups = folder.all()
        kept = chosen(backups, now, rules)
        if len(kept) < len(backups):
            kept |= _last_good(folder, backups)
        going = [backup for backup in backups if backup.id not in kept]
        staying = [backup for backup in backups if backup.id in kept]
        since = now - timedelta(days=rules.days)
        files = _unused_files(folder, staying, since)
        log = _unused_log(folder, staying, since)
        size = sum(backup.bytes for backup in going) + sum(path.stat().st_size for path in [*files, *log])
        if not dry_run:
            for backup in going:
                _remove(folder, backup)
            for path in [*files, *log]:
                path.unlink(missing_ok=True)
    names = tuple(backup.id for backup in staying), tuple(backup.id for backup in going)
    return Pruned(*names, len(files), len(log), size)


def _last_good(folder: Folder, backups: list[Manifest]) -> set[str]:
    for backup in reversed(backups):
        try:
            if is_good(folder, backup):
                return {backup.id}
        except DamagedBackupError:
            continue
    return set()


def _remove(folder: Folder, backup: Manifest) -> None:
    """The name goes first, so that a kill on the way leaves no half backup that looks whole."""
    gone = folder.path / f".{backup.id}.new"
    folder.of(backup).rename(gone)
    shutil.rmtree(gone, ignore_errors=True)


def _unused_files(folder: Folder, staying: list[Manifest], since: datetime) -> list[Path]:
    """Bytes that no backup names. Younger ones were copied between two backups, for going back to a moment."""
    try:
        used = {file.sha256 for backup in staying for file in folder.list_of(backup)}
    except DamagedBackupError:
        return []  # what it needs is not known
    return [
        path
        for sha256, path in pool.kept(folder.files).items()
        if sha256 not in used and path.stat().st_mtime < since.timestamp()
    ]


def _unused_log(folder: Folder, staying: list[Manifest], since: datetime) -> list[Path]:
    """The log from before the oldest backup that one can go on from; histories of timelines are small and stay."""
    unused = []
    for place in sorted(wal_folder(folder.path).glob("[0-9]*")):
        own = [backup for backup in staying if backup.wal and backup.wal.system_identifier == place.name]
        recent = [backup for backup in own if backup.finished_at > since] or own[-1:]
        starts = [wal.position(backup.wal.start_lsn) // wal.SEGMENT_BYTES for backup in recent if backup.wal]
        for segment in wal.segments(place):
            needed = segment.number >= min(starts) if starts else wal.written_at(segment.path) > since
            if not needed:
                unused.append(segment.path)
    return unused
