"""HTML of lessons: what may stand in it. Sanitised before it is stored, and once more when it is shown."""

from __future__ import annotations

import re
from collections.abc import Callable

import nh3
from markdown_it import MarkdownIt

_TAGS = (
    "h1 h2 h3 h4 h5 h6 p br hr div span section article aside header footer main blockquote q cite address "
    "ul ol li dl dt dd table caption colgroup col thead tbody tfoot tr th td figure figcaption img "
    "a b strong i em u s del ins mark small sub sup abbr dfn time var samp kbd code pre bdi bdo ruby rt rp wbr "
    "details summary"
)
TAGS = frozenset(_TAGS.split())
ATTRIBUTES: dict[str, set[str]] = {
    "*": {"title", "lang", "dir", "style"},
    "a": {"href"},
    "img": {"src", "alt", "width", "height"},
    "ol": {"start", "type", "reversed"},
    "li": {"value"},
    "td": {"colspan", "rowspan", "headers"},
    "th": {"colspan", "rowspan", "scope", "abbr"},
    "col": {"span"},
    "colgroup": {"span"},
    "code": {"class"},
    "pre": {"class"},
    "details": {"open"},
    "time": {"datetime"},
    "abbr": {"title"},
    "blockquote": {"cite"},
    "q": {"cite"},
}
SCHEMES = frozenset({"http", "https", "mailto", "asset"})
_UNREAD = frozenset({"script", "style", "iframe", "object", "embed", "template", "noscript", "svg", "math", "title"})

_STYLE = re.compile(
    r"\s*(text-align\s*:\s*(?:left|right|center|justify)|(?:max-)?width\s*:\s*\d{1,4}(?:px|%))\s*", re.I
)
_LANGUAGE_CLASS = re.compile(r"\blanguage-[\w+#.-]+")
_ADDRESSES = {"href", "src", "cite"}
# Tags of problems that SVG has too: the sanitiser would drop what is in them, as drawings outside of a drawing.
_UNWRAPPED = re.compile(r"</?(?:text|annotation|desc|line|set|view|symbol|pattern|filter)(?:\s[^<>]*)?/?>", re.I)
UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")
_STYLE_LENGTH = 500

_markdown = MarkdownIt("commonmark").enable("table")


def sanitise(html: str, adjust: Callable[[str, str, str], str | None] | None = None) -> str:
    """Keep prose, drop everything that could run, frame or imitate. `adjust` sees each address that stays."""

    def keep(tag: str, attribute: str, value: str) -> str | None:
        if attribute == "style":
            return "; ".join(_STYLE.findall(value[:_STYLE_LENGTH])) or None
        if attribute == "class":
            found = _LANGUAGE_CLASS.search(value)
            return found.group() if found else None
        if attribute in _ADDRESSES and adjust is not None and tag in TAGS:
            return adjust(tag, attribute, value)
        return value

    return nh3.clean(
        _UNWRAPPED.sub("", UNWRITABLE.sub("", html)),
        tags=set(TAGS),
        clean_content_tags=set(_UNREAD),
        attributes=ATTRIBUTES,
        attribute_filter=keep,
        url_schemes=set(SCHEMES),
        link_rel="noopener noreferrer",
    )


def from_markdown(source: str) -> str:
    """Markdown as sanitised HTML."""
    return sanitise(_markdown.render(source))


def addresses(html: str) -> list[str]:
    """Where the links of HTML lead, and where its pictures come from, as it would be shown."""
    found: list[str] = []

    def note(_tag: str, attribute: str, value: str) -> str:
        if attribute != "cite":  # nobody sees it
            found.append(value)
        return value

    sanitise(html, note)
    return found


def addresses_in_markdown(source: str) -> list[str]:
    """The same of Markdown."""
    return addresses(_markdown.render(source))


def without_pictures(source: str) -> str:
    """Markdown of people who aren't authors, as sanitised HTML: a picture from elsewhere would tell who looks at it."""
    return sanitise(_markdown.render(source), lambda tag, _attribute, value: None if tag == "img" else value)


def inline_from_markdown(source: str) -> str:
    """One line of Markdown as sanitised HTML, such as an option of a question."""
    return sanitise(_markdown.renderInline(source))
