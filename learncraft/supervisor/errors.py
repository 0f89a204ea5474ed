"""What can go wrong while LearnCraft's parts are started, each as a sentence with a way out."""

from __future__ import annotations

import errno
from pathlib import Path

from learncraft.errors import LearnCraftError


class StartError(LearnCraftError):
    """A part can't be started; the message says which, why, and what to do."""


class HomeInUseError(StartError):
    """Another server uses the home folder."""


class PortTakenError(StartError):
    """Another program listens where the server should."""


class DiskFullError(StartError):
    """There is no room left to write to."""


class StoppedError(LearnCraftError):
    """Someone asked the program to stop before it had started."""


def of_the_disk(error: OSError, folder: Path) -> StartError:
    """What the operating system refused, in words."""
    where = error.filename or folder
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return DiskFullError(f"The disk that holds {where} is full. Nothing was damaged: free some space, start again.")
    if error.errno == errno.EROFS:
        return StartError(f"{where} is on a disk that can only be read. Choose another folder with --home.")
    if isinstance(error, PermissionError):
        return StartError(f"{where} may not be written by this account. Choose another folder with --home.")
    return StartError(f"{where} can't be used: {error.strerror or error}.")
