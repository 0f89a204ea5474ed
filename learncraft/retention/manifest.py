"""What stands beside an archive and says what is in it. An archive without one was never finished."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from learncraft.retention.checksum import Content
from learncraft.retention.columns import Column
from learncraft.retention.errors import ArchiveError

_PIECE = 1 << 20


@dataclass(frozen=True, slots=True)
class Manifest:
    """The content of one archive, as both sides counted it before anything was dropped."""

    table: str
    month: str  # such as 2026-11
    file: str
    rows: int
    bytes: int
    sha256: str
    checksum: str
    key: str
    min: str | None  # of the key, in microseconds since 1970 or PostgreSQL's spelling
    max: str | None
    schema_revision: str
    archived_at: str
    columns: tuple[Column, ...]

    @property
    def content(self) -> Content:
        """What was counted."""
        return Content(self.rows, self.checksum)


def path_of(archive: Path) -> Path:
    """Where the manifest of an archive is."""
    return archive.with_suffix(".json")


def read(archive: Path) -> Manifest:
    """The manifest of an archive.

    Raises:
        ArchiveError: there is none, or it can't be read.
    """
    try:
        found = json.loads(path_of(archive).read_text(encoding="utf-8"))
        columns = tuple(Column(**column) for column in found.pop("columns"))
        return Manifest(**found, columns=columns)
    except FileNotFoundError:
        raise ArchiveError(
            f"There is no manifest {path_of(archive)}. The archive was never finished, or moved."
        ) from None
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise ArchiveError(f"The manifest {path_of(archive)} can't be read. Bring it back from a backup.") from error


def write(archive: Path, manifest: Manifest) -> None:
    """Put the manifest beside its archive, whole or not at all."""
    target = path_of(archive)
    partial = target.with_name(target.name + ".partial")
    with partial.open("w", encoding="utf-8") as file:
        json.dump(asdict(manifest), file, indent=2)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(target)
    sync_folder(target.parent)


def sync_folder(folder: Path) -> None:
    """Make sure that new names in a folder survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def of_month(folder: Path, table: str, month: str) -> Iterator[Path]:
    """The finished archives of one month, oldest first."""
    begin = f"{table}_{month.replace('-', '_')}"
    later = (path for path in folder.glob(f"{begin}.*.parquet") if path.stem.removeprefix(f"{begin}.").isdigit())
    for path in [folder / f"{begin}.parquet", *sorted(later)]:
        if path.exists() and path_of(path).exists():
            yield path


def sha256_of(path: Path) -> str:
    """The hash of a file's bytes."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            digest.update(piece)
    return digest.hexdigest()
