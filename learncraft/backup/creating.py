"""Making a backup: the database first, then the files, so that every file that a row names is there."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from sqlalchemy import text

from learncraft import schema
from learncraft.backup import logical, physical, pool
from learncraft.backup.errors import BackupError, of_the_disk
from learncraft.backup.manifest import FILES, FileList, Folder, Kind, Manifest, parts_of
from learncraft.db import Database
from learncraft.settings import Settings

Report = Callable[[str, float], None]


def silent(_words: str, _share: float) -> None:
    """Report to nobody."""


def create(settings: Settings, database: Database, folder: Folder, report: Report = silent) -> Manifest:
    """Make a complete backup. It is listed once all of it is on the disk; before that there is nothing to see.

    Raises:
        BackupError: it can't be made; the earlier ones are as they were.
    """
    with folder.alone():
        started = datetime.now(UTC)
        name = folder.free_name(started)
        try:
            with folder.draft(name) as draft:
                made = _fill(settings, database, folder, draft, name, started, report)
                folder.publish(draft, made)
        except OSError as error:
            raise of_the_disk(error, folder.path) from error
    report("The backup is complete", 1.0)
    return made


def copy_files(settings: Settings, folder: Folder) -> pool.Copied:
    """Copy files that came since the last backup. Done often, a restore to a moment has the files of that moment.

    Raises:
        BackupError: another command works in the folder, or it can't be written.
    """
    with folder.alone():
        return _copy_files(settings, folder)


def _fill(
    settings: Settings,
    database: Database,
    folder: Folder,
    draft: Path,
    name: str,
    started: datetime,
    report: Report,
) -> Manifest:
    kind = Kind.LOGICAL if settings.database_url is not None else Kind.PHYSICAL
    with database.reading() as session:
        size = int(session.scalar(text("SELECT pg_database_size(current_database())")) or 0)
    revision = schema.current(database.engine)
    report("Copying the database", 0.1)
    wal = None
    if kind == Kind.PHYSICAL:
        wal = physical.copy(database, draft)
    else:
        logical.dump(database, draft)
    finished = datetime.now(UTC)
    report("Copying new files", 0.6)
    copied = _copy_files(settings, folder)
    (draft / FILES).write_bytes(FileList.dump_json(tuple(copied.files)))
    report("Writing checksums", 0.9)
    return Manifest(
        id=name,
        kind=kind,
        learncraft=_version(),
        postgres=database.ping(),
        revision=revision,
        started_at=started,
        finished_at=finished,
        database_bytes=size,
        wal=wal,
        parts=parts_of(draft),
        files=len(copied.files),
        file_bytes=sum(file.bytes for file in copied.files),
        damaged_files=tuple(copied.damaged),
    )


def _copy_files(settings: Settings, folder: Folder) -> pool.Copied:
    try:
        folder.files.mkdir(exist_ok=True, mode=0o700)
        return pool.copy_new(settings.files_dir, folder.files)
    except OSError as error:
        raise of_the_disk(error, folder.path) from error


def _version() -> str:
    try:
        return version("learncraft")
    except PackageNotFoundError:
        return "a checkout"


def check_place(settings: Settings, folder: Folder) -> None:
    """Refuse a folder of backups inside what is backed up.

    Raises:
        BackupError: it is.
    """
    for inside in (settings.home / "postgres", settings.home / "event-store", settings.files_dir):
        if folder.path.is_relative_to(inside):
            raise BackupError(f"Backups can't be inside {inside}, which they are made of. Choose another folder.")
