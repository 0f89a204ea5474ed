"""The bytes of the file store, kept once for all backups under their SHA-256, as the file store itself keeps them.

Files are copied, not linked: a block of the disk that goes bad must not take the copy with it.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from learncraft.backup.manifest import Part, digest
from learncraft.supervisor.wal_program import CHUNK, sync

_PLACE = re.compile(r"[0-9a-f]{2}/[0-9a-f]{2}/(?P<hash>[0-9a-f]{64})")
_DRAFTS = "drafts"  # uploads that are under way, and copies


@dataclass(slots=True)
class Copied:
    """What one round did. `damaged` are files whose bytes are no longer those that they were stored with."""

    files: list[Part] = field(default_factory=list)
    new: int = 0
    new_bytes: int = 0
    damaged: list[str] = field(default_factory=list)


def place_of(sha256: str) -> str:
    """Where bytes are, in the pool and in the file store alike."""
    return f"{sha256[:2]}/{sha256[2:4]}/{sha256}"


def inventory(folder: Path) -> Iterator[tuple[str, Path]]:
    """All stored files with their path in the store, without uploads under way."""
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and not name.startswith(f"{_DRAFTS}/"):
            yield name, path


def copy_new(files_dir: Path, pool: Path) -> Copied:
    """Copy what the pool doesn't have.

    Raises:
        OSError: the pool can't be written.
    """
    done = Copied()
    for name, path in inventory(files_dir):
        try:
            size = path.stat().st_size
            found = _PLACE.fullmatch(name)
            sha256 = found["hash"] if found else digest(path)
            kept = pool / place_of(sha256)
            if not kept.is_file() or kept.stat().st_size != size:
                if not copy_checked(path, kept, sha256):
                    done.damaged.append(name)
                    continue
                done.new, done.new_bytes = done.new + 1, done.new_bytes + size
        except FileNotFoundError as error:
            if error.filename and Path(error.filename) == path:
                continue  # deleted since it was listed
            raise
        done.files.append(Part(path=name, bytes=size, sha256=sha256))
    return done


def copy_checked(source: Path, target: Path, sha256: str) -> bool:
    """Copy a file, whole or not at all; False when its bytes have another SHA-256.

    Raises:
        OSError: it can't be read or written.
    """
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = target.with_name(f".{secrets.token_hex(8)}")
    found = hashlib.sha256()
    try:
        with source.open("rb") as stream, draft.open("xb") as out:
            while chunk := stream.read(CHUNK):
                found.update(chunk)
                out.write(chunk)
            out.flush()
            os.fsync(out.fileno())
        if found.hexdigest() != sha256:
            return False
        draft.replace(target)
        sync(target.parent)
        return True
    finally:
        draft.unlink(missing_ok=True)


def kept(pool: Path) -> dict[str, Path]:
    """Everything in the pool, by its SHA-256."""
    return {found["hash"]: path for name, path in inventory(pool) if (found := _PLACE.fullmatch(name))}
