"""Names of lessons in addresses."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select, union_all
from sqlalchemy.orm import Session

from learncraft.authoring.models import LessonDraft
from learncraft.courses.models import Lesson
from learncraft.courses.naming import slugify


def free_in(taken: Collection[str], title: str, *, otherwise: str = "lesson") -> str:
    """A name made of a title that nobody has."""
    base = slugify(title) or otherwise
    slug, number = base, 1
    while slug in taken:
        number += 1
        slug = f"{base}-{number}"
    return slug


def taken_in_module(session: Session, module_id: UUID) -> set[str]:
    """The names in a module, of what learners see and of what is worked on."""
    return set(
        session.scalars(
            union_all(
                select(Lesson.slug).where(Lesson.module_id == module_id),
                select(LessonDraft.slug).where(LessonDraft.module_id == module_id),
            )
        )
    )
