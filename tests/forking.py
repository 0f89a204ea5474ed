"""Commands of `learncraft`, each a process of its own, forked from one that has loaded everything already.

Loading takes most of a short command's time. What a command does is the same: its arguments, environment, output and
exit code are its own, and it ends as Python ends.
"""

from __future__ import annotations

import atexit
import json
import os
import select
import signal
import subprocess
import sys
import tempfile
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent

# Runs alone, in a fresh interpreter: whoever imports this module has threads, which can't be forked.
SERVER = """
import importlib, json, os, runpy, sys
for name in sys.argv[1:]:
    importlib.import_module(name)
for line in sys.stdin:
    asked = json.loads(line)
    pid = os.fork()
    if pid == 0:
        break
    print(json.dumps({"pid": pid}), flush=True)
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    print(json.dumps({"status": status}), flush=True)
else:
    sys.exit()
nothing = os.open(os.devnull, os.O_RDONLY)
for descriptor, opened in enumerate((nothing, os.open(asked["out"], os.O_WRONLY), os.open(asked["err"], os.O_WRONLY))):
    os.dup2(opened, descriptor)
os.environ.clear()
os.environ.update(asked["environment"])
sys.argv = ["learncraft", *asked["arguments"]]
runpy.run_module("learncraft", run_name="__main__")
"""
LOADED = (
    "learncraft.cli",
    "learncraft.supervisor.opening",
    "learncraft.backup.service",
    "learncraft.backup.verifying",
    "learncraft.backup.restoring",
    "learncraft.backup.pruning",
    "learncraft.analytics.rebuilding",
)
LOADING_SECONDS = 120.0  # on a machine that has much else to do


class Commands:
    """The process that forks, one for all tests of a worker; it ends with it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._server: subprocess.Popen[str] | None = None

    def run(
        self, arguments: list[str], environment: dict[str, str], *, seconds: float = 120
    ) -> subprocess.CompletedProcess[str]:
        """Run `learncraft` with these arguments to its end."""
        with self._lock, tempfile.NamedTemporaryFile() as out, tempfile.NamedTemporaryFile() as err:
            asked = {"arguments": arguments, "environment": environment, "out": out.name, "err": err.name}
            server = self._started()
            assert server.stdin is not None
            pid = None
            try:
                server.stdin.write(json.dumps(asked) + "\n")
                server.stdin.flush()
                pid = self._answer(LOADING_SECONDS)["pid"]
                status = self._answer(seconds)["status"]
            except BaseException:
                # Its next answer would be taken for that of another command.
                for left in filter(None, (pid, server.pid)):
                    with suppress(ProcessLookupError):
                        os.kill(left, signal.SIGKILL)
                server.wait()
                self._server = None
                raise
            words = [Path(file.name).read_text(encoding="utf-8") for file in (out, err)]
        return subprocess.CompletedProcess(arguments, status, *words)

    def _started(self) -> subprocess.Popen[str]:
        if self._server is None or self._server.poll() is not None:
            self._server = subprocess.Popen(
                [sys.executable, "-c", SERVER, *LOADED],
                cwd=ROOT,
                env={name: value for name, value in os.environ.items() if not name.startswith("LEARNCRAFT_")},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                bufsize=1,
            )
            atexit.register(self._stop, self._server)
        return self._server

    @staticmethod
    def _stop(server: subprocess.Popen[str]) -> None:
        assert server.stdin is not None
        with suppress(OSError):
            server.stdin.close()
        server.wait(10)

    def _answer(self, seconds: float) -> dict[str, Any]:
        assert self._server is not None
        assert self._server.stdout is not None
        ready, _, _ = select.select([self._server.stdout], [], [], seconds)
        if not ready:
            raise TimeoutError(f"the command has not ended within {seconds} seconds")
        answer: dict[str, Any] = json.loads(self._server.stdout.readline())
        return answer


COMMANDS = Commands()
