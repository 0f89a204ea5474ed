"""How blocks look, as sanitised HTML, while they are being written."""

from __future__ import annotations

import html
from collections.abc import Callable

from learncraft.authoring import as_read
from learncraft.authoring.shapes import DraftBlock
from learncraft.courses import embeds
from learncraft.courses.prose import sanitise
from learncraft.language import _


def shown(block: DraftBlock) -> str:
    """One block as HTML that may be put into a page; empty where only its editor has something to show."""
    make = _SHOWN.get(block.type)
    return make(block) if make else ""


def _section(block: DraftBlock) -> str:
    return f"<h2>{html.escape(block.title)}</h2>" if block.title else ""


def _code(block: DraftBlock) -> str:
    return f"<pre><code>{html.escape(block.code)}</code></pre>" if block.code else ""


def _image(block: DraftBlock) -> str:
    if block.file_id is None:
        return ""
    caption = f"<figcaption>{html.escape(block.caption)}</figcaption>" if block.caption else ""
    source = f"/media/{block.file_id}/image"
    return sanitise(f'<figure><img src="{source}" alt="{html.escape(block.alt)}">{caption}</figure>')


def _embed(block: DraftBlock) -> str:
    if not block.url:
        return ""
    address = embeds.address(block.url)
    if address is None:
        words = html.escape(
            _("This address can't be embedded. Sites that can: {sites}.", sites=embeds.sites()), quote=False
        )
        if (page := embeds.elsewhere(block.url)) is None:
            return f"<p>{words}</p>"
        link = html.escape(_("Learners get a link to the page on {host}", host=page[0]), quote=False)
        return sanitise(f'<p>{words} <a href="{html.escape(page[1])}">{link}</a>.</p>')
    return f"<p>{html.escape(_('Shows {address}', address=address))}</p>"


_SHOWN: dict[str, Callable[[DraftBlock], str]] = {
    "section": _section,
    "markdown": lambda block: as_read.shown(block.text),
    "callout": lambda block: as_read.shown(block.text),
    "html": lambda block: sanitise(block.html),
    "code": _code,
    "image": _image,
    "embed": _embed,
}
