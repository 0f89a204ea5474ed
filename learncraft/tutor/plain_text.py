"""What is to be read in HTML and in transcripts, as plain text. Pure, and always the same for the same input.

Offsets of chunks count in these texts, so a change here needs all lessons indexed again: raise `VERSION`.
"""

from __future__ import annotations

import re

from lxml import etree
from lxml import html as lxml_html

VERSION = 1

_SILENT = frozenset({"script", "style", "template", "noscript", "svg", "math", "head", "iframe", "object"})
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_BLOCKS = (
    "p div section article aside header footer main blockquote ul ol dl dt dd table tr figure figcaption caption pre "
    "details summary hr address"
)
_PARAGRAPHS = frozenset(_BLOCKS.split())
_SPACES = re.compile(r"[ \t\r\f\v\xa0]+")
_GAPS = re.compile(r"\n{3,}")
_STAMP = re.compile(r"^\[(?:(\d{1,3}):)?(\d{1,3}):(\d{2})\][ \t]*", re.MULTILINE)


def of_html(source: str) -> str:
    """The text of HTML, with headings marked as Markdown marks them and items of lists on lines of their own."""
    if not source.strip():
        return ""
    try:
        tree = lxml_html.fragment_fromstring(source.replace("\x00", ""), create_parent="div")
    except (etree.ParserError, ValueError):
        return ""
    pieces: list[str] = []
    _read(tree, pieces)
    return _GAPS.sub("\n\n", "".join(pieces)).strip()


def _read(node: lxml_html.HtmlElement, pieces: list[str], *, keeps_lines: bool = False) -> None:
    """Add an element's text to the pieces. Deep nesting is flattened by the parser's own limit of 256 levels."""
    tag = node.tag if isinstance(node.tag, str) else None
    if tag is not None and tag not in _SILENT:
        keeps = keeps_lines or tag == "pre"
        _begin(tag, pieces)
        if tag == "img":
            _say(str(node.get("alt") or ""), pieces, keeps_lines=False)
        _say(node.text or "", pieces, keeps_lines=keeps)
        for child in node:
            _read(child, pieces, keeps_lines=keeps)
        if tag in _PARAGRAPHS or tag in _HEADINGS:
            pieces.append("\n\n" if tag not in {"tr", "li"} else "\n")
    _say(node.tail or "", pieces, keeps_lines=keeps_lines)


def _begin(tag: str, pieces: list[str]) -> None:
    if tag in _HEADINGS:
        pieces.append(f"\n\n{'#' * _HEADINGS[tag]} ")
    elif tag == "li":
        pieces.append("\n- ")
    elif tag in {"td", "th"}:
        pieces.append(" ")
    elif tag == "br":
        pieces.append("\n")
    elif tag in _PARAGRAPHS:
        pieces.append("\n\n" if tag != "tr" else "\n")


def _say(text: str, pieces: list[str], *, keeps_lines: bool) -> None:
    if text:
        pieces.append(text if keeps_lines else _SPACES.sub(" ", text.replace("\n", " ")))


def of_transcript(transcript: str) -> tuple[str, tuple[tuple[int, float], ...]]:
    """What is said, without its stamps "[mm:ss]", and when: (offset, second) for each line, in order of both."""
    stamps = list(_STAMP.finditer(transcript))
    if not stamps:
        return transcript.strip(), ()
    lines: list[str] = []
    seconds: list[tuple[int, float]] = []
    length, latest = 0, 0.0
    ends = [stamp.start() for stamp in stamps[1:]] + [len(transcript)]
    for stamp, end in zip(stamps, ends, strict=True):
        line = " ".join(transcript[stamp.end() : end].split())
        if not line:
            continue
        hours, minutes, rest = (int(part or 0) for part in stamp.groups())
        latest = max(latest, hours * 3600.0 + minutes * 60.0 + rest)
        seconds.append((length, latest))
        lines.append(line)
        length += len(line) + 1
    return " ".join(lines), tuple(seconds)
