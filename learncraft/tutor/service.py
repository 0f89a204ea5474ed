"""Bringing the index up to date: lessons, materials, and what was missed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from learncraft import sql
from learncraft.courses.models import Lesson, Module
from learncraft.db import Database
from learncraft.tutor import indexing, lesson_files, sources
from learncraft.tutor.embedding import Embedder
from learncraft.tutor.indexing import Indexed
from learncraft.tutor.lesson_files import ReadFiles

# Two who index the same lesson take turns, or both would write its chunks.
_TAKE_TURNS = text(
    "SELECT pg_advisory_xact_lock(hashtext('index ' || lesson)) FROM unnest(CAST(:ids AS text[])) AS lesson"
)


def index_lessons(database: Database, files_dir: Path, lesson_ids: Sequence[UUID], embedder: Embedder) -> Indexed:
    """Index what changed in some lessons and their files, and forget what they no longer have. Safe to repeat.

    Files are read between two transactions, as that may take a minute. One that changes meanwhile is left to the job
    that follows from its change.

    Raises:
        EmbedderError: the model for vectors doesn't answer.
    """
    with database.reading() as session:
        found = lesson_files.of_lessons(session, lesson_ids)
        to_read = lesson_files.changed(session, found, embedder.name)
    words = lesson_files.read(files_dir, to_read)
    return database.run(lambda session: write_lessons(session, lesson_ids, embedder, words))


def write_lessons(
    session: Session, lesson_ids: Sequence[UUID], embedder: Embedder, words: ReadFiles | None = None
) -> Indexed:
    """Index lessons in the caller's transaction, with the words of those of their files that were read.

    Raises:
        EmbedderError: the model for vectors doesn't answer.
    """
    session.execute(_TAKE_TURNS, {"ids": sorted(str(key) for key in lesson_ids)})
    documents = sources.of_lessons(session, lesson_ids)
    shown = lesson_files.of_lessons(session, lesson_ids)
    removed = indexing.remove_others(session, lesson_ids, [*documents, *(file.document for file in shown)])
    for file in lesson_files.changed(session, shown, embedder.name):
        read = (words or {}).get(file.content_hash)
        if read is not None and read.problem is not None:
            indexing.refuse(session, file.document, embedder.name, f"{file.name}: {read.problem}")
        elif read is not None:
            documents.append(lesson_files.document(file, read))
    return indexing.write(session, documents, embedder) + Indexed(removed=removed)


def index_material(session: Session, material_id: UUID, embedder: Embedder) -> Indexed:
    """Index a study material, or forget it when its owner has put it away. Safe to repeat.

    Raises:
        EmbedderError: the model for vectors doesn't answer.
    """
    documents = sources.of_material(session, material_id)
    if not documents:
        return Indexed(removed=indexing.remove_material(session, material_id))
    return indexing.write(session, documents, embedder)


def missed(session: Session, embedder: Embedder, *, most: int) -> list[UUID]:
    """Lessons whose chunks aren't those of what they say now."""
    rows = session.execute(text(sql.text("tutor/missed")), {"model": embedder.name, "most": most})
    return [row.lesson_id for row in rows]


def lessons_of(session: Session, course_id: UUID) -> list[UUID]:
    """The lessons of a course in order, published or not."""
    return list(
        session.scalars(
            select(Lesson.id)
            .join(Module, Module.id == Lesson.module_id)
            .where(Module.course_id == course_id)
            .order_by(Module.order_index, Lesson.order_index)
        )
    )
