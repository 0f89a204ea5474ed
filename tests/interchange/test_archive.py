"""Opening archives: what is read, and what is refused with nothing left behind."""

from __future__ import annotations

import errno
import gzip
import io
import os
import stat
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from learncraft.interchange import archive
from learncraft.interchange.archive import Limits, unpacked
from learncraft.interchange.errors import CourseArchiveError
from tests.interchange.olx_archives import tar

FILES: dict[str, str | bytes] = {"course/course.xml": "<course/>", "course/static/a b.png": b"\x89PNG"}


def contents(path: Path, limits: Limits = archive.DEFAULT_LIMITS) -> dict[str, bytes]:
    with unpacked(path, limits) as files:
        return {name: file.read_bytes() for name, file in files.items()}


def refusal(path: Path, tmp_path: Path, limits: Limits = archive.DEFAULT_LIMITS) -> str:
    workspace = tmp_path / "workspace"
    workspace.mkdir()
    with pytest.raises(CourseArchiveError) as caught, unpacked(path, limits, workspace=workspace):
        pytest.fail("the archive was accepted")
    assert list(workspace.iterdir()) == []
    return str(caught.value)


def zipped(path: Path, change: Callable[[zipfile.ZipFile], None]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        change(file)
    return path


def tar_of(path: Path, member: tarfile.TarInfo) -> Path:
    with tarfile.open(path, "w:gz") as file:
        file.addfile(member, io.BytesIO(b"x" * member.size))
    return path


@pytest.mark.parametrize(("suffix", "mode"), [(".tar.gz", "w:gz"), (".tgz", "w:gz"), (".tar", "w")])
def test_a_tar_file_gives_its_files_by_name(tmp_path: Path, suffix: str, mode: str) -> None:
    found = contents(tar(tmp_path / f"course{suffix}", FILES, mode))
    assert found == {"course/course.xml": b"<course/>", "course/static/a b.png": b"\x89PNG"}


def test_a_zip_file_gives_its_files_by_name_even_with_backslashes(tmp_path: Path) -> None:
    path = zipped(tmp_path / "course.zip", lambda file: file.writestr("course\\course.xml", "<course/>"))
    assert contents(path) == {"course/course.xml": b"<course/>"}


def test_a_folder_is_read_where_it_is(tmp_path: Path) -> None:
    (tmp_path / "course").mkdir()
    (tmp_path / "course" / "course.xml").write_text("<course/>")
    assert contents(tmp_path) == {"course/course.xml": b"<course/>"}


def test_the_unpacked_files_are_gone_after_use(tmp_path: Path) -> None:
    with unpacked(tar(tmp_path / "a.tar.gz", FILES)) as files:
        kept = list(files.values())
        assert all(path.exists() for path in kept)
    assert not any(path.exists() for path in kept)


def test_the_unpacked_files_are_gone_when_their_user_fails(tmp_path: Path) -> None:
    workspace = tmp_path / "workspace"
    workspace.mkdir()
    with pytest.raises(ZeroDivisionError), unpacked(tar(tmp_path / "a.tar.gz", FILES), workspace=workspace):
        raise ZeroDivisionError
    assert list(workspace.iterdir()) == []


@pytest.mark.parametrize("data", [b"", b"hello", b"%PDF-1.7 not an archive", gzip.compress(b"no tar in here", mtime=0)])
def test_what_is_no_archive_is_refused(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "course.tar.gz"
    path.write_bytes(data)
    assert "archive" in refusal(path, tmp_path)


@pytest.mark.parametrize("mode", ["w:gz", "w"])
@pytest.mark.parametrize("keep", [0.3, 0.7, 0.95])
def test_an_archive_that_was_cut_off_is_refused(tmp_path: Path, mode: str, keep: float) -> None:
    path = tar(tmp_path / "course.tar.gz", {"course/course.xml": os.urandom(30_000)}, mode)
    data = path.read_bytes()
    path.write_bytes(data[: int(min(len(data), 31_500) * keep)])
    assert "damaged" in refusal(path, tmp_path)


def test_a_damaged_header_in_the_middle_isnt_taken_for_the_end(tmp_path: Path) -> None:
    path = tar(tmp_path / "course.tar", {"a": "one", "b": "two"}, "w")
    data = bytearray(path.read_bytes())
    data[1024 + 150] ^= 0xFF
    path.write_bytes(data)
    assert "damaged" in refusal(path, tmp_path)


def test_a_zip_with_a_wrong_checksum_is_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path / "c.zip", lambda file: file.writestr(zipfile.ZipInfo("course.xml"), "<course/>"))
    path.write_bytes(path.read_bytes().replace(b"<course/>", b"<coarse/>"))
    assert "damaged" in refusal(path, tmp_path)


@pytest.mark.parametrize("name", ["/etc/passwd", "../up", "a/../../up", "C:/windows", "c:\\x", "..\\up", "\\\\host\\x"])
def test_a_name_that_leads_outside_is_refused(tmp_path: Path, name: str) -> None:
    assert "outside" in refusal(tar_of(tmp_path / "a.tar.gz", tarfile.TarInfo(name)), tmp_path)
    (tmp_path / "workspace").rmdir()
    assert "outside" in refusal(zipped(tmp_path / "a.zip", lambda file: file.writestr(name, "x")), tmp_path)


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE])
def test_links_and_devices_are_refused_wherever_they_point(tmp_path: Path, kind: bytes) -> None:
    member = tarfile.TarInfo("course/static/x")
    member.type, member.linkname = kind, "course.xml"
    assert "no file" in refusal(tar_of(tmp_path / "a.tar.gz", member), tmp_path)


