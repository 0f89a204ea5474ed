"""The player of streams, hls.js: fetched once, when LearnCraft is installed, checked by its hash, never at run time.

Without it videos play all the same, in one quality at a time.
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from functools import cache
from pathlib import Path

from learncraft.sandbox import installing
from learncraft.sandbox.errors import SandboxMissingError

NAME = "hls.mjs"
_HERE = Path(__file__).parent / "npm"
_INSIDE = Path("node_modules") / "hls.js" / "dist" / "hls.light.min.mjs"


@cache
def version() -> str:
    """Which hls.js is meant."""
    return str(json.loads((_HERE / "package.json").read_text("utf-8"))["dependencies"]["hls.js"])


def path() -> Path:
    """Where it belongs: into the Python environment that LearnCraft is installed in."""
    return Path(sys.prefix) / "share" / "learncraft" / f"hls-{version()}.mjs"


def address() -> str | None:
    """Where browsers get it; None when it isn't installed."""
    return f"/scripts/hls/{version()}/{NAME}" if path().is_file() else None


def install() -> bool:
    """Put it where it belongs; False if it was there.

    Raises:
        SandboxMissingError: it can't be fetched or written; the message says why.
    """
    target = path()
    if target.is_file():
        return False
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=target.parent, prefix="incoming-") as made:
            incoming = Path(made)
            installing.fetch(_HERE, incoming)
            ready = incoming / NAME
            shutil.copyfile(incoming / _INSIDE, ready)
            ready.replace(target)
    except OSError as error:
        raise SandboxMissingError(f"{target} can't be written: {error.strerror or error}.") from error
    return True
