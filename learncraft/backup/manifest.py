"""What a backup says of itself, and the folder that holds backups.

backups/
  20261120T020000Z/manifest.json    one complete backup; the manifest names each of its files with its SHA-256
                   files.json       the files of the file store and their SHA-256
                   postgres/        the database
  files/ab/cd/abcd...               the files' bytes, once, for all backups
  wal/<system identifier>/          the database's log, for going back to any moment
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from learncraft.backup.errors import BackupBusyError, BackupError, DamagedBackupError, of_the_disk
from learncraft.supervisor.locks import FileLock
from learncraft.supervisor.postgres import end_servers_of
from learncraft.supervisor.wal_program import sync

FORMAT = 1
MANIFEST = "manifest.json"
FILES = "files.json"
DATABASE = "postgres"
_DRAFT = "."  # what names of drafts and trials begin with
_LOCK_SECONDS = 1.0


class Kind(StrEnum):
    """How the database was copied."""

    PHYSICAL = "physical"  # the embedded server's files; any later moment can be reached by its log
    LOGICAL = "logical"  # a dump of a server that the operator runs


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Part(_Record):
    """One file of a backup."""

    path: str
    bytes: int
    sha256: str


class Wal(_Record):
    """The stretch of the log that belongs to a physical backup."""

    system_identifier: str
    timeline: int
    start_lsn: str
    end_lsn: str
    is_archived: bool  # whether the log was kept from then on


class Manifest(_Record):
    """A complete backup."""

    format: int = FORMAT
    id: str
    kind: Kind
    learncraft: str
    postgres: str
    revision: str | None
    started_at: datetime
    finished_at: datetime
    database_bytes: int
    wal: Wal | None
    parts: tuple[Part, ...]
    files: int
    file_bytes: int
    damaged_files: tuple[str, ...] = ()

    @property
    def bytes(self) -> int:
        """What the backup takes on the disk, without the files that it shares with others."""
        return sum(part.bytes for part in self.parts)


FileList = TypeAdapter(tuple[Part, ...])


def digest(path: Path) -> str:
    """The SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class Folder:
    """A folder of backups."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def files(self) -> Path:
        """Where the bytes of the file store are."""
        return self.path / "files"

    def of(self, backup: Manifest) -> Path:
        """Where a backup is."""
        return self.path / backup.id

    def all(self) -> list[Manifest]:
        """The complete backups, oldest first. One whose manifest can't be read is left out; `damaged` names it."""
        return self._read()[0]

    def damaged(self) -> list[str]:
        """The names of backups whose manifest can't be read."""
        return self._read()[1]

    def find(self, name: str) -> Manifest:
        """The backup of that name.

        Raises:
            BackupError: there is none.
        """
        for backup in self.all():
            if backup.id == name:
                return backup
        if name in self.damaged():
            raise DamagedBackupError(f"{self.path / name / MANIFEST} is damaged, so the backup {name} can't be used.")
        raise BackupError(f"There is no backup {name!r} in {self.path}. learncraft backup list shows them.")

    def list_of(self, backup: Manifest) -> tuple[Part, ...]:
        """The files of the file store that belong to a backup.

        Raises:
            DamagedBackupError: the list can't be read.
        """
        path = self.of(backup) / FILES
        try:
            return FileList.validate_json(path.read_bytes())
        except (OSError, ValidationError) as error:
            raise DamagedBackupError(f"{path} is damaged or gone.") from error

    def _read(self) -> tuple[list[Manifest], list[str]]:
        found, damaged = [], []
        names = sorted(path.parent for path in self.path.glob(f"*/{MANIFEST}"))
        for place in names:
            if place.name.startswith(_DRAFT):
                continue
            try:
                found.append(_parsed(place / MANIFEST))
            except (OSError, ValueError):
                damaged.append(place.name)
        return sorted(found, key=lambda backup: backup.finished_at), damaged

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Keep other commands from changing the folder for the length of the block, and sweep what a kill left.

        Raises:
            BackupBusyError: another command works here.
            BackupError: the folder can't be made or written.
        """
        try:
            self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
            lock = FileLock(self.path / "backups.lock")
            free = lock.wait_alone(_LOCK_SECONDS)
        except OSError as error:
            raise of_the_disk(error, self.path) from error
        if not free:
            raise BackupBusyError(f"Another command works on the backups in {self.path}. Try again when it is done.")
        try:
            for left in self.path.glob(f"{_DRAFT}*.new"):
                end_servers_of((left / DATABASE).resolve())  # of a trial start
                shutil.rmtree(left, ignore_errors=True)
            yield
        finally:
            lock.release()

    def free_name(self, moment: datetime) -> str:
        """A name that no backup has."""
        name = f"{moment:%Y%m%dT%H%M%SZ}"
        number = 1
        while (self.path / (found := name if number == 1 else f"{name}-{number}")).exists():
            number += 1
        return found

    @contextmanager
    def draft(self, name: str) -> Iterator[Path]:
        """A folder that nobody takes for a backup, gone after the block unless it was published."""
        place = self.path / f"{_DRAFT}{name}.new"
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir(mode=0o700)
        try:
            yield place
        finally:
            shutil.rmtree(place, ignore_errors=True)

    def publish(self, draft: Path, backup: Manifest) -> None:
        """Make a finished draft a backup, in one step, when all of it is on the disk."""
        body = backup.model_dump_json(indent=2)
        seal = hashlib.sha256(body.encode()).hexdigest()
        (draft / MANIFEST).write_text(f"{body}\n{seal}\n", encoding="utf-8")
        for folder, _, names in os.walk(draft):
            for name in names:
                sync(Path(folder, name))
            sync(Path(folder))
        draft.rename(self.of(backup))
        sync(self.path)


def _parsed(path: Path) -> Manifest:
    """A manifest whose seal fits; the seal is the last line."""
    body, _, seal = path.read_text(encoding="utf-8").rstrip("\n").rpartition("\n")
    if hashlib.sha256(body.encode()).hexdigest() != seal:
        raise ValueError(f"{path} was changed")
    return Manifest.model_validate_json(body)


def parts_of(draft: Path) -> tuple[Part, ...]:
    """The files of a draft as they are written down in its manifest."""
    return tuple(
        Part(path=path.relative_to(draft).as_posix(), bytes=path.stat().st_size, sha256=digest(path))
        for path in sorted(draft.rglob("*"))
        if path.is_file()
    )
