"""What stands in the address of a page, read with care."""

from __future__ import annotations

from uuid import UUID

ASSESSMENT_EDITOR = "pages/teach/assessment.py"
FILES_PAGE = "pages/teach/files.py"


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


def place_in_lesson(lesson_id: UUID, *, block: str | None = None, seconds: float | None = None) -> dict[str, str]:
    """What leads to the place of a note: a lesson, one of its blocks, or a second of a video in it."""
    found = {"id": str(lesson_id), "note": "1"}
    if block:
        found["block"] = block
    if seconds is not None:
        found["t"] = str(int(seconds))
    return found


def files_of(course_id: UUID, lesson_id: UUID | None = None) -> dict[str, str]:
    """What leads to the files and videos of a course; with a lesson, films that are uploaded there become its own.

    `st.page_link(FILES_PAGE, query_params=files_of(course.id))`.
    """
    lesson = {"lesson": str(lesson_id)} if lesson_id else {}
    return {"course": str(course_id), **lesson}
