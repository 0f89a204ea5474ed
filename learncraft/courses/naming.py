"""Readable names for addresses."""

from __future__ import annotations

import re
import unicodedata


def slugify(title: str) -> str:
    """Lower-case letters and digits joined by hyphens; empty when nothing of the title can be kept."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")[:80].strip("-")
