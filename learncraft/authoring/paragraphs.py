"""A text in Markdown by its paragraphs: where its lines are broken says nothing to who reads it."""

from __future__ import annotations

import re

_FENCE = re.compile(r" {0,3}(```+|~~~+)")
# Lines that begin something, or belong to what stands above them as they are.
_OF_ITS_OWN = re.compile(r"\s|[#>|<]|[*+-]\s|\d+[.)]\s|\$\$|[=*_-]+\s*$|\[[^\]]+\]:")
_ENDS = re.compile(r"(?: {2}|\\)$")  # a line break that is meant
_STANDS_ALONE = re.compile(r"[#|<]|\$\$")  # what no line goes on with


def paragraphs(text: str) -> list[str]:
    """The lines of a text, those of one paragraph as one; lists, tables and programs keep theirs."""
    found: list[str] = []
    fence, is_open = "", False  # whether the last line may be gone on with
    for line in text.splitlines():
        mark = _FENCE.match(line)
        if fence or mark:
            found.append(line)
            is_open = False
            if mark and not fence:
                fence = mark[1]
            elif mark and mark[1].startswith(fence):
                fence = ""
        elif not line.strip():
            is_open = False
        elif is_open and not _OF_ITS_OWN.match(line):
            found[-1] = f"{found[-1]} {line.lstrip()}"
            is_open = not _ENDS.search(line)
        else:
            found.append(line)
            is_open = not _STANDS_ALONE.match(line.lstrip()) and not _ENDS.search(line)
    return found
