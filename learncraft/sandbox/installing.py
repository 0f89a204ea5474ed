"""Python for the sandbox: fetched once, when LearnCraft is installed, checked by its hash, never at run time.

It is an npm package, so Deno, which pip installs, fetches it: from the registry that npm's own settings name
(`NPM_CONFIG_REGISTRY`, `.npmrc`), by the hashes of `npm/deno.lock`. Then Python is started once, and its memory kept.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

from deno import find_deno_bin

from learncraft.sandbox.errors import SandboxMissingError

HERE = Path(__file__).parent
SNAPSHOT = "snapshot.bin"
NEEDED = ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip", "pyodide-lock.json")
FETCH_SECONDS = 300.0
START_SECONDS = 120.0
LAST_WORDS = 300


@cache
def version() -> str:
    """Which Pyodide is meant."""
    named = json.loads((HERE / "npm" / "package.json").read_text("utf-8"))["dependencies"]["pyodide"]
    return str(named)


def folder() -> Path:
    """Where it belongs: into the Python environment that LearnCraft is installed in, since it is a program."""
    return Path(sys.prefix) / "share" / "learncraft" / f"pyodide-{version()}"


def is_installed() -> bool:
    """Whether all is there."""
    return all((folder() / name).is_file() for name in (*NEEDED, SNAPSHOT))


@cache
def deno() -> str:
    """The program that runs it.

    Raises:
        SandboxMissingError: it isn't there.
    """
    try:
        return str(find_deno_bin())
    except FileNotFoundError as error:
        raise SandboxMissingError("Deno, which comes with LearnCraft's packages, is not there.") from error


def install() -> bool:
    """Put it where it belongs, whole or not at all; False if it was there.

    Raises:
        SandboxMissingError: it can't be fetched, written or started; the message says why.
    """
    if is_installed():
        return False
    place = folder()
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=place.parent, prefix="incoming-") as made:
            incoming = Path(made)
            fetch(HERE / "npm", incoming)
            ready = incoming / "ready"
            ready.mkdir()
            for name in NEEDED:
                shutil.copyfile(incoming / "node_modules" / "pyodide" / name, ready / name)
            _keep_memory(ready)
            shutil.rmtree(place, ignore_errors=True)
            ready.rename(place)
    except OSError as error:
        if is_installed():
            return False  # somebody else was faster
        raise SandboxMissingError(f"{place} can't be written: {error.strerror or error}.") from error
    return True


def fetch(named: Path, incoming: Path) -> None:
    """Bring the npm packages that a folder's `package.json` and `deno.lock` name into `incoming/node_modules`.

    Raises:
        SandboxMissingError: they can't be fetched; the message says why.
    """
    for name in ("package.json", "deno.lock"):
        shutil.copyfile(named / name, incoming / name)
    environment = {**os.environ, "DENO_DIR": str(incoming / "cache"), "NO_COLOR": "1", "DENO_NO_UPDATE_CHECK": "1"}
    _run([deno(), "install", "--quiet", "--frozen", "--node-modules-dir=auto"], incoming, environment, FETCH_SECONDS)


def _keep_memory(ready: Path) -> None:
    command = [deno(), "run", "--quiet", "--no-prompt", "--no-config", "--no-lock", "--no-remote", "--no-npm"]
    command += [f"--allow-read={ready}", f"--allow-write={ready}", str(HERE / "program" / "snapshot.mjs"), str(ready)]
    _run(command, ready, {**os.environ, "NO_COLOR": "1", "DENO_NO_UPDATE_CHECK": "1"}, START_SECONDS)
    if not (ready / SNAPSHOT).is_file():
        raise SandboxMissingError("Python could not be started in it.")


def _run(command: list[str], folder: Path, environment: dict[str, str], seconds: float) -> None:
    try:
        done = subprocess.run(  # noqa: S603  # our own arguments
            command, cwd=folder, env=environment, timeout=seconds, capture_output=True, check=False, text=True
        )
    except subprocess.TimeoutExpired as error:
        raise SandboxMissingError(f"Nothing came within {seconds:.0f} seconds.") from error
    if done.returncode != 0:
        said = " ".join(done.stderr.split())[-LAST_WORDS:]
        raise SandboxMissingError(f"It could not be fetched or started: {said}.")
