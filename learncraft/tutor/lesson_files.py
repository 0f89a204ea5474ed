"""Files that lessons show or link to, as documents.

Reading a file takes seconds, so it is done between transactions: `changed` says which are to be read, `read` reads
them, and `document` makes of one what is written with the lessons.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from learncraft.courses import files
from learncraft.courses.blocks import CalloutBlock, FileBlock, HtmlBlock, LessonContent, MarkdownBlock
from learncraft.courses.media_models import UploadedFile
from learncraft.courses.models import Course, Lesson, Module
from learncraft.courses.teaching import CoInstructor
from learncraft.tutor import file_text, indexing
from learncraft.tutor.chunking import Source
from learncraft.tutor.file_text import Part, UnreadableFileError
from learncraft.tutor.models import EmbeddedContent
from learncraft.tutor.sources import Document

READER_VERSION = 1  # raise it when file_reader reads the same file differently
_MEDIA = re.compile(r"/media/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/")


@dataclass(frozen=True, slots=True)
class LessonFile:
    """A file of words that a lesson has."""

    id: UUID
    kind: str
    name: str
    storage_path: str
    content_hash: str
    lesson_id: UUID
    lesson_title: str
    course_id: UUID
    language: str
    block_id: str | None

    @property
    def document(self) -> Document:
        """It as it is known by, before it is read."""
        return Document(
            EmbeddedContent.FILE,
            self.id,
            self.language,
            (),
            course_id=self.course_id,
            lesson_id=self.lesson_id,
            stamp=hashlib.sha256(
                f"{READER_VERSION} {self.content_hash} {self.name} {self.lesson_title} {self.block_id}".encode()
            ).hexdigest(),
        )


@dataclass(frozen=True, slots=True)
class FileWords:
    """What is to be read in a file, or why there is nothing."""

    parts: tuple[Part, ...] = ()
    problem: str | None = None


ReadFiles = dict[str, FileWords]


def of_lessons(session: Session, lesson_ids: Sequence[UUID]) -> list[LessonFile]:
    """The files of some lessons: those of their own course, or of those who teach it. Two queries.

    A link to anybody else's file makes nothing findable: who links may not be allowed to read it.
    """
    helpers = select(func.array_agg(CoInstructor.user_id)).where(CoInstructor.course_id == Course.id).scalar_subquery()
    lessons = session.execute(
        select(
            Lesson.id,
            Lesson.title,
            Lesson.content,
            Lesson.resources,
            Course.id.label("course_id"),
            Course.language,
            func.array_prepend(Course.instructor_id, helpers).label("teachers"),
        )
        .join(Module, Module.id == Lesson.module_id)
        .join(Course, Course.id == Module.course_id)
        .where(Lesson.id.in_(lesson_ids), Course.deleted_at.is_(None))
    ).all()
    named = {row.id: dict(_named(LessonContent.model_validate(row.content), row.resources)) for row in lessons}
    rows = session.scalars(
        select(UploadedFile).where(
            UploadedFile.id.in_({key for keys in named.values() for key in keys}),
            or_(
                UploadedFile.course_id.in_({row.course_id for row in lessons}),
                UploadedFile.uploader_id.in_({person for row in lessons for person in row.teachers}),
            ),
        )
    )
    known = {row.id: row for row in rows}
    return [
        LessonFile(
            key,
            kind,
            file.original_filename.rpartition("/")[2],
            file.storage_path,
            file.content_hash,
            row.id,
            row.title,
            row.course_id,
            row.language,
            block_id,
        )
        for row in lessons
        for key, block_id in named[row.id].items()
        if (file := known.get(key)) is not None
        and (file.course_id == row.course_id or file.uploader_id in row.teachers)
        and (kind := file_text.kind_of(file.original_filename, file.mime_type)) is not None
    ]


def _named(content: LessonContent, resources: list[dict[str, Any]]) -> Iterator[tuple[UUID, str | None]]:
    """The files that a lesson names, each with the block where; the last one of several is the place."""
    for resource in resources:
        yield from ((UUID(key), None) for key in _MEDIA.findall(resource["url"]))
    for block in content.blocks:
        match block:
            case FileBlock(file_id=file_id):
                yield file_id, block.id
            case HtmlBlock(html=said) | MarkdownBlock(text=said) | CalloutBlock(text=said):
                yield from ((UUID(key), block.id) for key in _MEDIA.findall(said))


def changed(session: Session, found: Sequence[LessonFile], model: str) -> list[LessonFile]:
    """Those of the files whose chunks aren't of what they hold."""
    wanted = {
        (one.content_id, one.lesson_id) for one in indexing.changed(session, [one.document for one in found], model)
    }
    return [file for file in found if (file.id, file.lesson_id) in wanted]


def read(files_dir: Path, found: Iterable[LessonFile]) -> ReadFiles:
    """What is to be read in files, by the hash of their bytes. No session: this may take a minute and more."""
    words: ReadFiles = {}
    for file in found:
        if file.content_hash in words:
            continue
        try:
            path = files.path_of(files_dir, file.storage_path)
            words[file.content_hash] = FileWords(tuple(file_text.read(path, file.kind)))
        except UnreadableFileError as reason:
            words[file.content_hash] = FileWords(problem=str(reason))
    return words


def document(file: LessonFile, words: FileWords) -> Document:
    """The file with its texts: a page or a slide each."""
    above = ((0, file.lesson_title), (0, file.name))
    sources = tuple(
        Source(part.text, (*above, (0, part.title)) if part.title else above, file.block_id, is_markdown=True)
        for part in words.parts
    )
    return replace(file.document, sources=sources)
