"""Which addresses of other sites a working copy names, and where: by the rules of what learners get, without a network.

A hidden lesson, an unfinished block and a variant that nobody sees name nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urldefrag, urlsplit
from uuid import UUID

from learncraft.authoring.lesson_checks import QuestionText
from learncraft.authoring.shapes import Details, DraftBlock, LessonText, block_of
from learncraft.courses import embeds
from learncraft.courses.prose import addresses, addresses_in_markdown

LONGEST = 4_000  # characters; what is longer is no link that somebody follows
_MOST_READ = 20_000  # texts

# What was read of a text, by its hash: a page draws itself anew at every click, and most texts stay as they are.
_read: dict[bytes, tuple[str, ...]] = {}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a link stands."""

    title: str  # of the lesson, assessment or bank; of the course where it says it of itself
    lesson_id: UUID | None = None
    block_id: str | None = None
    assessment_id: UUID | None = None
    question_id: UUID | None = None
    bank_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class OuterLink:
    """One address at one place."""

    address: str
    place: Place


def of_course(
    details: Details,
    lessons: Mapping[UUID, LessonText],
    videos: Mapping[UUID, str],
    questions: Iterable[QuestionText] = (),
    *,
    own_host: str = "",
) -> list[OuterLink]:
    """All links to other sites, in the order of the course; an address that a place names twice is one.

    `videos` says where those are that are on other sites; `own_host`, where this platform is reached: links to it are
    no outer ones.
    """
    found = dict[OuterLink, None]()
    for address in _of_details(details):
        found[OuterLink(address, Place(details.title))] = None
    for lesson_id, said in lessons.items():
        for address, block_id in _of_lesson(said, videos):
            found[OuterLink(address, Place(said.title, lesson_id, block_id))] = None
    for asked in questions:
        place = Place(asked.where, assessment_id=asked.assessment_id, question_id=asked.id, bank_id=asked.bank_id)
        found |= {OuterLink(address, place): None for address in _named(asked.said, addresses_in_markdown)}
    return [link for link in found if not own_host or urlsplit(link.address).hostname != own_host]


def outer(address: str) -> str | None:
    """The address without its fragment, if it leads to another site; None for what stays here, or is no link."""
    tidy = address.strip()
    if tidy.startswith("//"):
        tidy = f"https:{tidy}"
    if not tidy[:8].lower().startswith(("http://", "https://")) or len(tidy) > LONGEST:
        return None
    try:
        return urldefrag(tidy).url
    except ValueError:
        return tidy  # nothing that could be asked, which is said of it later


def _of_details(details: Details) -> Iterator[str]:
    yield from _named(details.description, addresses_in_markdown)
    yield from filter(None, map(outer, (details.preview_video_url, details.thumbnail_url or "")))


def _of_lesson(said: LessonText, videos: Mapping[UUID, str]) -> Iterator[tuple[str, str | None]]:
    blocks = {block.id for block in said.blocks}
    for block in said.blocks:
        for address in _of_block(block, videos):
            yield address, block.id
    for variant in said.variants:
        if variant.is_published:
            at = variant.content_key if variant.content_key in blocks else None
            for block in variant.blocks:
                for address in _of_block(block, videos):
                    yield address, at
    for given in said.resources:
        if (named := outer(given.url)) is not None:
            yield named, None


def _of_block(block: DraftBlock, videos: Mapping[UUID, str]) -> Iterator[str]:
    match block.type:
        case "markdown" | "callout":
            yield from _named(block.text, addresses_in_markdown)
        case "html":
            yield from _named(block.html, addresses)
        case "video" if block.video_id is not None:
            yield from filter(None, [outer(videos.get(block.video_id, ""))])
        case "embed" if block_of(block) is not None and embeds.elsewhere(block.url) is not None:
            yield from filter(None, [outer(block.url)])  # shown as a page, or else as a link


def _named(source: str, read: Callable[[str], list[str]]) -> tuple[str, ...]:
    """The addresses of other sites in a text. Most texts name none, and are seen not to without reading them."""
    if "//" not in source:
        return ()
    key = hashlib.blake2b(source.encode(), key=read.__name__.encode(), digest_size=16).digest()
    if (found := _read.get(key)) is None:
        if len(_read) >= _MOST_READ:
            _read.clear()
        found = _read[key] = tuple(filter(None, map(outer, read(source))))
    return found
