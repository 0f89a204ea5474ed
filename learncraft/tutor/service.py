"""Bringing the index up to date: lessons, materials, and what was missed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from learncraft import sql
from learncraft.courses.models import Lesson, Module
from learncraft.tutor import indexing, sources
from learncraft.tutor.embedding import Embedder
from learncraft.tutor.indexing import Indexed


def index_lessons(session: Session, files_dir: Path, lesson_ids: Sequence[UUID], embedder: Embedder) -> Indexed:
    """Index what changed in some lessons, and forget what they no longer have. Safe to repeat.

    Raises:
        EmbedderError: the model for vectors doesn't answer.
    """
    documents = sources.of_lessons(session, lesson_ids)
    removed = indexing.remove_others(session, lesson_ids, documents)
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
