"""What is missing or unkind in a course before learners get it. Some of it stands in the way, some is advice."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from learncraft.authoring.models import LessonDraft, ModuleDraft
from learncraft.authoring.shapes import DraftBlock, LessonText, block_of
from learncraft.courses.media_models import VideoStatus

HARD_TO_READ = 30  # Flesch's reading ease; below it a text is for specialists
FEWEST_WORDS = 100  # a shorter text has no level to speak of
_LESSON_LINK = re.compile(r"lesson\?id=([0-9a-fA-F-]{36})")
_FILE_LINK = re.compile(r"/media/([0-9a-fA-F-]{36})")
_SILENT_PICTURE = re.compile(r"!\[\s*\]\(|<img(?![^>]*\balt\s*=\s*[\"'][^\"'])[^>]*>", re.I)
_SENTENCE_END = re.compile(r"[.!?]+(?:\s|$)")
_WORD = re.compile(r"[A-Za-z']+")
_VOWELS = re.compile(r"[aeiouy]+")


@dataclass(frozen=True, slots=True)
class Found:
    """One thing to look at."""

    sentence: str
    is_blocking: bool
    lesson_id: UUID | None = None
    block_id: str | None = None


@dataclass(frozen=True, slots=True)
class _Known:
    """What the course's lessons may refer to."""

    lessons: frozenset[str]
    files: frozenset[str]
    videos: dict[UUID, tuple[str, bool]]  # how its stream stands, and whether its words can be read
    questions: dict[UUID, int]
    parts: tuple[tuple[UUID, UUID, str], ...]  # what belongs to a lesson: itself, the lesson, its title


def of_course(session: Session, course_id: UUID) -> list[Found]:
    """All that the checklist finds in a working copy, what stands in the way first. Two queries."""
    rows = session.execute(
        select(LessonDraft.id, LessonDraft.content)
        .join(ModuleDraft, ModuleDraft.id == LessonDraft.module_id)
        .where(
            ModuleDraft.course_id == course_id,
            ModuleDraft.deleted_at.is_(None),
            ModuleDraft.is_published,
            LessonDraft.deleted_at.is_(None),
            LessonDraft.is_published,
        )
        .order_by(ModuleDraft.order_index, LessonDraft.order_index)
    ).all()
    if not rows:
        return [Found("There is no lesson yet that learners may see. Add one, or show a hidden one.", is_blocking=True)]
    known = _known(session, course_id)
    texts = {key: LessonText.model_validate(content) for key, content in rows}
    found = [one for key, said in texts.items() for one in _of_lesson(key, said, known)]
    found += _unreached(texts, known)
    return sorted(found, key=lambda one: not one.is_blocking)


def reading_ease(prose: str) -> float | None:
    """How easily an English text reads, from about 0 to 100; None when it is too short to say.

    R. Flesch, "A new readability yardstick", Journal of Applied Psychology 32 (1948):
    206.835 - 1.015 words/sentences - 84.6 syllables/words. Syllables are counted as groups of vowels.
    """
    words = _WORD.findall(prose)
    if len(words) < FEWEST_WORDS:
        return None
    sentences = max(1, len(_SENTENCE_END.findall(prose)))
    syllables = sum(max(1, len(_VOWELS.findall(word.lower().removesuffix("e")))) for word in words)
    return 206.835 - 1.015 * len(words) / sentences - 84.6 * syllables / len(words)


_REFERRED_TO = text(
    """
    WITH mine AS (
        SELECT l.id, l.deleted_at IS NULL AND m.deleted_at IS NULL AS is_living
        FROM lesson_drafts l JOIN module_drafts m ON m.id = l.module_id WHERE m.course_id = :course_id
    )
    SELECT 'lesson' AS kind, id, NULL::uuid AS lesson_id, '' AS title, '' AS state, 0 AS amount
    FROM mine WHERE is_living
    UNION ALL SELECT 'file', id, NULL, '', '', 0 FROM uploaded_files WHERE course_id = :course_id
    UNION ALL
    SELECT 'video', v.id, v.lesson_id, v.title, v.status::text,
        (coalesce(v.transcript, '') <> '' OR EXISTS (SELECT FROM video_captions c WHERE c.video_id = v.id))::int
    FROM videos v JOIN mine ON mine.id = v.lesson_id
    UNION ALL
    SELECT 'quiz', a.id, a.lesson_id, a.title, '',
        (SELECT count(*) FROM questions q WHERE q.assessment_id = a.id AND q.retired_at IS NULL)
        + (SELECT coalesce(sum(d.question_count), 0) FROM assessment_draws d WHERE d.assessment_id = a.id)
    FROM assessments a JOIN mine ON mine.id = a.lesson_id
    """
)


