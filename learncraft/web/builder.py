"""The scripts of the course builder: plain modules, served as they lie in static/builder."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "static" / "builder"
SCRIPTS = tuple(sorted(path.name for path in FOLDER.glob("*.js")))


@cache
def address() -> str:
    """Where browsers get the builder's first script. A changed script has a new address."""
    digest = hashlib.sha256(b"".join((FOLDER / name).read_bytes() for name in SCRIPTS)).hexdigest()
    return f"/authoring/static/{digest[:12]}/builder.js"
