"""What a lesson shows of its lab."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from learncraft.labs.models import Lab, LabDifficulty
from learncraft.labs.shapes import SuccessCriteria


@dataclass(frozen=True, slots=True)
class LabView:
    """A lab as who learns reads it; what checks and solves it stays out."""

    id: UUID
    title: str
    description: str
    minutes: int
    difficulty: LabDifficulty
    instructions: str
    criteria: tuple[str, ...]  # what has to hold, in words
    starter_files: dict[str, str]


def of_lesson(session: Session, lesson_id: UUID) -> LabView | None:
    """The lab of a lesson. Whether the lesson is the viewer's to read is asked where it is read."""
    lab = session.scalar(select(Lab).where(Lab.lesson_id == lesson_id))
    if lab is None:
        return None
    return LabView(
        lab.id,
        lab.title,
        lab.description or "",
        lab.duration_minutes,
        lab.difficulty,
        lab.instructions,
        tuple(one.title for one in SuccessCriteria.model_validate(lab.success_criteria).root),
        dict(lab.starter_files or {}),
    )