def test_a_link_in_a_zip_or_a_folder_is_refused(tmp_path: Path) -> None:
    info = zipfile.ZipInfo("course/link")
    info.create_system, info.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    assert "link" in refusal(zipped(tmp_path / "a.zip", lambda file: file.writestr(info, "/etc/passwd")), tmp_path)
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "link").symlink_to("/etc")
    (tmp_path / "workspace").rmdir()
    assert "link" in refusal(folder, tmp_path)


def test_a_file_that_is_there_twice_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.tar"
    with tarfile.open(path, "w") as file:
        file.addfile(tarfile.TarInfo("course/x"))
        file.addfile(tarfile.TarInfo("./course//x"))
    assert "twice" in refusal(path, tmp_path)


def test_a_name_with_nul_is_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", lambda file: file.writestr("courseX.xml", "x"))
    path.write_bytes(path.read_bytes().replace(b"courseX.xml", b"course\0.xml"))
    assert "name" in refusal(path, tmp_path)


def test_names_that_arent_utf8_are_read_all_the_same(tmp_path: Path) -> None:
    member = tarfile.TarInfo("static/caf\udce9.png")
    path = tmp_path / "a.tar"
    with tarfile.open(path, "w", format=tarfile.GNU_FORMAT) as file:
        file.addfile(member)
    assert list(contents(path)) == ["static/café.png"]


def test_more_bytes_than_the_limit_are_refused(tmp_path: Path) -> None:
    path = tar(tmp_path / "a.tar.gz", {"a": os.urandom(9000), "b": os.urandom(9000)})
    assert "limit" in refusal(path, tmp_path, Limits(total_bytes=10_000))


def test_a_file_larger_than_the_limit_is_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", lambda file: file.writestr("big.bin", os.urandom(9000)))
    assert "one file" in refusal(path, tmp_path, Limits(file_bytes=5000))


def test_more_members_than_the_limit_are_refused(tmp_path: Path) -> None:
    path = tar(tmp_path / "a.tar.gz", {f"{n}.xml": "x" for n in range(20)})
    assert "10 files" in refusal(path, tmp_path, Limits(members=10))


@pytest.mark.parametrize("kind", ["zip", "tar"])
def test_a_bomb_is_refused_by_what_comes_out_of_it(tmp_path: Path, kind: str) -> None:
    zeros = bytes(5_000_000)
    path = tmp_path / f"a.{kind}"
    if kind == "zip":
        zipped(path, lambda file: file.writestr("a", zeros))
    else:
        tar(path, {"a": zeros})
    limits = Limits(ratio=50, ratio_from_bytes=1_000_000)
    assert "times its size" in refusal(path, tmp_path, limits)


def test_a_zip_that_lies_about_sizes_is_counted_by_what_comes_out(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", lambda file: file.writestr("a", bytes(3_000_000)))
    path.write_bytes(path.read_bytes().replace((3_000_000).to_bytes(4, "little"), (10).to_bytes(4, "little")))
    assert refusal(path, tmp_path, Limits(total_bytes=1_000_000))


def test_a_tar_header_that_asks_for_much_memory_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.tar"
    with tarfile.open(path, "w", format=tarfile.PAX_FORMAT) as file:
        file.addfile(tarfile.TarInfo("first"))
        member = tarfile.TarInfo("a")
        member.pax_headers = {"comment": "x" * 200_000}
        file.addfile(member)
    assert "damaged" in refusal(path, tmp_path)


def test_a_zip_with_a_password_is_refused_with_that_reason(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", lambda file: file.writestr("a", "x"))
    data = bytearray(path.read_bytes())
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(signature) + offset] |= 1
    path.write_bytes(data)
    assert "password" in refusal(path, tmp_path)


def test_a_full_disk_is_said_in_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(archive, "_write", full)
    assert "disk is full" in refusal(tar(tmp_path / "a.tar.gz", FILES), tmp_path)
