"""The file store: bytes by their hash in a folder, names and owners in `uploaded_files`.

Where a bucket stands behind the folder, all bytes are in it, and the folder keeps copies of what was used.

A file is complete under its hash or not there at all, so a crash leaves at most a draft that nothing names. The
bytes come before the row: a row whose transaction fails leaves bytes that the next same file uses again.
"""

from __future__ import annotations

import errno
import hashlib
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import BinaryIO
from urllib.parse import quote
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from learncraft.courses import bucket
from learncraft.courses.media_models import UploadedFile
from learncraft.db import new_id
from learncraft.errors import UnavailableError

_CHUNK = 1024 * 1024
_DRAFTS = "drafts"
_OUT_OF_SPACE = frozenset({errno.ENOSPC, errno.EDQUOT})


class FileStoreError(UnavailableError):
    """The folder of files can't take a file."""


def store(
    session: Session,
    files_dir: Path,
    *,
    uploader_id: UUID,
    course_id: UUID | None,
    name: str,
    source: Path | BinaryIO,
    mime_type: str,
    is_public: bool = False,
    is_draft: bool = False,
) -> UploadedFile:
    """Keep a file and return its row. The same bytes are stored once; the same name in a course is replaced.

    With `is_draft` the source lies in the store's folder of drafts and is taken as it is, not copied; the caller
    removes the draft's name when the row is safe.

    Raises:
        FileStoreError: the disk is full or can't be written.
    """
    if is_draft and isinstance(source, Path):
        content_hash, size = _into_bucket(files_dir, *_adopt(files_dir, source))
    else:
        content_hash, size = _keep(files_dir, source)
    hold(session, content_hash)
    file_id = new_id()
    short = PurePosixPath(name).name[-200:] or "file"
    values = {
        "uploader_id": uploader_id,
        "original_filename": name[-500:],
        "storage_path": _place(content_hash),
        "storage_provider": "local" if bucket.behind(files_dir) is None else "s3",
        "content_hash": content_hash,
        "file_type": _kind(mime_type),
        "mime_type": mime_type.lower()[:100],
        "file_size": size,
        "is_public": is_public,
    }
    added = insert(UploadedFile).values(
        id=file_id, course_id=course_id, filename=name[-500:], file_url=f"/media/{file_id}/{quote(short)}", **values
    )
    if course_id is not None:
        added = added.on_conflict_do_update(
            index_elements=["course_id", "filename"], index_where=text("course_id IS NOT NULL"), set_=values
        )
    row = session.scalars(added.returning(UploadedFile), execution_options={"populate_existing": True}).one()
    return row


def hold(session: Session, content_hash: str) -> None:
    """Until the transaction ends, nobody takes these bytes away for want of a row that names them."""
    session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))"), {"key": f"bytes {content_hash}"})


def keep(files_dir: Path, source: Path) -> tuple[str, str, int]:
    """Keep bytes that another table than `uploaded_files` names. Returns their path in the store, hash and size.

    Raises:
        FileStoreError: the disk is full or can't be written.
    """
    content_hash, size = _keep(files_dir, source)
    return _place(content_hash), content_hash, size


def forget_bytes(session: Session, files_dir: Path, content_hash: str) -> bool:
    """Remove bytes that no row names any more. Says whether they were removed."""
    hold(session, content_hash)
    named = session.scalar(
        text(
            "SELECT EXISTS (SELECT FROM uploaded_files WHERE content_hash = :hash)"
            " OR EXISTS (SELECT FROM video_files WHERE content_hash = :hash)"
        ),
        {"hash": content_hash},
    )
    if named:
        return False
    path = _inside(files_dir, _place(content_hash))
    was_there = path.is_file()
    path.unlink(missing_ok=True)
    if (store := bucket.behind(files_dir)) is not None:
        store.forget(_place(content_hash))
    return was_there or store is not None


def drafts_of(files_dir: Path) -> Path:
    """The folder of what is on its way in. Backups leave it out."""
    folder = files_dir / _DRAFTS
    with _in_words():
        folder.mkdir(parents=True, exist_ok=True)
    return folder


def forget_copies(files_dir: Path, *, older_than: float) -> int:
    """Remove copies of what is in the bucket and was not used since a moment. Returns how many."""
    store, removed = bucket.behind(files_dir), 0
    if store is None:
        return 0
    for path in files_dir.glob("??/??/*"):
        status = path.stat()
        if status.st_mtime < older_than and store.size_of(path.relative_to(files_dir).as_posix()) == status.st_size:
            path.unlink(missing_ok=True)
            removed += 1
    return removed


