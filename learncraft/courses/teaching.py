"""Who teaches a course: its instructor, and those whom the instructor asked to help."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import ColumnElement, Index, UniqueConstraint, literal, or_, select
from sqlalchemy.orm import Mapped, mapped_column

from learncraft.accounts.viewer import Viewer
from learncraft.courses.models import Course
from learncraft.db import Base, CreatedAt, UuidPk, references


class CoInstructor(Base):
    """Somebody who builds a course together with its instructor. One row per course and person."""

    __tablename__ = "course_instructors"
    __table_args__ = (
        UniqueConstraint("course_id", "user_id"),
        Index("ix_course_instructors_user_id", "user_id"),
        Index("ix_course_instructors_added_by", "added_by"),
    )

    id: Mapped[UuidPk]
    course_id: Mapped[UUID] = mapped_column(references("courses.id", on_delete="CASCADE"))
    user_id: Mapped[UUID] = mapped_column(references("users.id", on_delete="CASCADE"), doc="Who helps.")
    added_by: Mapped[UUID | None] = mapped_column(references("users.id", on_delete="SET NULL"), doc="Who asked them.")
    created_at: Mapped[CreatedAt]


def is_taught_by(viewer: Viewer) -> ColumnElement[bool]:
    """Whether the viewer may change a course: as its instructor, as one who helps, or as one who reviews content."""
    if viewer.reviews_content:
        return literal(True)
    if not viewer.teaches:
        return literal(False)
    helped = select(CoInstructor.course_id).where(CoInstructor.user_id == viewer.id)
    return or_(Course.instructor_id == viewer.id, Course.id.in_(helped))
