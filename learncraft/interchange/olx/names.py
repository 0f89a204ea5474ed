"""Titles, keys and ids made from what an archive says, within the lengths that are stored."""

from __future__ import annotations

import hashlib
import re
import unicodedata

_HASH = re.compile(r"^(?:[0-9a-f]{20}|[0-9a-f]{32})$")
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")
_PLAIN = re.compile(r"^[A-Za-z0-9_.-]{1,48}$")


def printable(text: str) -> str:
    """The text without the characters that no database or page can hold."""
    return _UNWRITABLE.sub("", text)


def short(text: str, length: int) -> str:
    """The text on one line, cut with an ellipsis where it is too long."""
    line = " ".join(printable(text).split())
    return line if len(line) <= length else line[: length - 1].rstrip() + "…"


def readable(url_name: str) -> str:
    """A title made from a url_name, or nothing when the url_name is a hash."""
    return "" if _HASH.match(url_name) else " ".join(re.split(r"[\s_]+", url_name)).strip()


def key(kind: str, url_name: str) -> str:
    """The same short word for the same part in every export: the kind and the url_name, or its hash."""
    if _PLAIN.match(url_name) and len(kind) < 12:
        return f"{kind}-{url_name}"
    return f"{kind[:12]}-{digest(url_name)}"


def digest(text: str) -> str:
    """Twenty hexadecimal characters that stand for a text."""
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:20]


def slug(*candidates: str) -> str:
    """The first candidate that has plain letters, as part of an address."""
    for candidate in candidates:
        plain = unicodedata.normalize("NFKD", candidate).encode("ascii", "ignore").decode().lower()
        words = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:120].strip("-")
        if words:
            return words
    return "course-" + digest("".join(candidates))


class UniqueKeys:
    """Gives each key once: the second to ask for the same one gets a number behind it."""

    def __init__(self) -> None:
        self._given: set[str] = set()
        self._last: dict[str, int] = {}

    def take(self, wanted: str) -> str:
        candidate = wanted
        while candidate in self._given:
            self._last[wanted] = number = self._last.get(wanted, 1) + 1
            candidate = f"{wanted[:56]}~{number}"
        self._given.add(candidate)
        return candidate
