"""What is missing or unkind in a course before learners get it. Some of it stands in the way, some is advice."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from learncraft.assessments.models import Assessment, Question
from learncraft.authoring.models import LessonDraft, ModuleDraft
from learncraft.authoring.shapes import DraftBlock, LessonText, block_of
from learncraft.courses.models import UploadedFile, Video

HARD_TO_READ = 30  # Flesch's reading ease; below it a text is for specialists
FEWEST_WORDS = 100  # a shorter text has no level to speak of
_LESSON_LINK = re.compile(r"lesson\?id=([0-9a-fA-F-]{36})")
_FILE_LINK = re.compile(r"/files/([0-9a-fA-F-]{36})")
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
    captioned: frozenset[UUID]
    questions: dict[UUID, int]


def of_course(session: Session, course_id: UUID) -> list[Found]:
    """All that the checklist finds in a working copy, what stands in the way first. Five queries."""
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
    found = [one for key, content in rows for one in _of_lesson(key, LessonText.model_validate(content), known)]
    return sorted(found, key=lambda one: not one.is_blocking)


def reading_ease(text: str) -> float | None:
    """How easily an English text reads, from about 0 to 100; None when it is too short to say.

    R. Flesch, "A new readability yardstick", Journal of Applied Psychology 32 (1948):
    206.835 - 1.015 words/sentences - 84.6 syllables/words. Syllables are counted as groups of vowels.
    """
    words = _WORD.findall(text)
    if len(words) < FEWEST_WORDS:
        return None
    sentences = max(1, len(_SENTENCE_END.findall(text)))
    syllables = sum(max(1, len(_VOWELS.findall(word.lower().removesuffix("e")))) for word in words)
    return 206.835 - 1.015 * len(words) / sentences - 84.6 * syllables / len(words)


def _known(session: Session, course_id: UUID) -> _Known:
    in_course = select(LessonDraft.id).join(ModuleDraft).where(ModuleDraft.course_id == course_id)
    living = in_course.where(LessonDraft.deleted_at.is_(None), ModuleDraft.deleted_at.is_(None))
    questions = session.execute(
        select(Assessment.id, func.count(Question.id))
        .outerjoin(Question, (Question.assessment_id == Assessment.id) & Question.retired_at.is_(None))
        .where(Assessment.lesson_id.in_(in_course))
        .group_by(Assessment.id)
    )
    captioned = select(Video.id).where(Video.lesson_id.in_(in_course), func.coalesce(Video.transcript, "") != "")
    return _Known(
        lessons=frozenset(str(key) for key in session.scalars(living)),
        files=frozenset(
            str(key) for key in session.scalars(select(UploadedFile.id).where(UploadedFile.course_id == course_id))
        ),
        captioned=frozenset(session.scalars(captioned)),
        questions=dict(questions),
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
        case "video" if block.video_id is not None and block.video_id not in known.captioned:
            yield "a video has no captions or transcript.", False
        case "image" if block.file_id is not None and not block.alt.strip():
            yield "a picture has no description for those who don't see it.", False
        case _ if block_of(block) is None:
            yield f"an unfinished block ({block.type}) will be left out.", False
    words = block.text + block.html
    for kind, pattern, there in (("lesson", _LESSON_LINK, known.lessons), ("file", _FILE_LINK, known.files)):
        for target in pattern.findall(words):
            if target.lower() not in there:
                yield f"a link leads to a {kind} that isn't in the course.", False
