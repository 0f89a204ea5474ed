"""What is missing or unkind in one lesson: pure rules on its text, and on what the course has."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from uuid import UUID

from learncraft.authoring import reading_level
from learncraft.authoring.block_names import BLOCKS
from learncraft.authoring.findings import Found
from learncraft.authoring.shapes import DraftBlock, LessonText, block_of
from learncraft.courses import contrast, embeds
from learncraft.courses.media_models import VideoStatus
from learncraft.language import _
from learncraft.language.numbers import number

_LESSON_LINK = re.compile(r"lesson\?id=([0-9a-fA-F-]{36})")
_FILE_LINK = re.compile(r"/media/([0-9a-fA-F-]{36})")
_SILENT_PICTURE = re.compile(r"!\[\s*\]\(|<img(?![^>]*\balt\s*=\s*[\"'][^\"'])[^>]*>", re.I)
_PROSE = ("markdown", "callout")


@dataclass(frozen=True, slots=True)
class QuestionText:
    """What a question says in all its parts, where an address stands in it. `id` as its editor names it."""

    where: str  # the title of its assessment, or of the bank that it is drawn from
    id: UUID
    said: str  # Markdown or HTML
    assessment_id: UUID | None = None
    bank_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """What the course's lessons may refer to."""

    language: str
    film: str  # the address of the page that the course shows of itself; empty without one
    lessons: Mapping[str, bool]  # whether learners will see it
    files: frozenset[str]
    pale: Mapping[UUID, tuple[str, float]]  # pictures whose text hardly stands out: name, and contrast
    videos: Mapping[UUID, tuple[str, bool]]  # how its stream stands, and whether its words can be read
    addresses: Mapping[UUID, str]  # of videos that are on other sites
    questions: Mapping[UUID, int]
    idle_labs: frozenset[UUID]  # labs that say nothing of what to do
    asked: tuple[QuestionText, ...]  # questions that name an address
    parts: tuple[tuple[UUID, UUID, str], ...]  # what belongs to a lesson: itself, the lesson, its title


def of_lesson(lesson_id: UUID, said: LessonText, known: Known) -> Iterator[Found]:
    """All that is to be said of one lesson."""
    if not any(block.type != "section" for block in said.blocks):
        sentence = _("“{title}” is empty. Write it, hide it or delete it.", title=said.title)
        yield Found(sentence, is_blocking=True, lesson_id=lesson_id)
        return
    named = _("“{title}”", title=said.title)
    for block in said.blocks:
        for sentence, is_blocking in _of_block(block, known):
            yield Found(f"{named}: {sentence}", is_blocking, lesson_id, block.id)
    prose = " ".join(block.text for block in said.blocks if block.type in _PROSE)
    ease = reading_level.ease(prose, known.language)
    if ease is not None and ease < reading_level.HARD_TO_READ:
        sentence = _(
            "“{title}” reads hard (Flesch {ease} of 100). Shorter sentences and words help.",
            title=said.title,
            ease=f"{ease:.0f}",
        )
        yield Found(sentence, is_blocking=False, lesson_id=lesson_id)


def standing_aside(texts: Mapping[UUID, LessonText], known: Known) -> Iterator[Found]:
    """What belongs to a lesson, and stands in none of its blocks: nobody would get to it."""
    shown = {key for said in texts.values() for block in said.blocks for key in (block.video_id, block.assessment_id)}
    for key, lesson_id, title in known.parts:
        if lesson_id in texts and key not in shown:
            sentence = _(
                "“{lesson}”: “{title}” stands in no block, so nobody gets to it. Add one for it.",
                lesson=texts[lesson_id].title,
                title=title,
            )
            yield Found(sentence, is_blocking=False, lesson_id=lesson_id)


def _of_block(block: DraftBlock, known: Known) -> Iterator[tuple[str, bool]]:
    match block.type:
        case "quiz" if block.assessment_id is not None and not known.questions.get(block.assessment_id, 0):
            yield _("a quiz has no question yet. Write one, or take the block out."), True
        case "video" if block.video_id is not None:
            yield from _of_video(known.videos.get(block.video_id))
        case "image" | "file" if block.file_id is not None and str(block.file_id) not in known.files:
            yield _("a file that it shows isn't there any more. Choose another, or take the block out."), False
        case "image" if block.file_id is not None and not block.alt.strip():
            yield _("a picture has no description for those who don't see it. Say what it shows."), False
        case "lab" if block.lab_id in known.idle_labs:
            yield _("a lab doesn't say yet what to do. Write it, or take the block out."), False
        case "embed" if block_of(block) is not None and embeds.address(block.url) is None:
            yield _not_shown(block.url), False
        case _other if block_of(block) is None:
            kind = BLOCKS[block.type]
            yield _("an unfinished block ({kind}) will be left out. Finish it, or take it out.", kind=kind), False
    if block.type == "image" and block.file_id is not None and block.file_id in known.pale:
        name, ratio = known.pale[block.file_id]
        yield (
            _(
                "the text in the picture {name} has a contrast of {ratio}:1; below {least}:1 it is hard to read. Use "
                "stronger colours.",
                name=name,
                ratio=number(ratio, 2),
                least=number(contrast.LEAST, 1),
            ),
            False,
        )
    yield from _of_words(block.text + block.html, known)


def _of_words(words: str, known: Known) -> Iterator[tuple[str, bool]]:
    if _SILENT_PICTURE.search(words):
        yield _("a picture in its text has no description for those who don't see it. Say what it shows."), False
    for target in _LESSON_LINK.findall(words):
        if target.lower() not in known.lessons:
            yield _("a link leads to a lesson that isn't in the course. Mend it, or take it out."), False
        elif not known.lessons[target.lower()]:
            yield _("a link leads to a lesson that is hidden. Show that lesson, or take the link out."), False
    for target in _FILE_LINK.findall(words):
        if target.lower() not in known.files:
            yield _("a link leads to a file that isn't in the course. Upload it again, or take the link out."), False


def _not_shown(url: str) -> str:
    page = embeds.elsewhere(url)
    if page is None:
        return _(
            "the address of an embedded page can't be shown. Learners are told so. Mend it, or take the block out."
        )
    return _(
        "a page on {host} can't be shown inside a lesson; learners get a link to it. Choose another page, or ask those "
        "who run this site to trust that host.",
        host=page[0],
    )


def _of_video(found: tuple[str, bool] | None) -> Iterator[tuple[str, bool]]:
    if found is None:
        yield _("a video isn't there any more. Choose another, or take the block out."), True
        return
    state, has_words = found
    if state == VideoStatus.FAILED:
        yield _("a video can't be played. Files and video says why; upload it again, or take the block out."), True
        return
    if state != VideoStatus.READY:
        yield _("a video isn't ready yet. Wait until its stream is made, or see Files and video."), False
    if not has_words:
        yield _("a video has no captions or transcript. Add them on Files and video."), False
