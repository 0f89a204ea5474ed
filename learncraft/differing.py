"""What two people's words don't share, line by line."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def lines(theirs: Iterable[str], mine: Iterable[str]) -> tuple[str, ...]:
    """The lines that differ: theirs begin with a minus, one's own with a plus."""
    found = difflib.unified_diff(list(theirs), list(mine), lineterm="", n=0)
    return tuple(line for line in found if not line.startswith(("---", "+++", "@@")))
