"""HTML of lessons: what may stand in it. Sanitised before it is stored, and once more when it is shown."""

from __future__ import annotations

import nh3
from markdown_it import MarkdownIt

TAGS = frozenset(
    "h1 h2 h3 h4 h5 h6 p br hr div span section article aside header footer main blockquote q cite address "
    "ul ol li dl dt dd table caption colgroup col thead tbody tfoot tr th td figure figcaption img "
    "a b strong i em u s del ins mark small sub sup abbr dfn time var samp kbd code pre bdi bdo ruby rt rp wbr "
    "details summary".split()
)
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
STYLES = {"text-align", "width", "max-width"}
SCHEMES = frozenset({"http", "https", "mailto", "asset"})

_markdown = MarkdownIt("commonmark", {"html": False}).enable("table")


def sanitise(source: str) -> str:
    """The same HTML with only prose left: no script, style sheet, frame, form, handler or odd address."""
    return nh3.clean(
        source,
        tags=set(TAGS),
        attributes=ATTRIBUTES,
        url_schemes=set(SCHEMES),
        filter_style_properties=STYLES,
        link_rel="noopener noreferrer",
    )


def from_markdown(source: str) -> str:
    """Markdown as sanitised HTML; HTML inside it is shown as text."""
    return sanitise(_markdown.render(source))
