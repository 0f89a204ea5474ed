"""Shows the blocks of a lesson."""

from __future__ import annotations

import html
import re
from functools import lru_cache

import streamlit as st

from learncraft.courses.blocks import (
    Block,
    CalloutBlock,
    CodeBlock,
    FileBlock,
    HtmlBlock,
    ImageBlock,
    LessonContent,
    MarkdownBlock,
    SectionBlock,
)
from learncraft.courses.prose import sanitise

_CALLOUTS = {"note": st.info, "tip": st.success, "warning": st.warning}
_CALLOUT_ICONS = {"note": ":material/info:", "tip": ":material/lightbulb:", "warning": ":material/warning:"}


def parts(content: LessonContent) -> list[tuple[str, list[Block]]]:
    """The lesson cut at its sections: (title, blocks) for each part. One part when it has no sections."""
    cut: list[tuple[str, list[Block]]] = []
    for block in content.blocks:
        if isinstance(block, SectionBlock):
            cut.append((block.title, []))
        else:
            if not cut:
                cut.append(("", []))
            cut[-1][1].append(block)
    return cut or [("", [])]


def block(one: Block) -> None:
    """Show one block of words or pictures. Quizzes, labs, videos and other sites are the page's own matter."""
    match one:
        case MarkdownBlock(text=text):
            st.markdown(text)
        case HtmlBlock(html=source):
            prose(source)
        case CodeBlock(language=language, code=code):
            st.code(code, language=language or None)
        case CalloutBlock(kind=kind, text=text):
            _CALLOUTS[kind](text, icon=_CALLOUT_ICONS[kind])
        case ImageBlock(file_id=file_id, alt=alt, caption=caption):
            figure = f'<img src="/media/{file_id}/image" alt="{html.escape(alt)}">'
            prose(f"<figure>{figure}<figcaption>{html.escape(caption)}</figcaption></figure>")
        case FileBlock(file_id=file_id, title=title):
            prose(f'<a href="/media/{file_id}/{html.escape(title)}" download>{html.escape(title)}</a>')
        case _:
            pass


def prose(source: str) -> None:
    """Show HTML of a course, sanitised once more."""
    st.html(f'<div class="lc-prose">{_clean(source)}</div>')


@lru_cache(maxsize=2048)
def _clean(source: str) -> str:
    return sanitise(source)


def plain(words: str) -> str:
    """Words that Markdown would read as marks, kept as they are."""
    return re.sub(r"([\\`*_\[\]$:<>#~|])", r"\\\1", words)
