"""Words out of elements: as HTML for prompts and texts, as inline Markdown for options."""

from __future__ import annotations

import html
import re

from lxml import etree

from learncraft.interchange.assets import Assets, address

# What Markdown, or the mathematics and icons that Streamlit adds to it, would take as a sign on one line of text.
_SPECIAL = re.compile(r"([\\`*_\[\]<&~$]|:(?=[\w+/-]+:))")
_AT_START = re.compile(r"^(#{1,6}(?=\s|$)|\+(?=\s|$)|-(?=[\s-]|$)|>|\d{1,9}(?=[.)](?:\s|$)))")
_SUPERSCRIPT = str.maketrans("0123456789+-=()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿ")
_SUBSCRIPT = str.maketrans("0123456789+-=()", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎")
_EMPHASIS = {"b": "**", "strong": "**", "i": "*", "em": "*"}


def inner_html(element: etree._Element) -> str:
    """What an element holds, as HTML."""
    parts = [html.escape(element.text or "", quote=False)]
    parts += [str(etree.tostring(child, encoding="unicode", method="html")) for child in element]
    return "".join(parts)


def inline_source(element: etree._Element) -> str:
    """The HTML of a text that stands in the XML. As in Open edX, its words count as HTML themselves (CDATA)."""
    parts = [element.text or ""]
    parts += [str(etree.tostring(child, encoding="unicode", method="html")) for child in element]
    return "".join(parts)


def outer_html(element: etree._Element) -> str:
    """An element as HTML, without the text that follows it."""
    return str(etree.tostring(element, encoding="unicode", method="html", with_tail=False))


def plain_text(element: etree._Element) -> str:
    """The words of an element, with single spaces."""
    return " ".join("".join(str(part) for part in element.itertext()).split())


def remove(element: etree._Element) -> None:
    """Take an element out, leaving the text behind it where it is."""
    parent = element.getparent()
    if parent is None:
        return
    tail = element.tail or ""
    before = element.getprevious()
    if before is not None:
        before.tail = (before.tail or "") + tail
    else:
        parent.text = (parent.text or "") + tail
    parent.remove(element)


def escaped(text: str) -> str:
    """Plain text as inline Markdown that shows exactly this text."""
    return _one_line(_signs(text))


def inline_markdown(element: etree._Element, assets: Assets) -> str:
    """What an element holds as inline Markdown: words, emphasis, code and the archive's pictures."""
    return _one_line(_inline(element, assets))


def _one_line(markdown: str) -> str:
    """On one line that begins no list, heading or quotation."""
    line = " ".join(markdown.split())
    start = _AT_START.match(line)
    if not start:
        return line
    return f"{start[1]}\\{line[start.end() :]}" if start[1].isdigit() else f"\\{line}"


def _inline(element: etree._Element, assets: Assets) -> str:
    parts = [_signs(element.text)]
    for child in element:
        if isinstance(child.tag, str):
            parts.append(_child(child, assets))
        parts.append(_signs(child.tail))
    return "".join(parts)


def _child(child: etree._Element, assets: Assets) -> str:
    tag = str(child.tag).lower()
    if tag == "img":
        return _picture(child, assets)
    if tag in ("code", "tt", "pre", "kbd"):
        return _code(plain_text(child))
    if tag in ("script", "style"):
        return ""
    inside = _inline(child, assets)
    if tag in _EMPHASIS and inside.strip():
        # The signs must touch the words.
        lead = " " if inside[0].isspace() else ""
        trail = " " if inside[-1].isspace() else ""
        return f"{lead}{_EMPHASIS[tag]}{inside.strip()}{_EMPHASIS[tag]}{trail}"
    if tag in ("sup", "sub") and inside.strip():
        return _raised(plain_text(child), above=tag == "sup")
    return f" {inside} " if tag in ("p", "div", "br", "li") else inside


def _picture(image: etree._Element, assets: Assets) -> str:
    source = image.get("src", "")
    name = assets.use(re.split(r"\+block@|/asset/|/static/", source)[-1].partition("?")[0])
    alt = _signs(image.get("alt") or "picture")
    if name:
        return f"![{alt}]({address(name)})"
    external = source if re.match(r"https?://[^\s()<>\"]+$", source) else ""
    return f"![{alt}]({external})" if external else f"({alt})"


def _raised(text: str, *, above: bool) -> str:
    table, sign = (_SUPERSCRIPT, r"\^") if above else (_SUBSCRIPT, r"\_")
    if all(ord(char) in table for char in text):
        return text.translate(table)
    return f"{sign}({_signs(text)})" if len(text) > 1 else f"{sign}{_signs(text)}"


def _code(text: str) -> str:
    if not text:
        return ""
    fence = "`" * (max((len(run) for run in re.findall("`+", text)), default=0) + 1)
    pad = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{fence}{pad}{text}{pad}{fence}"


def _signs(text: str | None) -> str:
    return _SPECIAL.sub(r"\\\1", text or "")
