"""A learner's own grades in one course, with how the total is made of them."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from learncraft.assessments.gradebook import queries, rules
from learncraft.assessments.gradebook.queries import Cell
from learncraft.assessments.gradebook.rules import Rules, Total
from learncraft.assessments.models import Assessment
from learncraft.courses.models import Course
from learncraft.enrollment.models import Enrollment


@dataclass(frozen=True, slots=True)
class OwnGrades:
    """What one learner may see: titles and grades by assessment, the rules, the total."""

    course_title: str
    titles: dict[UUID, str]
    cells: dict[UUID, Cell]
    rules: Rules
    total: Total


def of_learner(session: Session, learner_id: UUID, slug: str) -> OwnGrades | None:
    """The learner's grades in a course that they are or were in; none that is still held back. Eight queries."""
    course = session.execute(
        select(Course.id, Course.title)
        .join(Enrollment, Enrollment.course_id == Course.id)
        .where(Course.slug == slug, Course.deleted_at.is_(None), Enrollment.user_id == learner_id)
    ).first()
    if course is None:
        return None
    book = queries.open_book(session, course.id, course.title)
    held = set(
        session.scalars(
            select(Assessment.id).where(
                Assessment.id.in_([column.id for column in book.columns]),
                Assessment.grades_held,
                Assessment.grades_released_at.is_(None),
            )
        )
    )
    found = queries.cells_of(session, book, [learner_id]).get(learner_id, {})
    cells = {key: cell for key, cell in found.items() if key not in held}
    made = rules.total(book.rules, {key: cell.grade for key, cell in cells.items()})
    return OwnGrades(course.title, {column.id: column.heading for column in book.columns}, cells, book.rules, made)
