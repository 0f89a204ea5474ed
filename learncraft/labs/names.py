"""Labs by name, for charts that know them by identifier."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from learncraft.courses.models import Lesson, Module
from learncraft.labs.models import Lab


def lab_names(session: Session, course_id: UUID) -> dict[UUID, str]:
    """The labs of a course in its order."""
    rows = session.execute(
        select(Lab.id, Lab.title)
        .join(Lesson, Lesson.id == Lab.lesson_id)
        .join(Module, Module.id == Lesson.module_id)
        .where(Module.course_id == course_id)
        .order_by(Module.order_index, Lesson.order_index)
    )
    return {row[0]: row[1] for row in rows}
