"""Shows the blocks of a lesson."""

from __future__ import annotations

import html
import re
from functools import lru_cache

import streamlit as st

from learncraft.courses import embeds
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
    VideoBlock,
)
from learncraft.courses.prose import sanitise
from learncraft.enrollment.queries import LessonView
from learncraft.language import _

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


def block(one: Block, lesson: LessonView, *, start: int = 0) -> None:
    """Show one block. Quizzes are the page's own matter. A video begins at the second `start`."""
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
        case VideoBlock(video_id=video_id) if video_id in lesson.videos:
            _video(lesson, video_id, start)
        case _:
            pass


def prose(source: str) -> None:
    """Show HTML of a course, sanitised once more."""
    st.html(f'<div class="lc-prose">{_clean(source)}</div>')


@lru_cache(maxsize=2048)
def _clean(source: str) -> str:
    return sanitise(source)


def _video(lesson: LessonView, video_id: object, start: int) -> None:
    video = lesson.videos[video_id]  # type: ignore[index]
    if video.title:
        st.markdown(f"**{plain(video.title)}**")
    if not video.url:
        words = _("This video is not ready yet.") if video.stream is None else _("This video plays in its lesson.")
        st.info(words, icon=":material/smart_display:")
        return
    if (embed := embeds.youtube(video.url)) is not None:
        st.iframe(f"{embed}?start={start}" if start else embed, height=400, alt=video.title)
        st.caption(_("The video plays from youtube.com. [Open it there]({url})", url=video.url))
    else:
        st.video(video.url, start_time=start)
    if video.transcript:
        with st.expander(_("Transcript"), icon=":material/subtitles:"):
            st.text(video.transcript)


def plain(words: str) -> str:
    """Words that Markdown would read as marks, kept as they are."""
    return re.sub(r"([\\`*_\[\]$:<>#~|])", r"\\\1", words)
