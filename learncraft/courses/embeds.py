"""Which pages of other sites a lesson may show inside itself, and under which address: an allow-list, not a filter.

A site is on the list when it has an address that is made for being shown in other pages. The address is built anew
from its parts, so nothing of what was typed reaches the page but names of the site's own form.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import SplitResult, parse_qs, urlsplit

NAME = re.compile(r"[\w-]{1,64}")
SITES = "YouTube, Vimeo, CodePen, GeoGebra, Desmos, Observable, Datawrapper and OpenStreetMap"


def address(url: str) -> str | None:
    """The address that shows a page inside another one; None for what isn't on the list."""
    try:
        parts = urlsplit(url.strip())
        is_plain = parts.scheme == "https" and not parts.username and parts.port in {None, 443}
    except ValueError:
        return None
    if not is_plain or "\\" in url:
        return None
    host = (parts.hostname or "").removeprefix("www.")
    made = _SITES.get(host)
    return made(parts) if made else None


def _steps(parts: SplitResult) -> list[str]:
    return [step for step in parts.path.split("/") if step]


def _youtube(parts: SplitResult) -> str | None:
    steps = _steps(parts)
    name = parse_qs(parts.query).get("v", [""])[0] if steps == ["watch"] else (steps[-1] if steps else "")
    return f"https://www.youtube-nocookie.com/embed/{name}" if re.fullmatch(r"[\w-]{6,20}", name) else None


def _vimeo(parts: SplitResult) -> str | None:
    steps = _steps(parts)
    name = steps[-1] if steps else ""
    return f"https://player.vimeo.com/video/{name}?dnt=1" if re.fullmatch(r"\d{4,12}", name) else None


def _codepen(parts: SplitResult) -> str | None:
    steps = _steps(parts)
    if len(steps) == 3 and steps[1] in {"pen", "embed"} and NAME.fullmatch(steps[0]) and NAME.fullmatch(steps[2]):
        return f"https://codepen.io/{steps[0]}/embed/{steps[2]}"
    return None


def _after(prefix: str, target: str) -> Callable[[SplitResult], str | None]:
    """Pages whose address is a fixed step and a name."""

    def made(parts: SplitResult) -> str | None:
        steps = _steps(parts)
        if len(steps) >= 2 and steps[0] == prefix and NAME.fullmatch(steps[1]):
            return target.format(steps[1])
        return None

    return made


def _observable(parts: SplitResult) -> str | None:
    steps = [step for step in _steps(parts) if step != "embed"]
    if len(steps) == 2 and re.fullmatch(r"@[\w-]{1,64}", steps[0]) and NAME.fullmatch(steps[1]):
        return f"https://observablehq.com/embed/{steps[0]}/{steps[1]}"
    return None


def _datawrapper(parts: SplitResult) -> str | None:
    steps = _steps(parts)
    return f"https://datawrapper.dwcdn.net/{steps[0]}/" if steps and NAME.fullmatch(steps[0]) else None


def _street_map(parts: SplitResult) -> str | None:
    box = parse_qs(parts.query).get("bbox", [""])[0]
    if not re.fullmatch(r"-?\d{1,3}(\.\d+)?(,-?\d{1,3}(\.\d+)?){3}", box):
        return None
    return f"https://www.openstreetmap.org/export/embed.html?bbox={box}"


_SITES: dict[str, Callable[[SplitResult], str | None]] = {
    "youtube.com": _youtube,
    "m.youtube.com": _youtube,
    "youtu.be": _youtube,
    "youtube-nocookie.com": _youtube,
    "vimeo.com": _vimeo,
    "player.vimeo.com": _vimeo,
    "codepen.io": _codepen,
    "geogebra.org": _after("m", "https://www.geogebra.org/material/iframe/id/{}"),
    "desmos.com": _after("calculator", "https://www.desmos.com/calculator/{}?embed"),
    "observablehq.com": _observable,
    "datawrapper.dwcdn.net": _datawrapper,
    "openstreetmap.org": _street_map,
}
