"""A file of grades, compared with what stands: a plan first, then all of it or nothing.

The first row names the columns: "E-mail" for the learner, and assessments by their title, as the export writes them. A
cell holds a grade between 0 and 100, or "excused"; an empty cell changes nothing. "Name", "Cohort" and "Total" are
there to be read. What is the same as now isn't set by hand again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from learncraft.accounts.models import User
from learncraft.accounts.viewer import Viewer
from learncraft.assessments.gradebook import files, queries, service
from learncraft.assessments.gradebook.errors import GradebookNotFoundError, ImportRefusedError, InvalidGradeError
from learncraft.assessments.gradebook.queries import Book, Cell, Column
from learncraft.assessments.gradebook.service import NewGrade
from learncraft.enrollment.models import Enrollment
from learncraft.language import _, numbers

LONGEST_SHOWN = 40


@dataclass(frozen=True, slots=True)
class PlannedChange:
    """One grade that the file would set."""

    grade: NewGrade
    learner: str
    email: str
    assessment: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What a file would change, and how many of its grades stand already."""

    changes: tuple[PlannedChange, ...]
    unchanged: int
    learners: int


def plan(session: Session, viewer: Viewer, course_id: UUID, rows: Sequence[Sequence[str]]) -> Plan:
    """Compare a file with the grades of a course; nothing is changed.

    Raises:
        GradebookNotFoundError: the course isn't the viewer's to grade.
        ImportRefusedError: an unknown learner or column, a grade that can't be; the message lists them.
    """
    book = queries.book_of(session, viewer, course_id)
    if book is None:
        raise GradebookNotFoundError
    if len(rows) < 2:
        raise ImportRefusedError(
            [_("The file has no learners. It needs a row of headings and a row for each learner.")]
        )
    place_of_email, columns, problems = _headings(book, rows[0])
    people = _people(session, course_id, [_at(row, place_of_email) for row in rows[1:]])
    problems += _problems_of_learners(rows, place_of_email, people)
    if problems:
        raise ImportRefusedError(problems)
    cells = queries.cells_of(session, book, [learner for learner, _ in people.values()])
    changes: list[PlannedChange] = []
    unchanged = 0
    for number, row in enumerate(rows[1:], 2):
        email = _at(row, place_of_email).lower()
        if not email:
            continue
        learner_id, name = people[email]
        for place, column in columns:
            if not (written := _at(row, place)):
                continue
            grade = _grade(written, learner_id, column)
            if grade is None:
                problems.append(
                    _(
                        "Row {number}, “{column}”: “{written}” is no grade between 0 and 100.",
                        number=number,
                        column=column.heading,
                        written=written[:LONGEST_SHOWN],
                    )
                )
                continue
            cell = cells[learner_id].get(column.id, Cell())
            if _is_the_same(cell, grade):
                unchanged += 1
            else:
                changes.append(
                    PlannedChange(
                        grade, name, email, column.heading, _shown(cell), _in_words(grade.kind, grade.percent)
                    )
                )
    if problems:
        raise ImportRefusedError(problems)
    return Plan(tuple(changes), unchanged, len({change.email for change in changes}))


def apply(
    session: Session, viewer: Viewer, course_id: UUID, rows: Sequence[Sequence[str]], *, previewed: Plan, reason: str
) -> int:
    """Set what the preview showed, all or nothing. Returns how many grades were set.

    Raises:
        ImportRefusedError: grades have changed since the preview, so that the file would do something else.
        InvalidGradeError: no reason.
    """
    service.lock_course(session, viewer, course_id)
    now = plan(session, viewer, course_id, rows)
    if now != previewed:
        raise ImportRefusedError([_("Grades have changed since you looked. Look at the preview again.")])
    service.set_grades(session, viewer, course_id, [change.grade for change in now.changes], reason)
    return len(now.changes)


def _headings(book: Book, row: Sequence[str]) -> tuple[int, list[tuple[int, Column]], list[str]]:
    known = {column.heading: column for column in book.columns}
    email: int | None = None
    columns: list[tuple[int, Column]] = []
    problems = []
    for place, heading in enumerate(row):
        if heading == files.EMAIL and email is None:
            email = place
        elif heading in known:
            columns.append((place, known[heading]))
        elif heading and heading not in files.COMPUTED:
            problems.append(_("No assessment of this course is called “{heading}”.", heading=heading[:LONGEST_SHOWN]))
    counts = Counter(column.heading for _, column in columns)
    problems += [
        _("The column “{heading}” stands there {count} times.", heading=heading, count=count)
        for heading, count in counts.items()
        if count > 1
    ]
    if email is None:
        problems.insert(0, _("There is no column “{heading}”. It names the learners.", heading=files.EMAIL))
    if not columns and not problems:
        problems.append("There is no column of an assessment. Export the grades to see how they are named.")
    return email or 0, columns, problems


def _people(session: Session, course_id: UUID, emails: Sequence[str]) -> dict[str, tuple[UUID, str]]:
    """Learners of the course by their address, which is in small letters."""
    rows = session.execute(
        select(User.email, User.id, User.first_name + " " + User.last_name)
        .join(Enrollment, Enrollment.user_id == User.id)
        .where(
            Enrollment.course_id == course_id,
            Enrollment.status.in_(queries.IN_COURSE),
            User.email.in_({email.lower() for email in emails}),
        )
    )
    return {email: (learner_id, name) for email, learner_id, name in rows}


def _problems_of_learners(rows: Sequence[Sequence[str]], place: int, people: dict[str, tuple[UUID, str]]) -> list[str]:
    problems = []
    seen: set[str] = set()
    for number, row in enumerate(rows[1:], 2):
        email = _at(row, place).lower()
        if not email:
            if any(row):
                problems.append(_("Row {number} names no learner.", number=number))
        elif email not in people:
            problems.append(
                _("Row {number}: “{email}” is no learner of this course.", number=number, email=email[:LONGEST_SHOWN])
            )
        elif email in seen:
            problems.append(_("Row {number}: {email} stands there twice.", number=number, email=email))
        seen.add(email)
    return problems


def _grade(written: str, learner_id: UUID, column: Column) -> NewGrade | None:
    if written.lower() == files.EXCUSED:
        return NewGrade(learner_id, column.id, "excused")
    number = written.removesuffix("%").strip()
    if number.count(",") == 1 and "." not in number:
        number = number.replace(",", ".")
    try:
        return NewGrade(learner_id, column.id, "percent", service.check_percent(Decimal(number)))
    except (InvalidOperation, InvalidGradeError):
        return None


def _is_the_same(cell: Cell, grade: NewGrade) -> bool:
    if grade.kind == "excused":
        return cell.grade.is_excused
    return not cell.grade.is_excused and cell.grade.percent == grade.percent


def _shown(cell: Cell) -> str:
    if cell.grade.is_excused:
        return _in_words("excused", None)
    return _("none") if cell.grade.percent is None else _in_words("percent", cell.grade.percent)


def _in_words(kind: str, percent: Decimal | None) -> str:
    if percent is None:
        return _("excused")
    return f"{numbers.plain_number(percent)} %" if kind == "percent" else kind


def _at(row: Sequence[str], place: int) -> str:
    return row[place] if place < len(row) else ""
