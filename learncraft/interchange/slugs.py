"""Readable names for addresses."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from learncraft.courses.models import Course
from learncraft.courses.naming import slugify

__all__ = ["free_slug", "slugify"]


def free_slug(session: Session, wanted: str) -> str:
    """The wanted slug, or the same with the first free number, for a new course."""
    base = slugify(wanted) or "course"
    taken = set(session.scalars(select(Course.slug).where(Course.slug.startswith(base), Course.deleted_at.is_(None))))
    slug, number = base, 1
    while slug in taken:
        number += 1
        slug = f"{base}-{number}"
    return slug
