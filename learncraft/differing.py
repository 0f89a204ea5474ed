"""What two people's words don't share, line by line."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

BETWEEN = " …"  # stands for lines that are the same in both


def lines(theirs: Iterable[str], mine: Iterable[str], *, around: int = 0) -> tuple[str, ...]:
    """The lines that differ: theirs begin with a minus, one's own with a plus.

    With `around`, so many lines beside them are shown too, after a space, and `BETWEEN` stands for those left out
    between two changes.
    """
    found = list(difflib.unified_diff(list(theirs), list(mine), lineterm="", n=around))[3:]
    between = [BETWEEN] if around else []
    return tuple(shown for line in found for shown in (between if line.startswith("@@") else [line]))
