"""Readable names for addresses."""

from __future__ import annotations

import re
import unicodedata

from sqlalchemy import select
from sqlalchemy.orm import Session

from learncraft.courses.models import Course


def slugify(title: str) -> str:
    """Lower-case letters and digits joined by hyphens; empty when nothing of the title can be kept."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")[:80].strip("-")


def free_slug(session: Session, wanted: str) -> str:
    """The wanted slug, or the same with the first free number, for a new course."""
    base = slugify(wanted) or "course"
    taken = set(session.scalars(select(Course.slug).where(Course.slug.startswith(base), Course.deleted_at.is_(None))))
    slug, number = base, 1
    while slug in taken:
        number += 1
        slug = f"{base}-{number}"
    return slug
