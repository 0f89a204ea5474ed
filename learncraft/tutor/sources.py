"""What there is to find answers in: everything that a lesson says, and what a person brought, as texts to cut."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from learncraft.courses.blocks import (
    Block,
    CalloutBlock,
    CodeBlock,
    HtmlBlock,
    ImageBlock,
    LessonContent,
    MarkdownBlock,
    SectionBlock,
    VideoBlock,
)
from learncraft.courses.media_models import Video
from learncraft.courses.models import Course, Lesson, LessonVariant, Module
from learncraft.labs.models import Lab
from learncraft.study.models import ContentChunk, StudyMaterial
from learncraft.tutor import plain_text
from learncraft.tutor.chunking import Source, headings_at_end
from learncraft.tutor.models import EmbeddedContent


@dataclass(frozen=True, slots=True)
class Document:
    """One content with all its texts: a lesson, a video, a lab, a material. It is indexed as a whole, or not at all."""

    content_type: EmbeddedContent
    content_id: UUID
    language: str
    sources: tuple[Source, ...]
    course_id: UUID | None = None
    lesson_id: UUID | None = None
    owner_id: UUID | None = None
    persona_key: str | None = None
    stamp: str = ""  # stands for texts that aren't read unless they changed

    @property
    def key(self) -> tuple[str, UUID, str | None]:
        """What it is known by among all contents."""
        return self.content_type.value, self.content_id, self.persona_key

    def fingerprint(self, model: str) -> str:
        """A hash of all that its chunks are made of: the same one means that there is nothing to do."""
        digest = hashlib.sha256(f"{plain_text.VERSION} {model} {self.language} {self.lesson_id} {self.stamp}".encode())
        for source in () if self.stamp else self.sources:
            digest.update(repr((source.text, source.headings, source.block_id, source.seconds)).encode())
        return digest.hexdigest()


@dataclass(frozen=True, slots=True)
class _Lesson:
    """A lesson as its texts are made from it."""

    id: UUID
    course_id: UUID
    language: str
    title: str
    description: str
    objectives: list[str]
    resources: list[dict[str, Any]]
    content: LessonContent

    @property
    def top(self) -> tuple[tuple[int, str], ...]:
        return ((0, self.title),)


def of_lessons(session: Session, lesson_ids: Sequence[UUID]) -> list[Document]:
    """All documents of some lessons, files aside; none of lessons that aren't there. Four queries."""
    rows = session.execute(
        select(
            Lesson.id,
            Module.course_id,
            Course.language,
            Lesson.title,
            func.coalesce(Lesson.description, ""),
            Lesson.learning_objectives,
            Lesson.resources,
            Lesson.content,
        )
        .join(Module, Module.id == Lesson.module_id)
        .join(Course, Course.id == Module.course_id)
        .where(Lesson.id.in_(lesson_ids), Course.deleted_at.is_(None))
    )
    lessons = {row.id: _Lesson(*row[:-1], content=LessonContent.model_validate(row[-1])) for row in rows}
    return [
        *map(_told, lessons.values()),
        *_variants(session, lessons),
        *_videos(session, lessons),
        *_labs(session, lessons),
    ]


def of_material(session: Session, material_id: UUID) -> list[Document]:
    """What a person brought to study, if it is still theirs. Two queries."""
    material = session.execute(
        select(StudyMaterial.user_id, StudyMaterial.title, StudyMaterial.description).where(
            StudyMaterial.id == material_id, StudyMaterial.deleted_at.is_(None)
        )
    ).one_or_none()
    if material is None:
        return []
    chunks = session.execute(
        select(ContentChunk.id, ContentChunk.content, ContentChunk.language)
        .where(ContentChunk.study_material_id == material_id)
        .order_by(ContentChunk.chunk_order)
    ).all()
    top = ((0, material.title),)
    return [
        Document(
            EmbeddedContent.STUDY_MATERIAL,
            material_id,
            next((language for _, _, language in chunks if language), "en"),
            tuple(Source(said, top, block_id=str(key), is_markdown=True) for key, said, _ in chunks),
            owner_id=material.user_id,
        )
    ]


def _told(lesson: _Lesson) -> Document:
    return _document(lesson, EmbeddedContent.LESSON, lesson.id, (*_about(lesson), *_texts(lesson.content, lesson.top)))


