"""Names of hosts as an operator writes them: `video.example.org`, or `*.example.org` for all names below one."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
# The last label begins with a letter: an address in numbers names no institution. Two labels at least, so `*.org`,
# which would be everybody, is none.
_NAME = re.compile(rf"(?:\*\.)?(?:{_LABEL}\.)+[a-z](?:[a-z0-9-]{{0,61}}[a-z0-9])?")


def read(given: str, *, own: str | None = None) -> list[str]:
    """The names in a list with commas, in small letters, each once. `own` is the address of this site.

    Raises:
        ValueError: one of them is no name of a host, or covers this site. The message says which, and what is right.
    """
    names = list(dict.fromkeys(name for one in given.split(",") if (name := one.strip().lower())))
    for name in names:
        if not _NAME.fullmatch(name) or len(name) > 253:
            raise ValueError(
                f"“{name}” is not the name of a host. Write names alone, such as video.example.org or "
                "*.example.org, without https://, port or path"
            )
        if own and _covers(name, urlsplit(own).hostname or ""):
            raise ValueError(
                f"“{name}” covers this site itself. A page of its own in a frame could do all that its reader may"
            )
    return names


def _covers(name: str, host: str) -> bool:
    return host.endswith(name[1:]) if name.startswith("*.") else host == name
