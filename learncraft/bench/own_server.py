"""`learncraft serve` in a process and a folder of its own, for what is measured from outside."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil

from learncraft.errors import UnavailableError

START_SECONDS = 120
STOP_SECONDS = 30


@dataclass(frozen=True, slots=True)
class OwnServer:
    """A server that answers."""

    url: str
    pid: int

    def processor_seconds(self) -> float:
        """What the process that answers has taken of the processors so far; its databases not counted."""
        times = psutil.Process(self.pid).cpu_times()
        return float(times.user + times.system)


@contextmanager
def serving(home: Path) -> Iterator[OwnServer]:
    """A server on a free port for the length of the block.

    Raises:
        UnavailableError: it did not start; the message has its last words.
    """
    said = home / "serve.out"
    # Settings of an installation must not reach it: it would serve, and fill, that installation's database.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("LEARNCRAFT_")}
    with said.open("wb") as output:
        process = subprocess.Popen(  # noqa: S603  # our own command
            [sys.executable, "-m", "learncraft", "serve", "--port", "0", "--home", str(home)],
            stdout=output,
            stderr=subprocess.STDOUT,
            env=environment,
            cwd=home,  # an .env of the folder that the bench was asked from must not reach it either
        )
    try:
        yield OwnServer(_address(process, home / "serve.json", said), process.pid)
    finally:
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _address(process: subprocess.Popen[bytes], note: Path, said: Path) -> str:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        with suppress(OSError, ValueError, KeyError, httpx.HTTPError):
            told = json.loads(note.read_text(encoding="utf-8"))
            if told["pid"] == process.pid and httpx.get(f"{told['url']}/healthz", timeout=2).is_success:
                return str(told["url"])
        time.sleep(0.05)
    raise UnavailableError(f"The server did not start. It said: {said.read_text(errors='replace')[-1000:]}")
