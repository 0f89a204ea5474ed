"""Which pages of other sites a lesson may show inside itself, and under which address: an allow-list, not a filter.

A site is on the list when it has an address that is made for being shown in other pages. The address is built anew
from its parts, so nothing of what was typed reaches the page but names of the site's own form. Beside the list stand
hosts that the institution trusts with any of their pages; which ones is said once, when a process begins (`trust`).
What browsers may show in a frame is told by `sources`, so that a page of any other host stays empty even if a mistake
of ours named it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from urllib.parse import SplitResult, parse_qs, quote, urlsplit, urlunsplit

from learncraft.language import _

NAME = re.compile(r"[\w-]{1,64}")
_NAMES = ("YouTube", "Vimeo", "CodePen", "GeoGebra", "Desmos", "Observable", "Datawrapper", "OpenStreetMap")
_FRAMES = (
    "www.youtube-nocookie.com",
    "player.vimeo.com",
    "codepen.io",
    "www.geogebra.org",
    "www.desmos.com",
    "observablehq.com",
    "datawrapper.dwcdn.net",
    "www.openstreetmap.org",
)
_KEPT = "/%:@!&*+,;="  # what an address may hold as it is; all that HTML or Markdown might read is written as %XX

_trusted: frozenset[str] = frozenset()


def trust(hosts: Iterable[str]) -> None:
    """Allow any page of these hosts, too; `*.example.org` means all names below example.org."""
    global _trusted  # noqa: PLW0603  # a process has one list, as it has one set of settings
    _trusted = frozenset(hosts)


def sources() -> tuple[str, ...]:
    """What the pages may show in frames, as a Content-Security-Policy names it."""
    return tuple(f"https://{host}" for host in (*_FRAMES, *sorted(_trusted)))


def sites() -> str:
    """The sites whose pages can be shown, for a sentence."""
    names = [*_NAMES, *sorted(_trusted)]
    return _("{sites} and {last}", sites=", ".join(names[:-1]), last=names[-1])


def address(url: str) -> str | None:
    """The address that shows a page inside another one; None for what isn't on the list."""
    parts = _plain(url)
    if parts is None:
        return None
    host = parts.hostname or ""
    made = _SITES.get(host.removeprefix("www."))
    return (made(parts) if made else None) or (_anew(parts) if _is_trusted(host) else None)


def youtube(url: str) -> str | None:
    """The address that shows a video of YouTube without cookies; None for what is none."""
    shown = address(url.replace("http://", "https://", 1))
    return shown if shown and shown.startswith("https://www.youtube-nocookie.com/") else None


def elsewhere(url: str) -> tuple[str, str] | None:
    """A page that can't be shown here, as a link: its host, and its address. None where it is no plain address."""
    parts = _plain(url)
    return (parts.hostname, _anew(parts)) if parts is not None and parts.hostname else None


def _plain(url: str) -> SplitResult | None:
    """An https address without anything that could pretend to be a host, and without a port of its own."""
    try:
        parts = urlsplit(url.strip())
        is_plain = parts.scheme == "https" and not parts.username and parts.port in {None, 443}
    except ValueError:
        return None
    return parts if is_plain and "\\" not in url else None


def _anew(parts: SplitResult) -> str:
    path, query, fragment = (quote(one, safe=_KEPT + "?") for one in (parts.path, parts.query, parts.fragment))
    return urlunsplit(("https", quote(parts.hostname or "", safe=""), path, query, fragment))


def _is_trusted(host: str) -> bool:
    above = host.split(".")[1:]
    return host in _trusted or any(f"*.{'.'.join(above[at:])}" in _trusted for at in range(len(above)))


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
