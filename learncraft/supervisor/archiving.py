"""How the embedded PostgreSQL keeps its log for going back to a moment, and reads it when it does."""

from __future__ import annotations

import os
import shlex
import sys
from pathlib import Path

from learncraft.settings import Settings
from learncraft.supervisor import postgres_files as files
from learncraft.supervisor import wal_program

LONGEST_GAP_SECONDS = 60  # the log is cut and kept at least so often: the most that a lost disk costs


def wal_folder(backups: Path) -> Path:
    """Where the log is kept, beside the backups."""
    return backups / "wal"


def archive_of(settings: Settings) -> Path | None:
    """Where the embedded server keeps its log; None when backups are off."""
    return wal_folder(settings.backups_dir) if settings.backups else None


def prepare(folder: Path) -> None:
    """Make the folder of the log for the account that PostgreSQL runs as, and let that account run the program.

    Raises:
        OSError: the folder can't be made.
    """
    owner = files.account()
    folder.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    folder.mkdir(exist_ok=True, mode=0o700)
    if owner is not None and folder.stat().st_uid == os.geteuid():
        os.chown(folder, owner.uid, owner.gid)
    files.let_pass(folder, owner)
    files.let_pass(_interpreter(), owner)
    files.let_pass(_program(), owner)


def keeping(folder: Path) -> dict[str, str]:
    """PostgreSQL's settings for keeping its log in a folder."""
    return {
        "archive_mode": "on",
        "archive_command": _command("keep", folder, "%p", "%f"),
        "archive_timeout": str(LONGEST_GAP_SECONDS),
    }


def recovering(folder: Path, *, moment: str | None, timeline: str) -> dict[str, str]:
    """PostgreSQL's settings for playing back a kept log, to a moment or to its end, without keeping anything."""
    settings = {
        "archive_mode": "off",
        "restore_command": _command("fetch", folder, "%f", "%p"),
        "recovery_target_timeline": timeline,
        "recovery_target_action": "promote",
        "hot_standby": "off",  # it is ready when it has arrived, not before
    }
    return settings | ({"recovery_target_time": moment} if moment else {})


def _interpreter() -> Path:
    """The Python behind a virtual environment, which the database's account may not be able to enter."""
    return Path(getattr(sys, "_base_executable", None) or sys.executable).resolve()


def _program() -> Path:
    return Path(wal_program.__file__).resolve()


def _command(verb: str, folder: Path, *names: str) -> str:
    """A line for the shell. PostgreSQL replaces %p and %f, so any other percent sign is doubled."""
    words = [str(_interpreter()), "-I", "-S", "-B", str(_program()), verb, str(folder)]
    return " ".join([*(shlex.quote(word).replace("%", "%%") for word in words), *(f'"{name}"' for name in names)])
