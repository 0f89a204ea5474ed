"""Opening an archive that a stranger may have made: .tar.gz, .tar, .zip, or a folder that is unpacked already.

Members are written under numbers, never under the names that the archive gives them, so that no name can
lead out of the temporary folder, collide on a file system that ignores case, or be too long for it. Bad
names are refused all the same: an archive that has one was made to do harm.
"""

from __future__ import annotations

import errno
import os
import re
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from learncraft.interchange.errors import CourseArchiveError
from learncraft.interchange.members import Entry, Kind, tar_entries, zip_entries
from learncraft.language import noted

__all__ = ["DEFAULT_LIMITS", "Limits", "unpacked"]

_CHUNK = 256 * 1024
_NAME_LENGTH = 1000
_DRIVE = re.compile(r"^[A-Za-z]:")
# zipfile and tarfile say by these, the last one too, that bytes are not what they can read.
_DAMAGE = (tarfile.TarError, zipfile.BadZipFile, zlib.error, EOFError, ValueError, RecursionError, NotImplementedError)
_DAMAGED = noted(
    "The archive is damaged or was cut off on its way. Export the course again, or check that the upload came to "
    "its end."
)


@dataclass(frozen=True, slots=True)
class Limits:
    """How much an archive may unpack to. A course of two hours is about 20 MB; these leave room for videos."""

    total_bytes: int = 2 * 1024**3
    members: int = 50_000
    file_bytes: int = 1024**3
    ratio: int = 200  # unpacked to packed; text reaches 20, bombs start at 1,000
    ratio_from_bytes: int = 16 * 1024**2  # below this the ratio says nothing


DEFAULT_LIMITS = Limits()


@contextmanager
def unpacked(
    path: Path, limits: Limits = DEFAULT_LIMITS, *, workspace: Path | None = None
) -> Iterator[dict[str, Path]]:
    """Give the archive's files by their names in it. The paths end with the context, whatever happens.

    Raises:
        CourseArchiveError: it is no archive, is damaged, is too big, or holds a name or link that leads outside.
    """
    if path.is_dir():
        yield _folder(path, limits)
        return
    with tempfile.TemporaryDirectory(prefix="learncraft-", dir=workspace) as folder:
        with _sentences():
            files = _unpack(path, Path(folder), limits)
        yield files


@contextmanager
def _sentences() -> Iterator[None]:
    """Turn what the libraries raise about bad archives into words."""
    try:
        yield
    except OSError as error:
        # BadGzipFile is an OSError without a number.
        if error.errno == errno.ENOSPC:
            raise CourseArchiveError(
                "The disk is full, so the archive couldn't be unpacked. Nothing was imported. "
                "Ask whoever runs the platform to free space, then try again."
            ) from error
        if error.errno is None:
            raise CourseArchiveError(_DAMAGED) from error
        raise CourseArchiveError("The archive couldn't be read: {strerror}.", strerror=error.strerror) from error
    except _DAMAGE as error:
        raise CourseArchiveError(_DAMAGED) from error


class _Meter:
    """Counts what really comes out, and stops a bomb before it fills the disk."""

    def __init__(self, packed: int, limits: Limits) -> None:
        self._packed = max(packed, 1)
        self._limits = limits
        self._bytes = 0
        self._members = 0

    def count(self, size: int) -> None:
        self._bytes += size
        if self._bytes > self._limits.total_bytes:
            raise CourseArchiveError(
                "The archive unpacks to more than {megabytes}, which is the limit here. Take large "
                "files, such as videos, out of the course and link to them instead.",
                megabytes=_megabytes(self._limits.total_bytes),
            )
        if self._bytes > self._limits.ratio_from_bytes and self._bytes > self._packed * self._limits.ratio:
            raise CourseArchiveError(
                "The archive unpacks to more than {ratio} times its size, which no course does. It "
                "was refused because such files are made to fill disks.",
                ratio=self._limits.ratio,
            )

    def member(self) -> None:
        self._members += 1
        if self._members > self._limits.members:
            raise CourseArchiveError(
                "The archive holds more than {members} files, which is the limit here. Split the "
                "course, or remove files that nothing uses.",
                members=f"{self._limits.members:,}",
            )


