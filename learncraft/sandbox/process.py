"""One process of the sandbox: started, watched, used for one program, ended with all that belongs to it."""

from __future__ import annotations

import json
import os
import queue
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil

from learncraft.sandbox import installing
from learncraft.sandbox.port import Limits

HERE = Path(__file__).parent
START_CPU_SECONDS = 20  # what the start may take on a slow machine, before a program's own limit begins
MOST_BYTES = 8 * 1024**2  # of messages from one process: the limits keep honest ones far below
LONGEST_LINE = 1024**2
HEAP_MEGABYTES = 128  # of JavaScript; Python's memory is WebAssembly's
BASE_BYTES = 450 * 1024**2  # what the process itself needs beside the program's memory
MOST_THREADS = 32  # the engine has about ten; a program needs none
PAGE = 64 * 1024

DENIED = ("net", "env", "run", "ffi", "write", "sys", "import")


class SandboxProcess:
    """A process that has started Python and waits for one program. Threads other than its user's only read from it."""

    def __init__(self, limits: Limits) -> None:
        self.memory_bytes = limits.memory_bytes + BASE_BYTES
        self.messages: queue.SimpleQueue[dict[str, Any] | None] = queue.SimpleQueue()
        self._popen = subprocess.Popen(  # noqa: S603  # our own arguments
            self._command(limits),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=_environment(),
            cwd=installing.folder(),
            start_new_session=True,
            bufsize=0,
        )
        self._watched = psutil.Process(self._popen.pid)
        self._reader = threading.Thread(target=self._read, name="sandbox-reader", daemon=True)
        self._reader.start()

    @staticmethod
    def _command(limits: Limits) -> list[str]:
        place = installing.folder()
        flags = f"--max-old-space-size={HEAP_MEGABYTES},--wasm-max-mem-pages={limits.memory_bytes // PAGE}"
        command = [installing.deno(), "run", "--quiet", "--no-prompt", "--no-config", "--no-lock", "--no-remote"]
        command += ["--no-npm", "--no-code-cache", f"--v8-flags={flags}", *(f"--deny-{what}" for what in DENIED)]
        program = HERE / "program"
        command += [f"--allow-read={place},{program}", str(program / "host.mjs")]
        command += [place.as_posix(), str(program / "harness.py")]
        if os.name != "posix":
            return command
        allowed = str(START_CPU_SECONDS + int(limits.run_cpu_seconds) + 1)
        return [sys.executable, "-I", "-S", str(HERE / "launch.py"), str(os.getpid()), allowed, *command]

    @property
    def pid(self) -> int:
        """Its number; that of its process group too."""
        return self._popen.pid

    def is_running(self) -> bool:
        """Whether it is there."""
        return self._popen.poll() is None

    def wait_ready(self, seconds: float) -> bool:
        """Whether Python has started within a time."""
        with suppress(queue.Empty):
            message = self.messages.get(timeout=seconds)
            return message is not None and bool(message.get("ready"))
        return False

    def send(self, message: dict[str, Any]) -> bool:
        """Hand it the program; False if it isn't there any more."""
        assert self._popen.stdin is not None
        line = json.dumps(message).encode() + b"\n"
        try:
            while line:
                line = line[self._popen.stdin.write(line) :]
        except OSError:
            return False
        return True

    def cpu_seconds(self) -> float:
        """The processor time it has used, on all cores."""
        try:
            times = self._watched.cpu_times()
        except psutil.Error:
            return 0.0
        return float(times.user + times.system)

    def is_too_big(self) -> bool:
        """Whether it holds more memory, or more threads, than any honest program makes it hold."""
        try:
            return bool(
                self._watched.memory_info().rss > self.memory_bytes or self._watched.num_threads() > MOST_THREADS
            )
        except psutil.Error:
            return False

    def kill(self) -> None:
        """Kill it with its process group. Safe to repeat until it was waited for."""
        with suppress(OSError):
            if self._popen.returncode is None and os.name == "posix":
                os.killpg(self._popen.pid, signal.SIGKILL)
            else:
                self._popen.kill()

    def end(self) -> None:
        """Kill it, and wait until it is gone. Safe to repeat."""
        self.kill()
        with suppress(subprocess.TimeoutExpired):
            self._popen.wait(5)
        for pipe in (self._popen.stdin, self._popen.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()

    def _read(self) -> None:
        """Take its messages. What isn't one is dropped, and whoever sends too much is cut off."""
        assert self._popen.stdout is not None
        total = 0
        held = b""
        while total < MOST_BYTES and len(held) < LONGEST_LINE:
            try:
                part = self._popen.stdout.read(65536)
            except (OSError, ValueError):
                break
            if not part:
                break
            total += len(part)
            *lines, held = (held + part).split(b"\n")
            for line in lines:
                if (message := _message(line)) is not None:
                    self.messages.put(message)
        self.messages.put(None)


def _message(line: bytes) -> dict[str, Any] | None:
    try:
        message = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return message if isinstance(message, dict) else None


def _environment() -> dict[str, str]:
    """Nothing of the server's. The engine's own folder is a place that can't be: nothing it keeps outlives it."""
    nowhere = installing.folder() / installing.NEEDED[0] / "nowhere"
    kept = {"DENO_DIR": str(nowhere), "DENO_NO_UPDATE_CHECK": "1", "NO_COLOR": "1"}
    if os.name == "nt":
        kept["SYSTEMROOT"] = os.environ.get("SYSTEMROOT", "")
    return kept