def _known(session: Session, course_id: UUID) -> _Known:
    rows = session.execute(_REFERRED_TO, {"course_id": course_id}).all()
    return _Known(
        lessons=frozenset(str(row.id) for row in rows if row.kind == "lesson"),
        files=frozenset(str(row.id) for row in rows if row.kind == "file"),
        videos={row.id: (row.state, bool(row.amount)) for row in rows if row.kind == "video"},
        questions={row.id: row.amount for row in rows if row.kind == "quiz"},
        parts=tuple(
            (row.id, row.lesson_id, row.title)
            for row in rows
            if row.kind == "video" or (row.kind == "quiz" and row.amount)
        ),
    )


def _of_lesson(lesson_id: UUID, said: LessonText, known: _Known) -> Iterator[Found]:
    if not any(block.type != "section" for block in said.blocks):
        yield Found(f"“{said.title}” is empty. Write it, hide it or delete it.", is_blocking=True, lesson_id=lesson_id)
        return
    for block in said.blocks:
        for sentence, is_blocking in _of_block(block, known):
            yield Found(f"“{said.title}”: {sentence}", is_blocking, lesson_id, block.id)
    prose = " ".join(block.text for block in said.blocks if block.type in ("markdown", "callout"))
    ease = reading_ease(prose)
    if ease is not None and ease < HARD_TO_READ:
        yield Found(
            f"“{said.title}” reads hard (Flesch {ease:.0f} of 100). Shorter sentences and words help.",
            is_blocking=False,
            lesson_id=lesson_id,
        )


def _of_block(block: DraftBlock, known: _Known) -> Iterator[tuple[str, bool]]:
    match block.type:
        case "quiz" if block.assessment_id is not None and not known.questions.get(block.assessment_id, 0):
            yield "a quiz has no question yet. Write one, or take the block out.", True
        case "video" if block.video_id is not None:
            yield from _of_video(known.videos.get(block.video_id))
        case "image" | "file" if block.file_id is not None and str(block.file_id) not in known.files:
            yield "a file that it shows isn't there any more. Choose another, or take the block out.", False
        case "image" if block.file_id is not None and not block.alt.strip():
            yield "a picture has no description for those who don't see it. Say what it shows.", False
        case _ if block_of(block) is None:
            yield f"an unfinished block ({block.type}) will be left out.", False
    words = block.text + block.html
    if _SILENT_PICTURE.search(words):
        yield "a picture in its text has no description for those who don't see it. Say what it shows.", False
    for kind, pattern, there in (("lesson", _LESSON_LINK, known.lessons), ("file", _FILE_LINK, known.files)):
        for target in pattern.findall(words):
            if target.lower() not in there:
                yield f"a link leads to a {kind} that isn't in the course.", False


def _of_video(found: tuple[str, bool] | None) -> Iterator[tuple[str, bool]]:
    if found is None:
        yield "a video isn't there any more. Choose another, or take the block out.", True
        return
    state, has_words = found
    if state == VideoStatus.FAILED:
        yield "a video can't be played. Files and video says why; upload it again, or take the block out.", True
    elif state != VideoStatus.READY:
        yield "a video isn't ready yet. Wait until its stream is made, or see Files and video.", False
    if not has_words:
        yield "a video has no captions or transcript. Add them on Files and video.", False


def _unreached(texts: dict[UUID, LessonText], known: _Known) -> Iterator[Found]:
    """What belongs to a lesson, and stands in none of its blocks: nobody would get to it."""
    shown = {key for said in texts.values() for block in said.blocks for key in (block.video_id, block.assessment_id)}
    for key, lesson_id, title in known.parts:
        if lesson_id in texts and key not in shown:
            sentence = (
                f"“{texts[lesson_id].title}”: “{title}” stands in no block, so nobody gets to it. Add one for it."
            )
            yield Found(sentence, is_blocking=False, lesson_id=lesson_id)
