"""What those who grade see: one page of learners at a time, each with all grades and a total."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Literal, cast
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select, text, tuple_
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from learncraft import sql
from learncraft.accounts.models import User
from learncraft.accounts.viewer import Viewer
from learncraft.assessments.gradebook import rules
from learncraft.assessments.gradebook.models import GradeCategory, GradedItem, GradeOverride, GradingScheme
from learncraft.assessments.gradebook.rules import AttemptRule, Category, Grade, Item, Rules, Total
from learncraft.assessments.models import Assessment, AssessmentAttempt, AssessmentType, AttemptStatus
from learncraft.courses.models import Course, Lesson, Module
from learncraft.courses.teaching import is_taught_by
from learncraft.enrollment.models import Enrollment, EnrollmentStatus
from learncraft.enrollment.registration.models import Cohort

PAGE_SIZE = 50
PIECE = 500  # learners read at once for a file
IN_COURSE = (EnrollmentStatus.ACTIVE, EnrollmentStatus.COMPLETED)


Kind = Literal["percent", "excused", "withdrawn"]


class Order(StrEnum):
    """How learners are sorted."""

    NAME = "name"
    NAME_DOWN = "name_down"
    EMAIL = "email"
    TOTAL = "total"
    TOTAL_DOWN = "total_down"


@dataclass(frozen=True, slots=True)
class Column:
    """An assessment of the course. `heading` is its title, made unique: files name it so."""

    id: UUID
    title: str
    heading: str
    assessment_type: AssessmentType


@dataclass(frozen=True, slots=True)
class Book:
    """A course's grades without the learners: its assessments in order, and its rules."""

    course_id: UUID
    course_title: str
    columns: tuple[Column, ...]
    rules: Rules


@dataclass(frozen=True, slots=True)
class Cell:
    """One learner's grade in one assessment."""

    grade: Grade = field(default_factory=Grade)
    attempts: int = 0
    reason: str = ""

    @property
    def is_by_hand(self) -> bool:
        """Whether a person set it."""
        return self.grade.override is not None or self.grade.is_excused


@dataclass(frozen=True, slots=True)
class Row:
    """One learner with all grades."""

    learner_id: UUID
    name: str
    email: str
    cohort: str
    cells: dict[UUID, Cell]
    total: Total


@dataclass(frozen=True, slots=True)
class Filter:
    """Which learners, in which order."""

    search: str = ""
    cohort_id: UUID | None = None
    order: Order = Order.NAME
    page: int = 1


@dataclass(frozen=True, slots=True)
class Shown:
    """One page of learners, and how many there are in all."""

    rows: tuple[Row, ...]
    learners: int
    page: int
    pages: int


@dataclass(frozen=True, slots=True)
class Change:
    """A grade that was set by hand, in its history."""

    kind: Kind
    percent: Decimal | None
    reason: str
    given_by: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class _Person:
    id: UUID
    name: str
    email: str
    cohort: str
    sort_key: tuple[Any, ...] = field(default=())


def book_of(session: Session, viewer: Viewer, course_id: UUID) -> Book | None:
    """The book of a course that the viewer may grade; None otherwise. Four queries."""
    title = session.scalar(
        select(Course.title).where(Course.id == course_id, Course.deleted_at.is_(None), is_taught_by(viewer))
    )
    return open_book(session, course_id, title) if title is not None else None


def open_book(session: Session, course_id: UUID, title: str) -> Book:
    """The book of any course: whoever calls has asked whether that is allowed. Three queries."""
    columns = _columns(session, course_id)
    return Book(course_id, title, columns, _rules(session, course_id, columns))


