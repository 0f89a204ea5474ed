"""Texts become chunks: short enough to be one thing, cut at headings and sentences, each knowing where it is.

Pure: what a chunk says is always `source.text[start:end]`.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from semantic_text_splitter import MarkdownSplitter, TextSplitter

SIZE = 1_000  # characters
OVERLAP = 200
MOST_HEADINGS = 6

_HEADING = re.compile(r"^ {0,3}(#{1,6})[ \t]+(.+?)[ \t]*#*[ \t]*$", re.MULTILINE)
_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})[^\n]*\n.*?(?:^ {0,3}\1[`~]*[ \t]*$|\Z)", re.MULTILINE | re.DOTALL)
_MARKS = re.compile(r"[*_`]{1,3}(?=\S)|(?<=\S)[*_`]{1,3}|\[([^\]]*)\]\([^)]*\)")


@dataclass(frozen=True, slots=True)
class Source:
    """One text to cut: a block of a lesson, the words of a video, a page of a file.

    `headings` lead to it, each with its level; the lesson's title is of level 0. `seconds` are the times of a
    transcript: (offset, second), in order.
    """

    text: str
    headings: tuple[tuple[int, str], ...] = ()
    block_id: str | None = None
    seconds: tuple[tuple[int, float], ...] = ()
    is_markdown: bool = False


@dataclass(frozen=True, slots=True)
class Chunk:
    """A stretch of a source: `text` is the source's from `start` to `end`."""

    text: str
    headings: tuple[str, ...]
    block_id: str | None
    start: int
    end: int
    start_seconds: float | None = None
    end_seconds: float | None = None


def cut(source: Source) -> list[Chunk]:
    """The chunks of a source in order. They overlap within a section; a text without words has none."""
    return [chunk for section in _sections(source) for chunk in _cut_section(source, *section)]


def _cut_section(source: Source, start: int, end: int, headings: tuple[str, ...]) -> Iterator[Chunk]:
    for offset, piece in _splitter(source.is_markdown).chunk_indices(source.text[start:end]):
        if not any(letter.isalnum() for letter in piece):
            continue
        first, last = start + offset, start + offset + len(piece)
        began, ended = _times(source.seconds, first, last)
        yield Chunk(piece, headings, source.block_id, first, last, began, ended)


def headings_at_end(source: Source) -> tuple[tuple[int, str], ...]:
    """The headings that what follows the source stands under."""
    paths = [path for _, path in _headings(source)]
    return paths[-1] if paths else source.headings


def _sections(source: Source) -> Iterator[tuple[int, int, tuple[str, ...]]]:
    """The stretches between headings, each with the headings above it."""
    begin, path = 0, source.headings
    for place, following in _headings(source):
        if source.text[begin:place].strip():
            yield begin, place, _titles(path)
        begin, path = place, following
    if source.text[begin:].strip():
        yield begin, len(source.text), _titles(path)


def _headings(source: Source) -> Iterator[tuple[int, tuple[tuple[int, str], ...]]]:
    """Where each heading of a Markdown text begins, and the headings that hold from there."""
    if not source.is_markdown:
        return
    path = source.headings
    fences = [found.span() for found in _FENCE.finditer(source.text)]
    for found in _HEADING.finditer(source.text):
        if any(first <= found.start() < last for first, last in fences):
            continue  # a comment of a program
        level = len(found[1])
        path = (*((above, title) for above, title in path if above < level), (level, plain_heading(found[2])))
        yield found.start(), path


def _titles(path: tuple[tuple[int, str], ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(title for _, title in path if title))[:MOST_HEADINGS]


def plain_heading(text: str) -> str:
    """A heading without its marks of Markdown."""
    return _MARKS.sub(lambda found: found[1] or "", text).strip()


def _times(seconds: tuple[tuple[int, float], ...], start: int, end: int) -> tuple[float | None, float | None]:
    """When a stretch of a transcript is said: from its first line to the beginning of the next one after it."""
    if not seconds:
        return None, None
    offsets = [offset for offset, _ in seconds]
    first = max(bisect_right(offsets, start) - 1, 0)
    after = bisect_right(offsets, end - 1)
    began = seconds[first][1]
    return began, max(began, seconds[min(after, len(seconds) - 1)][1])


@lru_cache(maxsize=2)
def _splitter(is_markdown: bool) -> MarkdownSplitter | TextSplitter:
    return (MarkdownSplitter if is_markdown else TextSplitter)(SIZE, overlap=OVERLAP)