def _about(lesson: _Lesson) -> Iterator[Source]:
    """What is said of a lesson outside of its blocks."""
    items = [f"- {one}" for one in (*lesson.objectives, *(one["title"] for one in lesson.resources)) if one]
    said = "\n".join(filter(None, (lesson.description.strip(), *items)))
    if said:
        yield Source(said, lesson.top)


def _texts(content: LessonContent, top: tuple[tuple[int, str], ...]) -> Iterator[Source]:
    """The texts of blocks; what follows a heading stands under it, also in the next block."""
    above = top
    for block in content.blocks:
        if isinstance(block, SectionBlock):
            above = (*top, (0, block.title))
            continue
        source = _text(block, above)
        if source is not None and source.text.strip():
            yield source
            above = headings_at_end(source)


def _text(block: Block, above: tuple[tuple[int, str], ...]) -> Source | None:
    match block:
        case MarkdownBlock(text=said) | CalloutBlock(text=said):
            return Source(said, above, block.id, is_markdown=True)
        case HtmlBlock(html=said):
            return Source(plain_text.of_html(said), above, block.id, is_markdown=True)
        case CodeBlock(code=said):
            return Source(said, above, block.id)
        case ImageBlock(alt=alt, caption=caption):
            return Source("\n".join(filter(None, (alt, caption))), above, block.id)
        case _:
            return None


def text_of(block: Block) -> str:
    """The text that the offsets of a block's chunks count in."""
    source = _text(block, ())
    return source.text if source is not None else ""


def _variants(session: Session, lessons: dict[UUID, _Lesson]) -> Iterator[Document]:
    """What lessons say to each persona, published variants only."""
    rows = session.execute(
        select(LessonVariant.lesson_id, LessonVariant.persona_key, LessonVariant.payload)
        .where(LessonVariant.lesson_id.in_(lessons), LessonVariant.is_published)
        .order_by(LessonVariant.lesson_id, LessonVariant.persona_key, LessonVariant.content_key)
    )
    told: dict[tuple[UUID, str], list[Source]] = {}
    for lesson_id, persona, payload in rows:
        texts = _texts(LessonContent.model_validate(payload), lessons[lesson_id].top)
        told.setdefault((lesson_id, persona), []).extend(texts)
    for (lesson_id, persona), sources in told.items():
        yield _document(lessons[lesson_id], EmbeddedContent.LESSON, lesson_id, sources, persona_key=persona)


def _videos(session: Session, lessons: dict[UUID, _Lesson]) -> Iterator[Document]:
    rows = session.execute(
        select(Video.id, Video.lesson_id, Video.title, Video.transcript)
        .where(Video.lesson_id.in_(lessons), Video.transcript.is_not(None))
        .order_by(Video.id)
    )
    for video_id, lesson_id, title, transcript in rows:
        lesson = lessons[lesson_id]
        said, seconds = plain_text.of_transcript(transcript or "")
        if said:
            shown = (
                one.id for one in lesson.content.blocks if isinstance(one, VideoBlock) and one.video_id == video_id
            )
            source = Source(said, (*lesson.top, (1, title)), next(shown, None), seconds)
            yield _document(lesson, EmbeddedContent.VIDEO, video_id, (source,))


def _labs(session: Session, lessons: dict[UUID, _Lesson]) -> Iterator[Document]:
    """What labs tell to do; never their solutions, nor how they are checked."""
    rows = session.execute(
        select(Lab.id, Lab.lesson_id, Lab.title, Lab.description, Lab.instructions).where(Lab.lesson_id.in_(lessons))
    )
    for lab_id, lesson_id, title, description, instructions in rows:
        above = (*lessons[lesson_id].top, (0, title))
        sources = [Source(said, above, is_markdown=True) for said in (description, instructions) if said]
        yield _document(lessons[lesson_id], EmbeddedContent.LAB, lab_id, sources)


def _document(
    lesson: _Lesson,
    content_type: EmbeddedContent,
    content_id: UUID,
    sources: Iterable[Source],
    *,
    persona_key: str | None = None,
) -> Document:
    return Document(
        content_type,
        content_id,
        lesson.language,
        tuple(sources),
        course_id=lesson.course_id,
        lesson_id=lesson.id,
        persona_key=persona_key,
    )
