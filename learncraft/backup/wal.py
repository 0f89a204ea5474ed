"""The kept log: its files, its gaps, and the timelines that restores began."""

from __future__ import annotations

import gzip
import re
import shutil
import struct
import zlib
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from learncraft.backup.manifest import Wal
from learncraft.supervisor.archiving import wal_folder
from learncraft.supervisor.wal_program import CHUNK, kept_name, system_identifier

SEGMENT_BYTES = 16 * 1024 * 1024
_PER_LOG = 0x1_0000_0000 // SEGMENT_BYTES
_SEGMENT = re.compile(r"([0-9A-F]{8})([0-9A-F]{8})([0-9A-F]{8})\.gz")
_HISTORY = re.compile(r"([0-9A-F]{8})\.history\.gz")


def folder_of(backups: Path, system_identifier: str) -> Path:
    """Where the log of one database cluster is kept."""
    return wal_folder(backups) / system_identifier


def position(lsn: str) -> int:
    """A place in the log, such as 0/3000028, as a number."""
    high, _, low = lsn.partition("/")
    return (int(high, 16) << 32) + int(low, 16)


@dataclass(frozen=True, slots=True, order=True)
class Segment:
    """One kept file of the log: 16 MB of it, unpacked."""

    number: int  # counted over all timelines
    timeline: int
    path: Path


def segments(folder: Path) -> list[Segment]:
    """The kept files, in order."""
    found = []
    for path in folder.glob("*.gz"):
        if match := _SEGMENT.fullmatch(path.name):
            timeline, log, segment = (int(part, 16) for part in match.groups())
            found.append(Segment(log * _PER_LOG + segment, timeline, path))
    return sorted(found)


@dataclass(frozen=True, slots=True)
class Timeline:
    """A line of history. A restore begins a new one, and leaves what came after its moment on the old one."""

    number: int
    began_at: datetime
    ancestors: dict[int, int] = field(default_factory=dict)  # each with the place in the log where it was left

    def holds(self, backup: Wal) -> bool:
        """Whether a backup lies on this line, or on one that it came from, before it branched off."""
        if backup.timeline == self.number:
            return True
        left = self.ancestors.get(backup.timeline)
        return left is not None and position(backup.end_lsn) <= left


_FIRST = Timeline(1, datetime.min.replace(tzinfo=UTC))


def timelines(folder: Path) -> list[Timeline]:
    """All lines of history of one cluster, oldest first."""
    found = [_FIRST]
    for path in sorted(folder.glob("*.history.gz")):
        if match := _HISTORY.fullmatch(path.name):
            found.append(_timeline(int(match[1], 16), path))
    return found


def _timeline(number: int, path: Path) -> Timeline:
    lines = gzip.decompress(path.read_bytes()).decode("utf-8", errors="replace").splitlines()
    rows = [line.split() for line in lines if line.strip() and not line.startswith("#")]
    ancestors = {int(row[0]): position(row[1]) for row in rows if len(row) >= 2}
    return Timeline(number, written_at(path), ancestors)


def written_at(path: Path) -> datetime:
    """When PostgreSQL last wrote a kept file; the packed file itself says so, whoever copied it."""
    with path.open("rb") as packed:
        return datetime.fromtimestamp(struct.unpack("<I", packed.read(8)[4:])[0], UTC)


def line_at(folder: Path, moment: datetime | None) -> Timeline:
    """The line that was lived on at a moment; the last one when none is given."""
    return [line for line in timelines(folder) if moment is None or line.began_at <= moment][-1]


@dataclass(frozen=True, slots=True)
class Reach:
    """How far a backup's log goes without a gap."""

    segments: int
    until: datetime | None
    gap_after: str | None


def reach(folder: Path, backup: Wal) -> Reach:
    """Follow the log from where a backup ended."""
    last = (position(backup.end_lsn) - 1) // SEGMENT_BYTES
    kept = [segment for segment in segments(folder) if segment.number >= last]
    expected, newest = last, None
    for segment in kept:
        if segment.number > expected + (newest is not None):
            name = newest.path.stem if newest else backup.end_lsn
            return Reach(len(kept), written_at(newest.path) if newest else None, name)
        expected, newest = segment.number, segment
    return Reach(len(kept), written_at(newest.path) if newest else None, None)


def stage(folder: Path, target: Path, backup: Wal) -> int:
    """Copy what a recovery from a backup may ask for to where the database's account can read it."""
    target.mkdir(parents=True, exist_ok=True)
    first = position(backup.start_lsn) // SEGMENT_BYTES
    wanted = [segment.path for segment in segments(folder) if segment.number >= first]
    wanted += sorted(folder.glob("*.history.gz"))
    for path in wanted:
        shutil.copyfile(path, target / path.name)
    return len(wanted)


def salvage(data: Path, target: Path, backup: Wal) -> int:
    """Stage what a destroyed or unwanted database still has of its log and had no time to hand over, up to its last
    acknowledged change. Whatever isn't there or is of another cluster is left alone."""
    try:
        if str(system_identifier(data)) != backup.system_identifier:
            return 0
        found = sorted((data / "pg_wal").iterdir())
    except OSError:
        return 0
    first, done = position(backup.start_lsn) // SEGMENT_BYTES, 0
    for path in found:
        packed = target / kept_name(path.name)
        match = _SEGMENT.fullmatch(packed.name)
        if packed.exists() or not (match or _HISTORY.fullmatch(packed.name)):
            continue
        if match is None or int(match[2], 16) * _PER_LOG + int(match[3], 16) >= first:
            with path.open("rb") as plain, gzip.open(packed, "wb", compresslevel=1) as out:
                shutil.copyfileobj(plain, out, CHUNK)
            done += 1
    return done


def is_whole(path: Path) -> bool:
    """Whether a kept file unpacks to what was put in; the packing has a checksum of its own."""
    try:
        with gzip.open(path) as packed:
            size = 0
            while chunk := packed.read(CHUNK):
                size += len(chunk)
    except (OSError, EOFError, zlib.error):
        return False
    return size == SEGMENT_BYTES if _SEGMENT.fullmatch(path.name) else size > 0
