"""A real `learncraft serve` in a process of its own, for tests and benchmarks that act from outside."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

ROOT = Path(__file__).parent.parent
START_SECONDS = 120


@dataclass
class Server:
    """A server that answers, and the folder it serves."""

    process: subprocess.Popen[bytes]
    home: Path
    url: str

    def command(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run another `learncraft` command on the same home."""
        return subprocess.run(
            [sys.executable, "-m", "learncraft", *arguments, "--home", str(self.home)],
            cwd=ROOT,
            env=environment(),
            capture_output=True,
            text=True,
            check=check,
            timeout=120,
        )

    def stop(self) -> None:
        """Ask it to end, and wait until it has."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        self.process.wait(30)

    def kill(self) -> None:
        """End it as a power cut would."""
        self.process.kill()
        self.process.wait(30)


def environment() -> dict[str, str]:
    """The environment without settings of whoever runs the tests."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("LEARNCRAFT_")}
    return kept | {"PYTHONPATH": str(ROOT)}


def start(home: Path, *arguments: str, **settings: str) -> Server:
    """Start a server on a free port and wait until it answers. Settings are named as in settings.py."""
    home.mkdir(parents=True, exist_ok=True)
    output = (home / "serve.out").open("ab")
    process = subprocess.Popen(
        [sys.executable, "-m", "learncraft", "serve", "--port", "0", "--home", str(home), *arguments],
        cwd=ROOT,
        env=environment() | {f"LEARNCRAFT_{name.upper()}": value for name, value in settings.items()},
        stdout=output,
        stderr=subprocess.STDOUT,
    )
    deadline = time.monotonic() + START_SECONDS
    note = home / "serve.json"
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"the server ended: {(home / 'serve.out').read_text(errors='replace')[-3000:]}")
        url = _said(note, process.pid)
        if url and _answers(url):
            return Server(process, home, url)
        time.sleep(0.05)
    process.kill()
    raise RuntimeError(f"the server did not start: {(home / 'serve.out').read_text(errors='replace')[-3000:]}")


@contextmanager
def serving(home: Path, *arguments: str, **settings: str) -> Iterator[Server]:
    """A server for the length of a block."""
    server = start(home, *arguments, **settings)
    try:
        yield server
    finally:
        server.stop()


def copy(home: Path, to: Path) -> None:
    """Copy the home of no server with its owners: where the tests run as root, PostgreSQL has an account of its own."""
    subprocess.run(["cp", "-a", str(home), str(to)], check=True)


def _said(note: Path, pid: int) -> str | None:
    try:
        said = json.loads(note.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return said["url"] if said["pid"] == pid else None


def _answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/healthz", timeout=2).status_code == 200
    except httpx.HTTPError:
        return False
