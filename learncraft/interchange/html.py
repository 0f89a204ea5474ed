"""HTML that a stranger wrote, made fit for a lesson: only prose stays, and addresses lead where they can.

Nothing that the author meant to be seen vanishes without a word: `Cleaned.notes` has a sentence for each
kind of thing that was changed or left out.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from urllib.parse import unquote, urlsplit

from lxml import etree
from lxml import html as lxml_html

from learncraft.courses.prose import UNWRITABLE, sanitise
from learncraft.interchange.assets import Assets, address
from learncraft.language import _, _n

_CONTROLS = frozenset({"button", "input", "select", "textarea"})
_INLINE_TAGS = "a b strong i em u s small sub sup span code kbd abbr mark q time var cite ins del"
_INLINE = frozenset(_INLINE_TAGS.split())
_EMBEDS = {"iframe": "src", "embed": "src", "object": "data", "video": "src", "audio": "src"}
# The words in these are names of pictures in a font; without the font they would be read as words.
_ICON_CLASS = re.compile(r"\b(material-(symbols|icons)[\w-]*)\b")
_NEEDS_SURGERY = re.compile(
    r"<(iframe|embed|object|video|audio|button|input|select|textarea)\b|material-(symbols|icons)", re.I
)
_EDX_ASSET = re.compile(
    r"^(?P<host>(?:https?:)?//[^/]+)?(?:/assets/courseware/[^?#]*?)?"
    r"/(?:static/|asset-v1:[^?#]*?\+block@|c4x/[^/]+/[^/]+/asset/)(?P<name>[^?#]+)"
)
_PASTED = re.compile(r"\bsrc\s{0,9}=\s{0,9}[\"']?data:", re.I)
_ADDRESS_LENGTH = 2000
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Cleaned:
    """HTML that is safe to show, and what was changed in it, in sentences."""

    html: str
    notes: tuple[str, ...] = ()
    controls: int = 0  # buttons and fields that were left out
    scripts: int = 0  # 1 when there were any

    @property
    def words(self) -> int:
        """How many words there are to read."""
        return len(_WORD.findall(text_of(self.html)))

    @property
    def is_empty(self) -> bool:
        """Whether nothing can be seen: neither text nor a picture."""
        return not re.search(r"<img[^>]+src=", self.html) and not text_of(self.html)


def clean(html: str, assets: Assets) -> Cleaned:
    """Sanitise, and make addresses of the archive's files into `asset:NAME`."""
    seen = _Seen(assets)
    html = UNWRITABLE.sub("", html)
    if re.search(r"<script\b", html, re.I):
        seen.counts["scripts"] += 1
    for kind in ("svg", "math"):
        seen.counts[kind] += len(re.findall(rf"<{kind}\b", html, re.I))
    if _PASTED.search(html):
        seen.counts["pasted"] += 1
    if _NEEDS_SURGERY.search(html):
        html = _operate(html, seen)
    return Cleaned(sanitise(html, seen.adjust).strip(), seen.notes(), seen.counts["controls"], seen.counts["scripts"])


def text_of(html: str) -> str:
    """The words of HTML, without any markup, with single spaces."""
    if not html.strip():
        return ""
    try:
        root = lxml_html.fragment_fromstring(UNWRITABLE.sub("", html), create_parent="div")
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return ""
    etree.strip_elements(root, etree.Comment, "script", "style", with_tail=False)
    return " ".join("".join(_words(root)).split())


def _words(root: lxml_html.HtmlElement) -> Iterator[str]:
    for event, element in etree.iterwalk(root, events=("start", "end")):
        inline = not isinstance(element.tag, str) or element.tag in _INLINE
        yield "" if inline else " "
        yield (element.text if event == "start" else element.tail) or ""