def _unpack(path: Path, folder: Path, limits: Limits) -> dict[str, Path]:
    meter = _Meter(path.stat().st_size, limits)
    files: dict[str, Path] = {}
    with path.open("rb") as packed:
        entries = (
            zip_entries(packed, limits.members) if zipfile.is_zipfile(packed) else tar_entries(packed, meter.count)
        )
        for entry in entries:
            meter.member()
            name = _safe_name(entry.name, entry.kind)
            if entry.kind is Kind.FOLDER:
                continue
            if name in files:
                raise CourseArchiveError(
                    "The archive holds {name} twice, so it isn't clear which one counts. Pack it again.", name=name
                )
            # The suffix is kept for whoever looks at the bytes; only letters and digits of it.
            suffix = re.sub(r"[^a-z0-9.]", "", Path(name).suffix.lower())[:12]
            target = folder / f"{len(files):06d}{suffix}"
            _write(entry, name, target, meter, limits)
            files[name] = target
    return files


def _write(entry: Entry, name: str, target: Path, meter: _Meter, limits: Limits) -> None:
    written = 0
    with entry.open() as source, target.open("wb") as sink:
        while chunk := source.read(_CHUNK):
            written += len(chunk)
            _check_file_size(name, written, limits)
            if entry.count_bytes:
                meter.count(len(chunk))
            sink.write(chunk)
    if written != entry.size:
        raise CourseArchiveError(_DAMAGED)


def _check_file_size(name: str, size: int, limits: Limits) -> None:
    if size > limits.file_bytes:
        raise CourseArchiveError(
            "{name} is larger than {megabytes}, which is the limit for one file. Take it out of "
            "the course and link to it instead.",
            name=name,
            megabytes=_megabytes(limits.file_bytes),
        )


def _safe_name(raw: str, kind: Kind) -> str:
    """The member's name with forward slashes and no empty parts; refuses names and kinds that lead outside."""
    shown = raw.replace("\0", "␀")[:120]
    if "\0" in raw or len(raw) > _NAME_LENGTH:
        raise CourseArchiveError(
            "The archive holds a file whose name can't be right ({shown}). Pack it again.", shown=shown
        )
    slashed = raw.replace("\\", "/")
    parts = [part for part in slashed.split("/") if part not in ("", ".")]
    if slashed.startswith("/") or ".." in parts or _DRIVE.match(slashed):
        raise CourseArchiveError(
            "The archive holds {shown}, a name that leads outside of it. It was refused because such "
            "archives are made to overwrite files. Export the course again from its own platform.",
            shown=shown,
        )
    if kind is Kind.LINK:
        raise CourseArchiveError(
            "The archive holds {shown}, which is a link and no file. Pack the course with the files themselves.",
            shown=shown,
        )
    if kind is Kind.DEVICE:
        raise CourseArchiveError(
            "The archive holds {shown}, which is a device and no file. Pack the course again.", shown=shown
        )
    if not parts and kind is Kind.FILE:
        raise CourseArchiveError("The archive holds a file without a name. Pack it again.")
    return "/".join(parts)


def _folder(root: Path, limits: Limits) -> dict[str, Path]:
    """The files of a folder, held to the same rules as a packed archive. Read where they are."""
    meter = _Meter(limits.total_bytes, limits)
    files: dict[str, Path] = {}
    with _sentences():
        for parent, folders, names in os.walk(root):
            for name in sorted(folders + names):
                path = Path(parent, name)
                relative = path.relative_to(root).as_posix()
                kind = _kind_on_disk(path)
                meter.member()
                _safe_name(relative, kind)
                if kind is Kind.FILE:
                    size = path.stat().st_size
                    _check_file_size(relative, size, limits)
                    meter.count(size)
                    files[relative.replace("\\", "/")] = path
    return files


def _kind_on_disk(path: Path) -> Kind:
    if path.is_symlink():
        return Kind.LINK
    if path.is_dir():
        return Kind.FOLDER
    return Kind.FILE if path.is_file() else Kind.DEVICE


def _megabytes(size: int) -> str:
    return f"{size / 1024**2:,.0f} MB" if size >= 1024**2 else f"{size:,} bytes"