def path_of(files_dir: Path, storage_path: str) -> Path:
    """Where the bytes are, brought from the bucket if need be: that may take a while.

    A path that leads out of the folder is refused, whoever wrote it.
    """
    path, store = _inside(files_dir, storage_path), bucket.behind(files_dir)
    if store is None:
        return path
    if path.is_file():
        os.utime(path)
        return path
    draft = drafts_of(files_dir) / secrets.token_hex(12)
    try:
        with _in_words():
            if store.fetch(storage_path, draft):
                path.parent.mkdir(parents=True, exist_ok=True)
                draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    return path


def copy_of(files_dir: Path, storage_path: str) -> Path | None:
    """Where the bytes are in the folder; None when only the bucket has them."""
    path = _inside(files_dir, storage_path)
    return path if path.is_file() else None


def _inside(files_dir: Path, storage_path: str) -> Path:
    path = (files_dir / storage_path).resolve()
    if not path.is_relative_to(files_dir.resolve()):
        raise ValueError(f"{storage_path!r} is not a path of the file store.")
    return path


def _place(content_hash: str) -> str:
    return f"{content_hash[:2]}/{content_hash[2:4]}/{content_hash}"


def _keep(files_dir: Path, source: Path | BinaryIO) -> tuple[str, int]:
    """Put the bytes under their hash, unless they are there. Returns hash and size."""
    with _in_words():
        if isinstance(source, Path):
            with source.open("rb") as stream:
                found = _keep_stream(files_dir, stream)
        else:
            found = _keep_stream(files_dir, source)
    return _into_bucket(files_dir, *found)


def _into_bucket(files_dir: Path, content_hash: str, size: int) -> tuple[str, int]:
    """Bring what was kept into the bucket, if there is one, before any row names it."""
    if (store := bucket.behind(files_dir)) is not None:
        store.put(files_dir / _place(content_hash), _place(content_hash))
    return content_hash, size


def _adopt(files_dir: Path, draft: Path) -> tuple[str, int]:
    """Give a draft a second name, under its hash. The first name stays, so that a failed transaction loses nothing."""
    with _in_words():
        digest, size = hashlib.sha256(), 0
        with draft.open("rb") as stream:
            while chunk := stream.read(_CHUNK):
                digest.update(chunk)
                size += len(chunk)
            os.fsync(stream.fileno())
        target = files_dir / _place(digest.hexdigest())
        if target.is_file() and target.stat().st_size == size:
            return digest.hexdigest(), size
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            target.hardlink_to(draft)
        except FileExistsError:
            return digest.hexdigest(), size  # somebody else was faster with the same bytes
        except OSError:  # a disk without hard links
            return _keep(files_dir, draft)
        _sync_folder(target.parent)
        return digest.hexdigest(), size


def _keep_stream(files_dir: Path, stream: BinaryIO) -> tuple[str, int]:
    drafts = files_dir / _DRAFTS
    drafts.mkdir(parents=True, exist_ok=True)
    draft = drafts / secrets.token_hex(12)
    digest, size = hashlib.sha256(), 0
    try:
        with draft.open("xb") as out:
            while chunk := stream.read(_CHUNK):
                digest.update(chunk)
                size += out.write(chunk)
            content_hash = digest.hexdigest()
            target = files_dir / _place(content_hash)
            if target.is_file() and target.stat().st_size == size:
                return content_hash, size
            out.flush()
            os.fsync(out.fileno())
        target.parent.mkdir(parents=True, exist_ok=True)
        draft.replace(target)
        _sync_folder(target.parent)
        return content_hash, size
    finally:
        draft.unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    """Make a rename survive a power cut. Windows has no such thing, and needs none."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _kind(mime_type: str) -> str:
    family = mime_type.partition("/")[0].lower()
    if family in {"image", "video", "audio"}:
        return family
    return "document" if family == "text" or "pdf" in mime_type or "document" in mime_type else "other"


@contextmanager
def _in_words() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in _OUT_OF_SPACE:
            raise FileStoreError(
                "The server's disk is full, so the file was not kept. Free some space first."
            ) from error
        raise FileStoreError("The file could not be kept: {reason}.", reason=error.strerror or str(error)) from error
