"""What can go wrong with a backup, each as a sentence with a way out."""

from __future__ import annotations

import errno
from pathlib import Path

from learncraft.errors import LearnCraftError


class BackupError(LearnCraftError):
    """A backup can't be made, read or restored; the message says why and what to do."""


class BackupBusyError(BackupError):
    """Another command works in the folder of backups."""


class DamagedBackupError(BackupError):
    """A file of a backup is not what it was; the message names it."""


class LivingHomeError(BackupError):
    """There is a database where a backup should be restored to."""


class UnreachableMomentError(BackupError):
    """What was kept doesn't reach to the moment asked for."""


FULL = "The disk that holds {folder} is full. No backup was made, the earlier ones are whole: free some space."


def of_the_disk(error: OSError, folder: Path) -> BackupError:
    """What the operating system refused, in words."""
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return BackupError(FULL.format(folder=folder))
    where = error.filename or folder
    if error.errno == errno.EROFS:
        return BackupError(f"{where} is on a disk that can only be read. Set LEARNCRAFT_BACKUP_DIR to another folder.")
    return BackupError(f"{where} can't be used for backups: {error.strerror or error}.")
