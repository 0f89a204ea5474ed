"""What PostgreSQL runs to keep a finished file of its log, and to fetch one back.

A program of its own: it is started by its path, by the account of the database, and imports the standard library only.

    wal_program.py keep FOLDER PATH NAME     archive_command: exit code 0 only when the file is on the disk
    wal_program.py fetch FOLDER NAME PATH    restore_command: exit code 1 when there is no such file

Kept files are compressed, since the log is cut once a minute and most of a cut file is empty. Each database cluster
has a folder of its own, named by its system identifier: a new cluster must not meet the files of an older one.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import shutil
import sys
from pathlib import Path
from typing import BinaryIO

CHUNK = 1 << 20
NOT_THERE = 1
REFUSED = 2


def kept_name(name: str) -> str:
    """What a file of the log is called where it is kept."""
    return f"{name}.gz"


def system_identifier(data: Path) -> int:
    """Which cluster a data folder is; the first eight bytes of its control file."""
    with (data / "global" / "pg_control").open("rb") as control:
        return int.from_bytes(control.read(8), sys.byteorder)


def keep(folder: Path, source: Path, name: str) -> None:
    """Keep one file: whole or not at all, on the disk before this returns; what is kept is never replaced.

    Raises:
        FileExistsError: a file of that name with other content is there.
        OSError: it can't be written; PostgreSQL keeps its own copy and tries again.
    """
    # Not mkdir(parents=True): when the disk isn't mounted, this must fail rather than fill the mount point.
    place = folder / str(system_identifier(Path.cwd()))
    place.mkdir(mode=0o700, exist_ok=True)
    target = place / kept_name(name)
    if target.exists():
        with source.open("rb") as plain, gzip.open(target) as packed:
            same = _digest(plain) == _digest(packed)
        if not same:
            raise FileExistsError(f"{target} is there with other content")
        sync(target)
        sync(place)
        return
    draft = place / f".{name}.{os.getpid()}"
    try:
        with source.open("rb") as plain, draft.open("wb") as out:
            # The time that is written into the file is the log's own, and survives every way of copying a backup.
            written = source.stat().st_mtime
            with gzip.GzipFile("", "wb", compresslevel=1, fileobj=out, mtime=written) as packed:
                shutil.copyfileobj(plain, packed, CHUNK)
            out.flush()
            os.fsync(out.fileno())
        os.link(draft, target)  # unlike a rename, this refuses when someone was faster
    finally:
        draft.unlink(missing_ok=True)
    sync(place)
    sync(folder)


def fetch(folder: Path, name: str, target: Path) -> bool:
    """Bring one file back; False when it isn't kept."""
    try:
        with gzip.open(folder / kept_name(name)) as packed, target.open("wb") as out:
            shutil.copyfileobj(packed, out, CHUNK)
    except FileNotFoundError:
        return False
    return True


def sync(path: Path) -> None:
    """See a file, or a folder's list of names, onto the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _digest(stream: BinaryIO | gzip.GzipFile) -> bytes:
    found = hashlib.sha256()
    while chunk := stream.read(CHUNK):
        found.update(chunk)
    return found.digest()


def main(arguments: list[str]) -> int:
    """Do what the first word says."""
    try:
        if arguments[0] == "keep":
            keep(Path(arguments[1]), Path(arguments[2]), arguments[3])
            return 0
        return 0 if fetch(Path(arguments[1]), arguments[2], Path(arguments[3])) else NOT_THERE
    except (OSError, EOFError) as error:
        print(f"learncraft backup: {error}", file=sys.stderr)  # noqa: T201  # PostgreSQL puts it into its log
        return REFUSED


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
