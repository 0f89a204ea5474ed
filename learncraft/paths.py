"""Where the files beside the package are: app.py, pages, sql, migrations."""

from __future__ import annotations

from functools import cache
from pathlib import Path


@cache
def root() -> Path:
    """The folder that holds app.py: inside the package when installed from a wheel, else the checkout."""
    package = Path(__file__).resolve().parent
    bundled = package / "_app"
    return bundled if bundled.is_dir() else package.parent
