"""The files that a course's text and videos point at: finding them by loosely written names, keeping those used."""

from __future__ import annotations

import mimetypes
import re
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from urllib.parse import quote, unquote

from learncraft.interchange.document import FileDocument
from learncraft.language import _, noted

# Types whose only use is to run or to style what isn't taken over. A page of HTML would run with our own rights.
REFUSED_SUFFIXES: dict[str, str] = {
    ".js": noted("Scripts aren't run in lessons."),
    ".mjs": noted("Scripts aren't run in lessons."),
    ".css": noted("Style sheets aren't used: lessons look alike everywhere on the platform."),
    ".html": noted("Web pages with scripts of their own aren't run in lessons."),
    ".htm": noted("Web pages with scripts of their own aren't run in lessons."),
    ".xhtml": noted("Web pages with scripts of their own aren't run in lessons."),
    ".swf": noted("Flash films aren't run in lessons."),
    ".eot": noted("Fonts aren't used: lessons look alike everywhere on the platform."),
    ".ttf": noted("Fonts aren't used: lessons look alike everywhere on the platform."),
    ".otf": noted("Fonts aren't used: lessons look alike everywhere on the platform."),
    ".woff": noted("Fonts aren't used: lessons look alike everywhere on the platform."),
    ".woff2": noted("Fonts aren't used: lessons look alike everywhere on the platform."),
}
_KNOWN_TYPES = {".srt": "application/x-subrip", ".vtt": "text/vtt", ".webp": "image/webp", ".svg": "image/svg+xml"}
# Systems store "Brain red (1).png" as Brain_red_1_.png: whatever isn't a plain character, and runs of it, is one _.
_ODD = re.compile(r"(?:[^\w.\-]|_)+")


class Assets:
    """The files that a course may show, by name. Remembers which were asked for."""

    def __init__(self, files: Mapping[str, Path]) -> None:
        self._files = files
        self._plain: dict[str, str] = {}
        self._used: set[str] = set()
        for name in sorted(files, reverse=True):  # so that of two the first stays
            self._plain[_plain(name)] = name
            self._plain.setdefault(_plain(name).casefold(), name)

    def find(self, name: str) -> str | None:
        """The exact name of the file that `name` means."""
        unquoted = unquote(name)
        for candidate in (name, unquoted):
            if candidate in self._files:
                return candidate
        plain = _plain(unquoted)
        return self._plain.get(plain) or self._plain.get(plain.casefold())

    def use(self, name: str) -> str | None:
        """Keep the file that `name` means and give its exact name. None: not there, or not of a kind to show."""
        found = self.find(name)
        if found is None or self.refusal(found):
            return None
        self._used.add(found)
        return found

    def path(self, name: str) -> Path:
        """Where the bytes of an exact name are."""
        return self._files[name]

    def refusal(self, name: str) -> str:
        """Why a file of this name is never imported; empty when it may be."""
        why = REFUSED_SUFFIXES.get(PurePosixPath(name).suffix.lower())
        return _(why) if why else ""

    def documents(self) -> dict[str, FileDocument]:
        """The files that were used."""
        return {name: FileDocument(name, self._files[name], mime_type(name)) for name in sorted(self._used)}


def mime_type(name: str) -> str:
    """The kind of file, as far as its name tells."""
    suffix = PurePosixPath(name).suffix.lower()
    return _KNOWN_TYPES.get(suffix) or mimetypes.types_map.get(suffix) or "application/octet-stream"


def address(name: str) -> str:
    """The address of a file of the archive within documents."""
    return "asset:" + quote(name, safe="")


def _plain(name: str) -> str:
    return _ODD.sub("_", name)
