"""The file store: once per content, whole or not at all."""

from __future__ import annotations

import errno
import hashlib
import io
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from learncraft.courses import files
from learncraft.courses.media_models import UploadedFile
from tests.factories import make_course


def keep(session: Session, folder: Path, course: object, name: str, data: bytes | Path) -> UploadedFile:
    source = data if isinstance(data, Path) else io.BytesIO(data)
    owner, key = course.course.instructor_id, course.id  # type: ignore[attr-defined]
    return files.store(
        session, folder, uploader_id=owner, course_id=key, name=name, source=source, mime_type="image/png"
    )


def bytes_below(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_the_same_bytes_are_stored_once_under_their_hash(session: Session, tmp_path: Path) -> None:
    course = make_course(session)
    one, other = keep(session, tmp_path, course, "a.png", b"same"), keep(session, tmp_path, course, "b.png", b"same")
    assert one.id != other.id and one.storage_path == other.storage_path
    assert one.content_hash == hashlib.sha256(b"same").hexdigest()
    [path] = bytes_below(tmp_path)
    assert path == files.path_of(tmp_path, one.storage_path) and path.read_bytes() == b"same"


def test_the_same_name_in_a_course_is_replaced_and_keeps_its_address(session: Session, tmp_path: Path) -> None:
    course = make_course(session)
    first = keep(session, tmp_path, course, "static/a ü.png", b"old")
    address, key = first.file_url, first.id
    source = tmp_path / "source"
    source.write_bytes(b"newer")
    again = keep(session, tmp_path / "files", course, "static/a ü.png", source)
    assert (again.id, again.file_url, again.file_size) == (key, address, 5)
    assert address == f"/media/{key}/a%20%C3%BC.png"


def test_bytes_cut_short_by_a_crash_are_written_again(session: Session, tmp_path: Path) -> None:
    course = make_course(session)
    path = files.path_of(tmp_path, keep(session, tmp_path, course, "a.png", b"whole").storage_path)
    path.write_bytes(b"wh")
    keep(session, tmp_path, course, "a.png", b"whole")
    assert path.read_bytes() == b"whole"


def test_a_full_disk_is_said_and_leaves_no_draft(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    course = make_course(session)
    monkeypatch.setattr("learncraft.courses.files.os.fsync", full)
    with pytest.raises(files.FileStoreError, match="disk is full"):
        keep(session, tmp_path, course, "a.png", b"bytes")
    assert bytes_below(tmp_path) == []


def test_no_path_leads_out_of_the_store(tmp_path: Path) -> None:
    for path in ("../secret.key", "/etc/passwd", "ab/../../x"):
        with pytest.raises(ValueError, match="not a path of the file store"):
            files.path_of(tmp_path, path)
