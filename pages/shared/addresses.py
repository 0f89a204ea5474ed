"""What stands in the address of a page, read with care."""

from __future__ import annotations

from uuid import UUID

ASSESSMENT_EDITOR = "pages/teach/assessment.py"


def uuid_of(text: str | None) -> UUID | None:
    """The identifier that an address holds, or None when it holds none."""
    try:
        return UUID(text or "")
    except ValueError:
        return None


def of_assessment_editor(*, assessment_id: UUID | None = None, lesson_id: UUID | None = None) -> dict[str, str]:
    """The address's query of ASSESSMENT_EDITOR: an assessment to write, or the lesson that a new one is for."""
    if assessment_id is not None:
        return {"id": str(assessment_id)}
    return {} if lesson_id is None else {"lesson": str(lesson_id)}
