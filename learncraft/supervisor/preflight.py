"""What is looked at before anything is started, so that a refusal leaves nothing behind."""

from __future__ import annotations

import errno
import shutil
import socket
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from learncraft.supervisor.errors import DiskFullError, PortTakenError, StartError, of_the_disk

LEAST_FREE_BYTES = 200_000_000
BACKLOG = 512
_NOT_OURS = "{host} is no address of this machine. Use --host 127.0.0.1, or 0.0.0.0 to let other machines in."


def prepare_home(home: Path) -> Path:
    """Make the home folder if it isn't there, and return it without links and dots.

    Raises:
        StartError: it can't be made or written.
    """
    try:
        home = home.expanduser().resolve()
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tempfile.TemporaryFile(dir=home) as probe:
            probe.write(b"room for a few words?")
            probe.flush()
    except FileExistsError as error:
        raise StartError(f"{home} is a file. LearnCraft needs a folder: choose another with --home.") from error
    except OSError as error:
        raise of_the_disk(error, home) from error
    return home


def clear_leftovers(folder: Path) -> None:
    """Remove what processes that were killed have left in a folder of temporary things for more than a day."""
    day_ago = time.time() - 24 * 60 * 60
    for left in folder.iterdir() if folder.is_dir() else ():
        with suppress(OSError):
            if left.stat().st_mtime < day_ago:
                shutil.rmtree(left)


def check_space(home: Path) -> None:
    """Refuse to start databases where they would soon stand still.

    Raises:
        DiskFullError: too little is free.
    """
    free = shutil.disk_usage(home).free
    if free < LEAST_FREE_BYTES:
        raise DiskFullError(
            f"The disk that holds {home} has {free // 1_000_000} MB free, and LearnCraft needs "
            f"{LEAST_FREE_BYTES // 1_000_000} MB to start. Free some space, or choose another folder with --home."
        )


def listen(host: str, port: int) -> socket.socket:
    """The socket that the server will accept on; early visitors wait in its queue until it does.

    Raises:
        PortTakenError: another program listens there.
        StartError: the address isn't one of this machine, or the port is reserved.
    """
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
    except socket.gaierror as error:
        raise StartError(_NOT_OURS.format(host=host)) from error
    # With the protocol named, asyncio turns Nagle's algorithm off; without, each answer waits up to 40 ms.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # else a restart waits for old connections
        listener.bind(address)
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        raise _refused(error, host, port) from error
    listener.setblocking(False)
    return listener


def _refused(error: OSError, host: str, port: int) -> StartError:
    if error.errno == errno.EADDRINUSE:
        return PortTakenError(
            f"Another program already listens on {host}:{port}. "
            "Stop it, or choose another port with --port (0 takes a free one)."
        )
    if error.errno == errno.EADDRNOTAVAIL:
        return StartError(_NOT_OURS.format(host=host))
    if isinstance(error, PermissionError):
        return StartError(f"Port {port} is reserved for the system. Choose one above 1023 with --port.")
    return StartError(f"LearnCraft can't listen on {host}:{port}: {error.strerror or error}.")
