"""The embedded PostgreSQL as files: copied while it runs, unpacked and played forward to a moment."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import re
import shutil
import subprocess
import tarfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import text

from learncraft.backup.errors import FULL, BackupError, DamagedBackupError, UnreachableMomentError
from learncraft.backup.manifest import DATABASE, Wal
from learncraft.db import Database
from learncraft.supervisor import archiving, wal_program
from learncraft.supervisor import postgres_files as programs
from learncraft.supervisor.errors import StartError
from learncraft.supervisor.postgres import EmbeddedPostgres, end_servers_of

BASE = "base.tar.gz"
LOG = "pg_wal.tar.gz"
LIST = "backup_manifest"
RECOVERY_SECONDS = 24 * 3600.0  # a month's log takes its time; that the server died is noticed at once
_OUT_OF_SPACE = ("No space left on device", "Disk quota exceeded")


def copy(database: Database, draft: Path) -> Wal:
    """Copy a running server into a draft, with as much of its log as the copy needs.

    Raises:
        BackupError: PostgreSQL refused, or the disk is full.
    """
    target = draft / DATABASE
    command = [str(programs.programs() / "pg_basebackup"), "--dbname", _plain(database.url), "--pgdata", str(target)]
    command += ["--format=tar", "--compress=client-gzip:1", "--wal-method=stream", "--checkpoint=fast"]
    command += ["--manifest-checksums=SHA256", "--label=learncraft", "--no-password"]
    done = subprocess.run(  # noqa: S603
        command, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL, cwd="/"
    )
    if done.returncode != 0:
        raise refused(done.stderr, draft.parent)
    with database.reading() as session:
        is_archived = session.scalar(text("SHOW archive_mode")) == "on"
    said = json.loads((target / LIST).read_text(encoding="utf-8"))
    ranges = said["WAL-Ranges"]
    return Wal(
        system_identifier=str(said["System-Identifier"]),
        timeline=ranges[-1]["Timeline"],
        start_lsn=ranges[0]["Start-LSN"],
        end_lsn=ranges[-1]["End-LSN"],
        is_archived=is_archived,
    )


def refused(words: str, folder: Path) -> BackupError:
    """What PostgreSQL's tools say, as a sentence."""
    if any(sign in words for sign in _OUT_OF_SPACE):
        return BackupError(FULL.format(folder=folder))
    return BackupError(f"PostgreSQL can't be copied: {programs.last(words)}")


def _plain(url: str) -> str:
    return url.replace("postgresql+psycopg://", "postgresql://", 1)


def check(place: Path) -> None:
    """Compare each file inside a copy with the list that the server made of it.

    Raises:
        DamagedBackupError: one differs; the message names it.
    """
    folder = place / DATABASE
    said = json.loads((folder / LIST).read_text(encoding="utf-8"))
    expected = {file["Path"]: file["Checksum"] for file in said["Files"] if "Path" in file}
    try:
        with _opened(folder / BASE) as archive:
            for member in archive:
                stream = archive.extractfile(member) if member.isfile() else None
                wanted = expected.pop(member.name.removeprefix("./"), None)
                if stream is None or wanted is None:
                    continue
                if hashlib.file_digest(stream, "sha256").hexdigest() != wanted:  # type: ignore[arg-type]
                    raise DamagedBackupError(f"{folder / BASE} is damaged: {member.name} in it is not what it was.")
    except (OSError, EOFError, zlib.error, tarfile.TarError) as error:
        raise DamagedBackupError(f"{folder / BASE} is damaged: it can't be unpacked.") from error
    if expected:
        raise DamagedBackupError(f"{folder / BASE} is damaged: {next(iter(expected))} is missing in it.")


@dataclass(frozen=True, slots=True)
class Goal:
    """Where a recovery ends: at a moment, at the end of the copy itself, or with all that was kept."""

    timeline: str
    moment: datetime | None = None
    is_copy_alone: bool = False

    def options(self, log: Path) -> dict[str, str]:
        """PostgreSQL's settings for it."""
        moment = self.moment.isoformat(sep=" ", timespec="microseconds") if self.moment else None
        settings = archiving.recovering(log, moment=moment, timeline=self.timeline)
        return settings | ({"recovery_target": "immediate"} if self.is_copy_alone else {})


