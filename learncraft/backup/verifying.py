"""Is a backup what it was when it was made? By its checksums, and by a trial start of its database."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import text

from learncraft import schema
from learncraft.backup import logical, physical, pool, wal
from learncraft.backup.creating import Report, silent
from learncraft.backup.errors import BackupError, DamagedBackupError, of_the_disk
from learncraft.backup.manifest import FILES, Folder, Kind, Manifest, Wal, digest
from learncraft.db import Database
from learncraft.supervisor.postgres import EmbeddedPostgres


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found. `damaged` holds a sentence for each file that is not what it was; empty means well."""

    backup: str
    checked: int  # files
    damaged: tuple[str, ...]
    warnings: tuple[str, ...] = ()
    rows: int | None = None  # that the trial start read

    @property
    def is_good(self) -> bool:
        """Whether the backup can be restored."""
        return not self.damaged


def verify(folder: Folder, backup: Manifest, *, deep: bool = False, report: Report = silent) -> Verdict:
    """Check every file of a backup, the log that follows it, and with `deep` start its database in a trial folder."""
    place = folder.of(backup)
    report("Checking the database's files", 0.0)
    damaged = [sentence for part in backup.parts if (sentence := _check(place / part.path, part.bytes, part.sha256))]
    checked, warnings = len(backup.parts), []
    if not any(f"{place / FILES} " in sentence for sentence in damaged):
        report("Checking the files", 0.2)
        for file in folder.list_of(backup):
            checked += 1
            if sentence := _check(folder.files / pool.place_of(file.sha256), file.bytes, file.sha256):
                damaged.append(f"{sentence} It is {file.path} of the file store.")
    if backup.wal is not None and backup.wal.is_archived:
        report("Checking the database's log", 0.5)
        kept, bad, warning = _check_log(folder, backup.wal)
        checked += kept
        damaged += bad
        warnings += warning
    if backup.damaged_files:
        warnings.append(f"{len(backup.damaged_files)} files were damaged already when the backup was made.")
    rows = None
    if deep and not damaged:
        report("Starting the database from the backup", 0.7)
        try:
            rows = _try(folder, backup)
        except BackupError as error:
            damaged.append(str(error))
    report("Checked", 1.0)
    return Verdict(backup.id, checked, tuple(damaged), tuple(warnings), rows)


def is_good(folder: Folder, backup: Manifest) -> bool:
    """Whether a backup's own files, and those of the file store, are what they were."""
    place = folder.of(backup)
    if any(_check(place / part.path, part.bytes, part.sha256) for part in backup.parts):
        return False
    return not any(
        _check(folder.files / pool.place_of(file.sha256), file.bytes, file.sha256) for file in folder.list_of(backup)
    )


def check_parts(folder: Folder, backup: Manifest) -> None:
    """Refuse a damaged backup before anything is restored from it.

    Raises:
        DamagedBackupError: a file is not what it was; the message names it.
    """
    for part in backup.parts:
        if sentence := _check(folder.of(backup) / part.path, part.bytes, part.sha256):
            raise DamagedBackupError(f"{sentence} Choose another backup.")


def _check(path: Path, size: int, sha256: str) -> str | None:
    try:
        if path.stat().st_size != size:
            return f"{path} is damaged: it has {path.stat().st_size:,} bytes instead of {size:,}."
        return None if digest(path) == sha256 else f"{path} is damaged: its checksum is another."
    except FileNotFoundError:
        return f"{path} is gone."
    except OSError as error:
        return f"{path} can't be read: {error.strerror or error}."


def _check_log(folder: Folder, backup: Wal) -> tuple[int, list[str], list[str]]:
    kept = wal.folder_of(folder.path, backup.system_identifier)
    first = wal.position(backup.start_lsn) // wal.SEGMENT_BYTES
    files = [segment.path for segment in wal.segments(kept) if segment.number >= first]
    files += sorted(kept.glob("*.history.gz"))
    bad = [f"{path} is damaged: it can't be unpacked." for path in files if not wal.is_whole(path)]
    found = wal.reach(kept, backup)
    if found.gap_after:
        gap = f"The log has a gap after {found.gap_after}: later moments need a later backup."
        return len(files), bad, [gap]
    return len(files), bad, []


def _try(folder: Folder, backup: Manifest) -> int:
    """Restore the database into a trial folder, as it was when the backup ended, and read every row of it."""
    with folder.alone(), folder.draft(f"trial-{backup.id}") as trial:
        try:
            with _started(folder.of(backup), backup, trial) as database:
                return _read_all(database, backup)
        except OSError as error:
            raise of_the_disk(error, folder.path) from error


@contextmanager
def _started(place: Path, backup: Manifest, trial: Path) -> Iterator[Database]:
    if backup.kind == Kind.PHYSICAL:
        assert backup.wal is not None
        physical.check(place)
        (trial / "log").mkdir()
        goal = physical.Goal(str(backup.wal.timeline), is_copy_alone=True)
        with physical.recovered(place, trial, trial / "log", goal) as database:
            yield database
        return
    server = EmbeddedPostgres(trial)
    try:
        server.start()
        database = Database(server.url, pool_size=2)
        logical.load(place, database)
        yield database
        database.close()
    finally:
        server.stop()
        shutil.rmtree(trial / "postgres", ignore_errors=True)


def _read_all(database: Database, backup: Manifest) -> int:
    """Read every row: PostgreSQL checks each page's checksum as it does."""
    found = schema.current(database.engine)
    if found != backup.revision:
        raise DamagedBackupError(f"The database of the backup has schema {found}, and not {backup.revision}.")
    rows = 0
    with database.engine.connect() as connection:
        connection.execute(text("SET statement_timeout = 0"))
        tables = connection.scalars(
            text(
                "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables "
                "WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
            )
        ).all()
        for table in tables:
            rows += connection.scalar(text(f"SELECT count(whole::text) FROM {table} AS whole")) or 0  # noqa: S608
    return rows
