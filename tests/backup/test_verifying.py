"""A damaged backup is found, and the damaged file is named."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from learncraft.backup import wal
from learncraft.backup.errors import BackupBusyError
from learncraft.backup.manifest import Folder
from learncraft.supervisor import wal_program
from tests.backup import world
from tests.backup.world import Home


@pytest.fixture
def copy(lived_in: Home, tmp_path: Path) -> Path:
    """A folder of backups that a test may damage."""
    return Path(shutil.copytree(lived_in.backups, tmp_path / "backups"))


def flip(path: Path, place: float = 0.5) -> None:
    """Change one byte."""
    content = bytearray(path.read_bytes())
    content[int(len(content) * place)] ^= 0x55
    path.write_bytes(bytes(content))


@pytest.mark.parametrize(
    "pattern", ["*/postgres/base.tar.gz", "*/postgres/pg_wal.tar.gz", "*/files.json", "files/*/*/*", "wal/*/0*[0-9].gz"]
)
def test_one_flipped_byte_is_found_and_the_file_is_named(lived_in: Home, copy: Path, pattern: str) -> None:
    damaged = sorted(copy.glob(pattern))[-1]
    flip(damaged)
    done = lived_in.run("backup", "verify", "--in", str(copy))
    assert done.returncode == 1
    assert f"{damaged} is damaged" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_file_that_is_gone_is_named(lived_in: Home, copy: Path) -> None:
    [gone, *_] = sorted(copy.glob("*/postgres/base.tar.gz"))
    gone.unlink()
    done = lived_in.run("backup", "verify", "--all", "--in", str(copy))
    assert (done.returncode, f"{gone} is gone" in done.stderr) == (1, True), done.stderr


def test_a_changed_manifest_is_no_backup(lived_in: Home, copy: Path) -> None:
    [manifest, *_] = sorted(copy.glob("*/manifest.json"))
    manifest.write_text(manifest.read_text().replace('"files": 1', '"files": 0'))
    listed = lived_in.data("backup", "list", "--in", str(copy))
    assert (
        manifest.parent.name in listed["damaged"],
        lived_in.run("backup", "verify", "--in", str(copy)).returncode,
    ) == (
        True,
        1,
    )


def test_a_damaged_backup_is_not_restored(copy: Path, tmp_path: Path) -> None:
    for base in copy.glob("*/postgres/base.tar.gz"):
        flip(base)
    home = Home(tmp_path / "new")
    done = home.run("backup", "restore", "--from", str(copy))
    assert (done.returncode, "is damaged" in done.stderr) == (1, True), done.stderr
    assert not (home.path / "postgres").exists()


def test_deep_starts_the_database_and_reads_every_row(lived_in: Home) -> None:
    [verdict] = lived_in.data("backup", "verify", "--deep")["checked"]
    with lived_in.open() as runtime:
        rows = sum(count for count, _ in world.tables(runtime.database).values())
    assert verdict["damaged"] == []
    assert verdict["rows"] >= rows
    assert not list(lived_in.backups.glob(".*"))


def test_two_commands_do_not_work_in_one_folder(tmp_path: Path) -> None:
    with Folder(tmp_path).alone(), pytest.raises(BackupBusyError, match="Try again"), Folder(tmp_path).alone():
        pass


def test_files_are_copied_once_and_shared_by_all_backups(lived_in: Home) -> None:
    before = {path: path.stat().st_mtime_ns for path in (lived_in.backups / "files").rglob("*") if path.is_file()}
    lived_in.data("backup", "create")
    after = {path: path.stat().st_mtime_ns for path in (lived_in.backups / "files").rglob("*") if path.is_file()}
    assert before == after != {}


@pytest.fixture
def cluster(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder as far as the program that keeps the log looks at it, and an empty archive."""
    data = tmp_path / "data"
    (data / "global").mkdir(parents=True)
    (data / "global" / "pg_control").write_bytes((42).to_bytes(8, "little") + bytes(100))
    (data / "segment").write_bytes(b"one" * 1000)
    (tmp_path / "the archive").mkdir()
    monkeypatch.chdir(data)
    return tmp_path / "the archive"


def test_a_kept_file_comes_back_as_it_was(cluster: Path, tmp_path: Path) -> None:
    wal_program.keep(cluster, Path("segment"), "000000010000000000000001")
    assert wal_program.fetch(cluster / "42", "000000010000000000000001", tmp_path / "back")
    assert (tmp_path / "back").read_bytes() == Path("segment").read_bytes()
    assert not wal_program.fetch(cluster / "42", "000000010000000000000002", tmp_path / "nothing")


def test_a_kept_file_is_never_replaced_by_another(cluster: Path) -> None:
    wal_program.keep(cluster, Path("segment"), "x")
    wal_program.keep(cluster, Path("segment"), "x")  # the same again, after a crash in between, is well
    Path("segment").write_bytes(b"two" * 1000)
    assert wal_program.main(["keep", str(cluster), "segment", "x"]) != 0
    assert wal_program.fetch(cluster / "42", "x", Path("back"))
    assert Path("back").read_bytes() == b"one" * 1000
    assert [path.name for path in (cluster / "42").iterdir()] == ["x.gz"]


def test_a_disk_that_is_not_mounted_is_not_filled(cluster: Path) -> None:
    cluster.rmdir()
    assert wal_program.main(["keep", str(cluster), "segment", "x"]) != 0
    assert not cluster.exists()


def test_a_gap_in_the_log_is_told(lived_in: Home, copy: Path) -> None:
    lived_in.add("someone")
    backup = Folder(copy).all()[0]
    assert backup.wal is not None
    place = wal.folder_of(copy, backup.wal.system_identifier)
    last = wal.segments(place)[-1]
    name = f"{last.timeline:08X}{0:08X}{last.number + 2:08X}"
    shutil.copy(last.path, place / f"{name}.gz")
    assert wal.reach(place, backup.wal).gap_after == last.path.stem
    done = lived_in.run("backup", "verify", backup.id, "--in", str(copy))
    assert (done.returncode, "has a gap after" in done.stderr) == (0, True), done.stderr
