"""A lesson as it is told to a persona: by other words for all of it, or for some of its blocks. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from learncraft.courses.blocks import (
    CalloutBlock,
    CodeBlock,
    HtmlBlock,
    LessonContent,
    MarkdownBlock,
    SectionBlock,
    VideoBlock,
)

WHOLE_LESSON = "lesson"  # the content_key of a variant that stands for all of a lesson; any other one names a block
_TEXTS = (SectionBlock, MarkdownBlock, HtmlBlock, CalloutBlock, CodeBlock)


@dataclass(frozen=True, slots=True)
class Telling:
    """Other words: those of the whole lesson, or of blocks by their names."""

    whole: LessonContent | None = None
    blocks: Mapping[str, LessonContent] = field(default_factory=dict)


def tellings(variants: list[tuple[str, str, LessonContent]]) -> dict[str, Telling]:
    """The tellings that variants make together: persona, what it stands for, and its words."""
    said: dict[str, dict[str, LessonContent]] = {}
    for persona, stands_for, content in variants:
        said.setdefault(persona, {})[stands_for] = content
    return {
        persona: Telling(one.get(WHOLE_LESSON), {name: words for name, words in one.items() if name != WHOLE_LESSON})
        for persona, one in said.items()
    }


def told(lesson: LessonContent, telling: Telling) -> LessonContent:
    """A lesson with other words. Where all is told anew, what isn't text stays: videos before, the rest after."""
    if telling.whole is None:
        blocks = (
            (telling.blocks[one.id].blocks or (one,)) if one.id in telling.blocks else (one,) for one in lesson.blocks
        )
        return LessonContent(blocks=tuple(block for some in blocks for block in some))
    kept = [one for one in lesson.blocks if not isinstance(one, _TEXTS)]
    videos = tuple(one for one in kept if isinstance(one, VideoBlock))
    return LessonContent(blocks=(*videos, *telling.whole.blocks, *(one for one in kept if one not in videos)))