def shown(session: Session, book: Book, wanted: Filter) -> Shown:
    """One page of learners. At most five queries, whatever their number."""
    if wanted.order in {Order.TOTAL, Order.TOTAL_DOWN}:
        return _by_total(session, book, wanted)
    people = _people(wanted, book.course_id)
    learners = session.scalar(select(func.count()).select_from(people.subquery())) or 0
    pages = max(1, -(-learners // PAGE_SIZE))
    page = min(max(1, wanted.page), pages)
    found = session.execute(people.order_by(*_order(wanted.order)).limit(PAGE_SIZE).offset((page - 1) * PAGE_SIZE))
    return Shown(tuple(_rows(session, book, [_Person(*row) for row in found])), learners, page, pages)


def all_rows(session: Session, book: Book, wanted: Filter) -> Iterator[Row]:
    """Every learner that the filter names, by name, read in pieces: memory stays small."""
    people = _people(wanted, book.course_id).add_columns(User.last_name, User.first_name)
    key = tuple_(User.last_name, User.first_name, User.id)
    after: tuple[Any, ...] | None = None
    while True:
        piece = people if after is None else people.where(key > after)
        found = session.execute(piece.order_by(*_order(Order.NAME)).limit(PIECE)).all()
        if not found:
            return
        *_, last = found
        after = (last.last_name, last.first_name, last.id)
        yield from _rows(session, book, [_Person(*row[:4]) for row in found])


def row_of(session: Session, book: Book, learner_id: UUID) -> Row | None:
    """One learner, if in the course."""
    found = session.execute(_people(Filter(), book.course_id).where(User.id == learner_id)).first()
    return next(iter(_rows(session, book, [_Person(*found)])), None) if found else None


def history_of(session: Session, learner_id: UUID, assessment_id: UUID) -> list[Change]:
    """What was set by hand, the newest first."""
    rows = session.execute(
        select(
            GradeOverride.kind,
            GradeOverride.percent,
            GradeOverride.reason,
            User.first_name + " " + User.last_name,
            GradeOverride.created_at,
        )
        .join(User, User.id == GradeOverride.given_by)
        .where(GradeOverride.user_id == learner_id, GradeOverride.assessment_id == assessment_id)
        .order_by(GradeOverride.id.desc())
    )
    return [Change(cast("Kind", kind), percent, reason, name, moment) for kind, percent, reason, name, moment in rows]


def cohorts_of(session: Session, course_id: UUID) -> dict[UUID, str]:
    """The cohorts of a course by name, the latest first."""
    rows = session.execute(
        select(Cohort.id, Cohort.name).where(Cohort.course_id == course_id).order_by(Cohort.start_date.desc())
    )
    return {row.id: row.name for row in rows}


def cells_of(session: Session, book: Book, learners: Sequence[UUID]) -> dict[UUID, dict[UUID, Cell]]:
    """All grades of some learners. Two queries."""
    ids = [column.id for column in book.columns]
    if not ids or not learners:
        return {}
    attempts = {
        (user, assessment): (percent, count)
        for user, assessment, percent, count in session.execute(_attempts(book.rules.attempt_rule, ids, learners))
    }
    overrides = {
        (one.user_id, one.assessment_id): one
        for one in session.scalars(
            select(GradeOverride)
            .where(GradeOverride.assessment_id.in_(ids), GradeOverride.user_id.in_(learners))
            .ext(distinct_on(GradeOverride.assessment_id, GradeOverride.user_id))
            .order_by(GradeOverride.assessment_id, GradeOverride.user_id, GradeOverride.id.desc())
        )
    }
    cells: dict[UUID, dict[UUID, Cell]] = {learner: {} for learner in learners}
    for key in attempts.keys() | overrides.keys():
        cells[key[0]][key[1]] = _cell(attempts.get(key), overrides.get(key))
    return cells


def _cell(attempted: tuple[Decimal, int] | None, override: GradeOverride | None) -> Cell:
    earned, attempts = attempted or (None, 0)
    if override is None or override.kind == "withdrawn":
        return Cell(Grade(earned), attempts)
    return Cell(Grade(earned, override.percent, override.kind == "excused"), attempts, override.reason)


def _attempts(rule: AttemptRule, assessments: Sequence[UUID], learners: Sequence[UUID]) -> Select[*tuple[Any, ...]]:
    percent = AssessmentAttempt.percent_score
    if rule == AttemptRule.LAST:
        return (
            select(
                AssessmentAttempt.user_id,
                AssessmentAttempt.assessment_id,
                percent,
                func.count().over(partition_by=(AssessmentAttempt.assessment_id, AssessmentAttempt.user_id)),
            )
            .where(*_graded(assessments, learners))
            .ext(distinct_on(AssessmentAttempt.assessment_id, AssessmentAttempt.user_id))
            .order_by(
                AssessmentAttempt.assessment_id, AssessmentAttempt.user_id, AssessmentAttempt.attempt_number.desc()
            )
        )
    counted = func.max(percent) if rule == AttemptRule.BEST else func.round(func.avg(percent), 2)
    return (
        select(AssessmentAttempt.user_id, AssessmentAttempt.assessment_id, counted, func.count())
        .where(*_graded(assessments, learners))
        .group_by(AssessmentAttempt.user_id, AssessmentAttempt.assessment_id)
    )


def _graded(assessments: Sequence[UUID], learners: Sequence[UUID]) -> list[ColumnElement[bool]]:
    return [
        AssessmentAttempt.assessment_id.in_(assessments),
        AssessmentAttempt.user_id.in_(learners),
        AssessmentAttempt.status != AttemptStatus.IN_PROGRESS,
        AssessmentAttempt.percent_score.is_not(None),
    ]


def _columns(session: Session, course_id: UUID) -> tuple[Column, ...]:
    """The assessments that can count, in the order of the course; practice never does."""
    found = session.execute(
        select(Assessment.id, Assessment.title, Assessment.assessment_type)
        .join(Lesson, Lesson.id == Assessment.lesson_id)
        .join(Module, Module.id == Lesson.module_id)
        .where(
            Module.course_id == course_id,
            Assessment.is_published,
            Assessment.assessment_type != AssessmentType.PRACTICE,
        )
        .order_by(Module.order_index, Lesson.order_index, Assessment.created_at, Assessment.id)
    ).all()
    seen: dict[str, int] = {}
    columns = []
    for key, title, kind in found:
        seen[title] = seen.get(title, 0) + 1
        columns.append(Column(key, title, title if seen[title] == 1 else f"{title} ({seen[title]})", kind))
    return tuple(columns)


def _rules(session: Session, course_id: UUID, columns: Sequence[Column]) -> Rules:
    scheme = session.scalar(select(GradingScheme).where(GradingScheme.course_id == course_id))
    categories = session.scalars(
        select(GradeCategory)
        .where(GradeCategory.course_id == course_id)
        .order_by(GradeCategory.order_index, GradeCategory.id)
    )
    places = {
        one.assessment_id: one
        for one in session.scalars(select(GradedItem).where(GradedItem.assessment_id.in_([c.id for c in columns])))
    }
    defaults = Rules()
    return Rules(
        attempt_rule=AttemptRule(scheme.attempt_rule) if scheme else defaults.attempt_rule,
        missing_is_zero=scheme.missing_is_zero if scheme else defaults.missing_is_zero,
        decimals=scheme.decimals if scheme else defaults.decimals,
        categories=tuple(Category(one.id, one.title, one.weight, one.drop_lowest) for one in categories),
        items=tuple(
            Item(column.id, place.category_id, place.weight) if (place := places.get(column.id)) else Item(column.id)
            for column in columns
        ),
    )


def _people(wanted: Filter, course_id: UUID) -> Select[*tuple[Any, ...]]:
    people = (
        select(
            User.id,
            (User.first_name + " " + User.last_name).label("name"),
            User.email,
            func.coalesce(Cohort.name, "").label("cohort"),
        )
        .join(Enrollment, Enrollment.user_id == User.id)
        .outerjoin(Cohort, Cohort.id == Enrollment.cohort_id)
        .where(Enrollment.course_id == course_id, Enrollment.status.in_(IN_COURSE))
    )
    if wanted.cohort_id is not None:
        people = people.where(Enrollment.cohort_id == wanted.cohort_id)
    for word in wanted.search.split():
        people = people.where(
            (User.first_name + " " + User.last_name).icontains(word, autoescape=True)
            | User.email.icontains(word, autoescape=True)
        )
    return people


def _order(order: Order) -> list[ColumnElement[Any]]:
    if order == Order.EMAIL:
        return [User.email.asc(), User.id.asc()]
    if order == Order.NAME_DOWN:
        return [User.last_name.desc(), User.first_name.desc(), User.id.desc()]
    return [User.last_name.asc(), User.first_name.asc(), User.id.asc()]


def _rows(session: Session, book: Book, people: Sequence[_Person]) -> Iterator[Row]:
    cells = cells_of(session, book, [person.id for person in people])
    for person in people:
        own = cells.get(person.id, {})
        made = rules.total(book.rules, {key: cell.grade for key, cell in own.items()})
        yield Row(person.id, person.name, person.email, person.cohort, own, made)


def _by_total(session: Session, book: Book, wanted: Filter) -> Shown:
    """Learners by total: the order is found in the database, the page is made like every other."""
    people = _people(wanted, book.course_id)
    ids = list(session.scalars(people.with_only_columns(User.id)))
    pages = max(1, -(-len(ids) // PAGE_SIZE))
    page = min(max(1, wanted.page), pages)
    places = [
        (item.id, item.weight, number, category.weight, category.drop_lowest)
        for number, (category, items) in enumerate(book.rules.grouped())
        for item in items
    ]
    items, weights, categories, category_weights, drops = ([list(one) for one in zip(*places, strict=True)]) or [[]] * 5
    ordered = session.scalars(
        text(sql.text("postgres/learners_by_total")),
        {
            "items": items,
            "weights": weights,
            "categories": categories,
            "category_weights": category_weights,
            "drops": drops,
            "learners": ids,
            "rule": book.rules.attempt_rule.value,
            "missing_is_zero": book.rules.missing_is_zero,
            "direction": -1 if wanted.order == Order.TOTAL_DOWN else 1,
            "page_size": PAGE_SIZE,
            "before": (page - 1) * PAGE_SIZE,
        },
    )
    place = {key: number for number, key in enumerate(ordered)}
    found = [_Person(*row) for row in session.execute(people.where(User.id.in_(place)))]
    found.sort(key=lambda person: place[person.id])
    return Shown(tuple(_rows(session, book, found)), len(ids), page, pages)