class _Seen:
    """What came by while one piece of HTML was cleaned."""

    def __init__(self, assets: Assets) -> None:
        self._assets = assets
        self.counts: Counter[str] = Counter()
        self.missing: list[str] = []
        self.refused: list[str] = []

    def adjust(self, tag: str, attribute: str, value: str) -> str | None:
        """The address to write, or None for none."""
        url = value.strip()
        if len(url) > _ADDRESS_LENGTH:
            return None
        found = _EDX_ASSET.match(url)
        if found:
            return self._asset(found["name"], url if found["host"] else None)
        if url.startswith("//"):
            return "https:" + url
        scheme = _scheme(url)
        if scheme == "asset":
            return self._asset(url.partition(":")[2], None)
        if scheme:
            return value
        if not url.startswith("#"):
            self.counts["internal" if attribute == "href" else "elsewhere"] += 1
        return None

    def _asset(self, name: str, elsewhere: str | None) -> str | None:
        used = self._assets.use(name)
        if used is not None:
            return address(used)
        known = self._assets.find(name)
        if known is None and elsewhere is not None:
            return elsewhere
        names = self.missing if known is None else self.refused
        shown = known or unquote(name)
        if shown not in names:
            names.append(shown)
        return None

    def notes(self) -> tuple[str, ...]:
        """A sentence for each kind of change."""
        counts, links = self.counts, self.counts["internal"]
        wordings = (
            (counts["scripts"], _("Its scripts were left out, so what they did is gone.")),
            (counts["controls"], _("Buttons and input fields were left out, because they need scripts.")),
            (counts["embeds"], _("What was embedded became a link, where its address can be reached.")),
            (
                links,
                _n(
                    "{count} link to other pages of the old platform became text.",
                    "{count} links to other pages of the old platform became text.",
                    links,
                ),
            ),
            (counts["elsewhere"], _("A picture that stood on the old platform and isn't in the archive was left out.")),
            (counts["svg"], _("Drawings in the text (SVG) were left out; upload them as pictures.")),
            (counts["math"], _("Formulas in MathML were left out; write them as LaTeX.")),
            (counts["pasted"], _("Pictures pasted into the text were left out; upload them as files.")),
            (
                len(self.missing),
                _("The archive has no file {listed}, which this points at.", listed=_listed(self.missing)),
            ),
            (
                len(self.refused),
                _("It pointed at {listed}, a kind of file that isn't shown in lessons.", listed=_listed(self.refused)),
            ),
        )
        return tuple(sentence for happened, sentence in wordings if happened)


def _scheme(url: str) -> str:
    try:
        return urlsplit(url).scheme
    except ValueError:
        return ""


def _operate(html: str, seen: _Seen) -> str:
    """Make embedded things into links; take out controls and icon names."""
    try:
        root = lxml_html.fragment_fromstring(html, create_parent="div")
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return html
    for element in list(root.iter()):
        if not isinstance(element.tag, str):
            continue
        if element.tag in _CONTROLS:
            seen.counts["controls"] += 1
            element.drop_tree()
        elif _ICON_CLASS.search(element.get("class", "")):
            element.drop_tree()
        elif element.tag in _EMBEDS:
            _embed_to_link(element, seen)
    body = escape(root.text or "", quote=False)
    return body + "".join(lxml_html.tostring(child, encoding="unicode") for child in root)


def _embed_to_link(element: lxml_html.HtmlElement, seen: _Seen) -> None:
    source = element.get(_EMBEDS[element.tag]) or next((child.get("src") for child in element.iter("source")), None)
    if not source or element.getparent() is None:
        element.drop_tag()
        return
    seen.counts["embeds"] += 1
    kind = {"video": "video", "audio": "recording"}.get(element.tag, "page")
    link = lxml_html.Element("a", href=source)
    link.text = element.get("title") or f"Open the {kind}"
    link.tail = element.tail
    element.getparent().replace(element, link)


def _listed(names: list[str]) -> str:
    shown = ", ".join(names[:5])
    return shown if len(names) <= 5 else f"{shown} and {len(names) - 5} more"
