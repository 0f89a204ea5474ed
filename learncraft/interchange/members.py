"""The members of tar and zip files in one shape, one after the other, as the libraries decode them."""

from __future__ import annotations

import gzip
import io
import stat
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum, auto
from functools import partial
from tarfile import HeaderError, ReadError, TarFile
from typing import IO, Any, Protocol, Self, cast

from learncraft.interchange.errors import CourseArchiveError

_HEADER_BYTES = 64 * 1024  # of a tar's extended header: it is read into memory as a whole
_DIRECTORY_ENTRY_BYTES = 2048  # of one zip directory entry, generously


class Kind(Enum):
    """What a member is."""

    FILE = auto()
    FOLDER = auto()
    LINK = auto()
    DEVICE = auto()


@dataclass(frozen=True, slots=True)
class Entry:
    """One member; `open` gives its bytes, which must be read before the next member is asked for."""

    name: str
    kind: Kind
    size: int
    open: Callable[[], IO[bytes]]
    count_bytes: bool = True  # False where the bytes were counted when they were decompressed


def zip_entries(packed: IO[bytes], most_members: int) -> Iterator[Entry]:
    """The members of a zip file."""
    # The directory is read into memory at once, so its size is checked before; this is how zipfile finds it.
    record: list[Any] | None = zipfile._EndRecData(packed)  # type: ignore[attr-defined]
    if record is not None and record[5] > max(most_members, 1000) * _DIRECTORY_ENTRY_BYTES:
        raise CourseArchiveError(
            "The archive holds more than {most_members} files, which is the limit here.",
            most_members=f"{most_members:,}",
        )
    with zipfile.ZipFile(packed) as archive:
        for info in archive.infolist():
            if info.flag_bits & 0x1:
                raise CourseArchiveError("The archive is protected by a password. Pack it again without one.")
            if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                raise CourseArchiveError(
                    "The archive is compressed in an unusual way. Pack it again as an ordinary .zip or .tar.gz."
                )
            # zipfile cuts names at NUL; the name as written tells more.
            name = info.orig_filename if "\0" in info.orig_filename else info.filename
            yield Entry(_readable(name), _zip_kind(info), info.file_size, partial(archive.open, info))


def _zip_kind(info: zipfile.ZipInfo) -> Kind:
    mode = stat.S_IFMT(info.external_attr >> 16)
    if mode == stat.S_IFLNK:
        return Kind.LINK
    if mode not in (0, stat.S_IFREG, stat.S_IFDIR):
        return Kind.DEVICE
    return Kind.FOLDER if info.is_dir() else Kind.FILE


def tar_entries(packed: IO[bytes], count: Callable[[int], None]) -> Iterator[Entry]:
    """The members of a tar file, compressed with gzip or not. `count` hears of every decoded byte."""
    packed.seek(0)
    compressed = packed.read(2) == b"\x1f\x8b"
    packed.seek(0)
    reader = _Counting(gzip.GzipFile(fileobj=packed) if compressed else packed, count)
    try:
        # A stream, so that nothing is read twice and nothing is trusted about where members start.
        archive = tarfile.open(  # noqa: SIM115 - closed below, once it is known to be one
            fileobj=cast(IO[bytes], reader), mode="r|", tarinfo=_CarefulHeader
        )
    except (tarfile.ReadError, ValueError) as error:
        if compressed:
            raise CourseArchiveError(
                "There is no tar archive inside. Choose the .tar.gz that the course export gave, or a .zip, .tar or "
                ".tgz of the same files."
            ) from error
        raise CourseArchiveError(
            "This is no archive. Choose the .tar.gz that the course export gave, or a .zip, .tar or .tgz of the same "
            "files."
        ) from error
    with archive:
        for member in archive:
            read = partial(_member_bytes, archive, member)
            yield Entry(_readable(member.name), _tar_kind(member), member.size, read, count_bytes=False)
    while reader.read(64 * 1024):  # to the end, so that gzip compares its checksum
        pass


def _member_bytes(archive: tarfile.TarFile, member: tarfile.TarInfo) -> IO[bytes]:
    return archive.extractfile(member) or io.BytesIO()


class _CarefulHeader(tarfile.TarInfo):
    """A tar header that can't ask for much memory, and whose damage isn't taken for the archive's end."""

    @classmethod
    def fromtarfile(cls, tarfile: TarFile) -> Self:
        try:
            return super().fromtarfile(tarfile)
        except HeaderError as error:
            # tarfile stops quietly at a bad header that isn't the first. Two blocks of zeros are the true end.
            if tarfile.offset and type(error).__name__ != "EOFHeaderError":
                raise ReadError("damaged header") from error
            raise

    def _proc_member(self, archive: tarfile.TarFile) -> tarfile.TarInfo:
        # The documented place to look at a header before its type is acted on.
        if self.type not in tarfile.SUPPORTED_TYPES:
            raise tarfile.ReadError("unknown kind of member")
        if self.type in _EXTENDED and self.size > _HEADER_BYTES:
            raise tarfile.ReadError("header too large")
        return cast(tarfile.TarInfo, super()._proc_member(archive))  # type: ignore[misc]


_EXTENDED = (
    tarfile.XHDTYPE,
    tarfile.XGLTYPE,
    tarfile.SOLARIS_XHDTYPE,
    tarfile.GNUTYPE_LONGNAME,
    tarfile.GNUTYPE_LONGLINK,
)


def _tar_kind(member: tarfile.TarInfo) -> Kind:
    if member.issym() or member.islnk():
        return Kind.LINK
    if member.isdir():
        return Kind.FOLDER
    return Kind.FILE if member.isreg() and not member.issparse() else Kind.DEVICE


class _Reads(Protocol):
    def read(self, size: int, /) -> bytes: ...


class _Counting:
    """Passes reads on and tells how many bytes came."""

    def __init__(self, source: _Reads, count: Callable[[int], None]) -> None:
        self._source = source
        self._count = count

    def read(self, size: int) -> bytes:
        data = self._source.read(size)
        self._count(len(data))
        return data


def _readable(name: str) -> str:
    """The name as text that can be stored: bytes that aren't UTF-8 are read as Latin-1."""
    return "".join(chr(ord(char) & 0xFF) if "\ud800" <= char <= "\udfff" else char for char in name)
