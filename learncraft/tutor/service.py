"""Bringing the index up to date: a lesson, a course, a material."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from learncraft.courses.models import Lesson, Module
from learncraft.tutor import indexing, sources
from learncraft.tutor.embedding import Embedder
from learncraft.tutor.indexing import Indexed


def index_lessons(session: Session, lesson_ids: list[UUID], embedder: Embedder) -> Indexed:
    """Index what changed in some lessons, and forget what they no longer have.

    Raises:
        EmbedderError: the model for vectors doesn't answer.
    """
    documents = sources.of_lessons(session, lesson_ids)
    removed = indexing.remove_others(session, lesson_ids, documents)
    return indexing.write(session, documents, embedder) + Indexed(removed=removed)


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
