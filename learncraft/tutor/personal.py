"""What tells who somebody is, taken out of words before they leave the machine or reach other eyes. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable

_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_PHONE = re.compile(r"(?<!\w)\+?\d[\d ()/-]{7,}\d(?!\w)")
_SHORTEST_NAME = 2


def without_names(text: str, names: Iterable[str] = ()) -> str:
    """The text with e-mail addresses, telephone numbers and the given names replaced by what they are."""
    said = _PHONE.sub("[number]", _MAIL.sub("[e-mail]", text))
    parts = {part for name in names for part in (name, *name.split()) if len(part) >= _SHORTEST_NAME}
    for part in sorted(parts, key=len, reverse=True):
        said = re.sub(rf"(?<!\w){re.escape(part)}(?!\w)", "[name]", said, flags=re.IGNORECASE)
    return said
