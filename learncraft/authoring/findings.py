"""What the checklist says of a working copy: one thing to look at each, and where it is mended."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Found:
    """One thing to look at, and what to do about it. What is blocking must be mended; the rest is advice."""

    sentence: str
    is_blocking: bool
    lesson_id: UUID | None = None
    block_id: str | None = None
    assessment_id: UUID | None = None
    question_id: UUID | None = None
    bank_id: UUID | None = None
    is_of_details: bool = False  # mended where the course says of itself, and on which terms people join