@contextmanager
def recovered(place: Path, home: Path, log: Path, goal: Goal) -> Iterator[Database]:
    """Unpack a copy into an empty home, play the log forward, and give the running database; stopped afterwards.

    Raises:
        UnreachableMomentError: what was kept doesn't reach to the goal.
        BackupError: PostgreSQL doesn't start on it.
    """
    data = home / "postgres"
    owner = programs.account()
    _unpack(place / DATABASE / BASE, data)
    _unpack(place / DATABASE / LOG, data / "pg_wal")
    (data / "recovery.signal").touch()
    for folder in (data, log):
        _give(folder, owner)
    programs.let_pass(log / "any", owner)
    server = EmbeddedPostgres(home, options=goal.options(log), start_seconds=RECOVERY_SECONDS)
    try:
        _start(server, goal)
        database = Database(server.url, pool_size=2)
        try:
            yield database
        finally:
            database.close()
    finally:
        server.stop()


def _start(server: EmbeddedPostgres, goal: Goal) -> None:
    try:
        wal_folders = server.data / "pg_wal"
        (wal_folders / "archive_status").mkdir(exist_ok=True)
        _give(wal_folders, programs.account())
        server.start()
    except StartError as error:
        logs = sorted((server.data / "log").glob("*.log"), key=lambda path: path.stat().st_mtime)
        words = logs[-1].read_text(encoding="utf-8", errors="replace") if logs else ""
        raise _unreachable(words.rpartition("starting PostgreSQL")[2], goal) or error from error


def _unreachable(words: str, goal: Goal) -> BackupError | None:
    if "recovery ended before configured recovery target was reached" in words:
        last = re.findall(r"last completed transaction was at log time (\S+ [0-9:.]+)", words)
        until = f"ends with a change at {last[-1]} UTC" if last else "holds no change after the backup"
        return UnreachableMomentError(
            f"What was kept {until}, before the moment {goal.moment}. Without --to, all of it is restored."
        )
    if "before consistent recovery point" in words:
        return UnreachableMomentError(f"The backup was not finished yet at {goal.moment}. Choose an earlier backup.")
    if "could not locate required checkpoint record" in words or "requested timeline" in words:
        return UnreachableMomentError("The kept log doesn't fit the backup: it belongs to another branch of history.")
    return None


@contextmanager
def _opened(archive: Path) -> Iterator[tarfile.TarFile]:
    """From beginning to end in one go. tarfile's own reader of packed streams refuses what PostgreSQL packs."""
    with gzip.open(archive) as plain, tarfile.open(fileobj=plain, mode="r|") as members:
        yield members


def _unpack(archive: Path, target: Path) -> None:
    target.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        with _opened(archive) as packed:
            packed.extractall(target, filter="data")
    except (EOFError, zlib.error, gzip.BadGzipFile, tarfile.TarError) as error:
        raise DamagedBackupError(f"{archive} is damaged: it can't be unpacked.") from error
    target.chmod(0o700)


def _give(folder: Path, owner: programs.Account | None) -> None:
    if owner is None:
        return
    for place, _, names in os.walk(folder):
        os.chown(place, owner.uid, owner.gid)
        for name in names:
            os.chown(Path(place, name), owner.uid, owner.gid, follow_symlinks=False)


def announce_timeline(data: Path) -> None:
    """Have the next start keep the history of the line that a recovery began: later recoveries go by it.

    The recovery itself keeps nothing. A restore that is given up must leave no trace in the kept log.
    """
    histories = sorted((data / "pg_wal").glob("*.history"))
    if histories:
        mark = data / "pg_wal" / "archive_status" / f"{histories[-1].name}.ready"
        mark.touch()
        _give(mark.parent, programs.account())
        wal_program.sync(mark.parent)


def discard(home: Path) -> None:
    """Remove a home that was only tried, or that a kill left half made, perhaps with its server."""
    if home.exists():
        end_servers_of((home / "postgres").resolve())
    shutil.rmtree(home, ignore_errors=True)
