"""The scripts of the answer sheet: plain modules, served as they lie in static/sheet."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "static" / "sheet"
SCRIPTS = ("code.js", "elements.js", "fields.js", "journal.js", "sheet.js", "style.js", "tab.js")


@cache
def address() -> str:
    """Where browsers get the sheet's first script. A changed script has a new address."""
    digest = hashlib.sha256(b"".join((FOLDER / name).read_bytes() for name in SCRIPTS)).hexdigest()
    return f"/attempts/static/{digest[:12]}/sheet.js"
