"""What to do next, and why: from results, from what was begun, and from what comes after what is finished."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from learncraft import sql
from learncraft.accounts.viewer import Viewer
from learncraft.tutor.inert import one_line
from learncraft.tutor.retrieval import Passage

MOST = 3


@dataclass(frozen=True, slots=True)
class Step:
    """A lesson of a course that somebody is in, with what speaks for it."""

    course_id: UUID
    course: str
    module_id: UUID
    lesson_id: UUID
    lesson: str
    is_begun: bool
    finished: int  # lessons of the course
    lessons: int
    before: str | None  # an unfinished lesson that comes before this one, which is begun
    quiz: str | None  # the assessment of it that isn't passed
    best_percent: float | None
    passing_score: float | None


def steps(session: Session, viewer: Viewer, course_id: UUID | None = None) -> list[Step]:
    """What the viewer might do next in their courses, or in one, the most urgent first. One query."""
    rows = session.execute(
        text(sql.text("tutor/next_steps")), {"viewer_id": viewer.id, "course_id": course_id, "most": MOST}
    )
    return [Step(*row) for row in rows]


def next_course(session: Session, viewer: Viewer) -> str:
    """The course that builds on one that the viewer has finished, in a sentence; empty if none does. One query."""
    row = session.execute(text(sql.text("tutor/builds_on_finished")), {"viewer_id": viewer.id}).first()
    if row is None:
        return ""
    return f"You finished {one_line(row.finished)}: **{one_line(row.title)}** in the catalogue builds on it."


def reason(step: Step) -> str:
    """Why, in a sentence that names the lesson. Pure."""
    lesson, course = one_line(step.lesson), one_line(step.course)
    if step.quiz is not None and step.best_percent is not None and step.passing_score is not None:
        return (
            f"Read **{lesson}** again, then try “{one_line(step.quiz)}” once more: your best result is "
            f"{step.best_percent:.0f} %, and {step.passing_score:.0f} % are needed."
        )
    done = f"{step.finished} of {step.lessons} lessons of {course} are finished"
    if step.before is not None:
        return f"Finish **{lesson}** first: “{one_line(step.before)}”, which you have begun, builds on it."
    if step.is_begun:
        return f"Go on with **{lesson}**: you have begun it, and {done}."
    return f"Go on with **{lesson}**: it comes next, and {done}."


def as_passages(found: Iterable[Step]) -> tuple[Passage, ...]:
    """The steps as sources that can be cited: each leads to its lesson."""
    return tuple(
        Passage(
            embedding_id=one.lesson_id,
            course_id=one.course_id,
            course_title=one.course,
            module_id=one.module_id,
            lesson_id=one.lesson_id,
            lesson_title=one.lesson,
            content_type="lesson",
            block_id=None,
            headings=(),
            text=reason(one),
            start_offset=0,
            end_offset=0,
            start_seconds=None,
            end_seconds=None,
            score=1.0,
        )
        for one in found
    )
