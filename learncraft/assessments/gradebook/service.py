"""What those who grade do: set the rules, set a grade by hand, take a file of grades."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from uuid import UUID

from sqlalchemy import delete, insert, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from learncraft.accounts.viewer import Viewer
from learncraft.assessments.gradebook import queries
from learncraft.assessments.gradebook.errors import (
    GradebookNotFoundError,
    InvalidGradeError,
    NotInGradebookError,
)
from learncraft.assessments.gradebook.models import GradeCategory, GradedItem, GradeOverride, GradingScheme
from learncraft.assessments.gradebook.queries import Kind
from learncraft.assessments.gradebook.rules import HUNDRED, NOTHING, AttemptRule, Rules
from learncraft.courses.models import Course
from learncraft.courses.teaching import is_taught_by
from learncraft.db import new_id
from learncraft.enrollment.models import Enrollment
from learncraft.errors import ChangedSinceError

CENT = Decimal("0.01")
LONGEST_REASON = 2_000
MOST_WEIGHT = Decimal(100_000)


@dataclass(frozen=True, slots=True)
class CategoryDraft:
    """A category as its editor wants it; a new one has no identifier yet."""

    title: str
    weight: Decimal
    drop_lowest: int = 0
    id: UUID | None = None


@dataclass(frozen=True, slots=True)
class ItemDraft:
    """An assessment's place; the category goes by its title."""

    assessment_id: UUID
    category: str | None
    weight: Decimal = Decimal(1)


@dataclass(frozen=True, slots=True)
class SchemeDraft:
    """All rules of a course as their editor wants them."""

    attempt_rule: AttemptRule
    missing_is_zero: bool
    decimals: int
    categories: Sequence[CategoryDraft] = ()
    items: Sequence[ItemDraft] = ()


@dataclass(frozen=True, slots=True)
class NewGrade:
    """A grade to set by hand."""

    learner_id: UUID
    assessment_id: UUID
    kind: Kind
    percent: Decimal | None = None


def set_scheme(session: Session, viewer: Viewer, course_id: UUID, draft: SchemeDraft, *, seen: Rules) -> None:
    """Write all rules of a course at once. The course's row is locked, so that two editors don't mix.

    Raises:
        GradebookNotFoundError: the course isn't the viewer's to grade.
        InvalidGradeError: a rule can't be; the message says which.
        ChangedSinceError: somebody else changed the rules since they were seen.
    """
    lock_course(session, viewer, course_id)
    _check_scheme(draft)
    if queries.open_book(session, course_id, "").rules != seen:
        raise ChangedSinceError
    scheme = session.scalar(select(GradingScheme).where(GradingScheme.course_id == course_id))
    scheme = scheme or GradingScheme(id=new_id(), course_id=course_id)
    scheme.attempt_rule, scheme.missing_is_zero = draft.attempt_rule.value, draft.missing_is_zero
    scheme.decimals = draft.decimals
    session.add(scheme)
    session.flush()
    titles = _write_categories(session, course_id, draft.categories)
    known = {column.id for column in queries.open_book(session, course_id, "").columns}
    for item in draft.items:
        if item.assessment_id not in known:
            raise NotInGradebookError
        row = upsert(GradedItem).values(
            id=new_id(),
            assessment_id=item.assessment_id,
            category_id=titles[item.category.strip()] if item.category else None,
            weight=item.weight,
        )
        session.execute(
            row.on_conflict_do_update(
                index_elements=["assessment_id"],
                set_={"category_id": row.excluded.category_id, "weight": row.excluded.weight},
            )
        )


def set_grade(session: Session, viewer: Viewer, course_id: UUID, grade: NewGrade, reason: str) -> None:
    """Set one learner's grade by hand; the history keeps who did it and why.

    Raises:
        GradebookNotFoundError: the course isn't the viewer's to grade.
        NotInGradebookError: the learner or the assessment isn't in it.
        InvalidGradeError: no reason, or no grade between 0 and 100.
    """
    set_grades(session, viewer, course_id, [grade], reason)


def set_grades(session: Session, viewer: Viewer, course_id: UUID, grades: Sequence[NewGrade], reason: str) -> None:
    """Set many grades for one reason, all or none; see `set_grade`."""
    lock_course(session, viewer, course_id)
    said = reason.strip()
    if not said:
        raise InvalidGradeError("Say why the grade is set by hand: the learner reads it.")
    if len(said) > LONGEST_REASON:
        raise InvalidGradeError("The reason is longer than {most} characters. Say it shorter.", most=LONGEST_REASON)
    known = {column.id for column in queries.open_book(session, course_id, "").columns}
    learners = set(
        session.scalars(
            select(Enrollment.user_id).where(
                Enrollment.course_id == course_id,
                Enrollment.user_id.in_({grade.learner_id for grade in grades}),
                Enrollment.status.in_(queries.IN_COURSE),
            )
        )
    )
    if any(grade.assessment_id not in known or grade.learner_id not in learners for grade in grades):
        raise NotInGradebookError
    rows = [
        {
            "id": new_id(),
            "user_id": grade.learner_id,
            "assessment_id": grade.assessment_id,
            "kind": grade.kind,
            "percent": check_percent(grade.percent) if grade.kind == "percent" else None,
            "reason": said,
            "given_by": viewer.id,
        }
        for grade in grades
    ]
    if rows:
        session.execute(insert(GradeOverride), rows)


def check_percent(percent: Decimal | None) -> Decimal:
    """A grade to 0.01.

    Raises:
        InvalidGradeError: it isn't between 0 and 100.
    """
    if percent is None or not percent.is_finite() or not NOTHING <= percent <= HUNDRED:
        raise InvalidGradeError("Give a grade between 0 and 100 percent.")
    return percent.quantize(CENT, rounding=ROUND_HALF_EVEN)


def lock_course(session: Session, viewer: Viewer, course_id: UUID) -> None:
    """Keep others from changing the course's grades until the transaction ends.

    Raises:
        GradebookNotFoundError: the course isn't the viewer's to grade.
    """
    course = session.scalar(
        select(Course.id)
        .where(Course.id == course_id, Course.deleted_at.is_(None), is_taught_by(viewer))
        .with_for_update(key_share=True)
    )
    if course is None:
        raise GradebookNotFoundError


def _write_categories(session: Session, course_id: UUID, drafts: Sequence[CategoryDraft]) -> dict[str, UUID]:
    known = {one.id: one for one in session.scalars(select(GradeCategory).where(GradeCategory.course_id == course_id))}
    kept = {draft.id for draft in drafts if draft.id in known}
    gone = [key for key in known if key not in kept]
    session.execute(delete(GradeCategory).where(GradeCategory.id.in_(gone)))
    for key in kept:
        if key is not None:
            known[key].title = f"{known[key].title[:60]} {key}"  # two may change names with each other
    session.flush()
    titles: dict[str, UUID] = {}
    for place, draft in enumerate(drafts):
        category = known[draft.id] if draft.id in kept and draft.id is not None else None
        if category is None:
            category = GradeCategory(id=new_id(), course_id=course_id)
            session.add(category)
        category.title, category.weight = draft.title.strip(), draft.weight
        category.drop_lowest, category.order_index = draft.drop_lowest, place
        titles[category.title] = category.id
    session.flush()
    return titles


def _check_scheme(draft: SchemeDraft) -> None:
    titles = [category.title.strip() for category in draft.categories]
    if "" in titles:
        raise InvalidGradeError("Give each category a name.")
    if any(len(title) > 100 for title in titles):
        raise InvalidGradeError("The name of a category has at most 100 characters.")
    if twice := [title for title, count in Counter(titles).items() if count > 1]:
        raise InvalidGradeError("Two categories are called “{title}”. Give each its own name.", title=twice[0])
    for category in draft.categories:
        if not category.weight.is_finite() or not NOTHING < category.weight <= MOST_WEIGHT:
            raise InvalidGradeError("The weight of “{title}” must be more than 0.", title=category.title)
        if not 0 <= category.drop_lowest <= 1000:
            raise InvalidGradeError(
                "“{title}” can drop 0 or more of the lowest grades, not fewer.", title=category.title
            )
    if draft.decimals not in {0, 1, 2}:
        raise InvalidGradeError("A total has 0, 1 or 2 decimals.")
    for item in draft.items:
        if not item.weight.is_finite() or not NOTHING <= item.weight <= MOST_WEIGHT:
            raise InvalidGradeError("The weight of an assessment is 0 or more.")
        if item.category and item.category.strip() not in titles:
            raise InvalidGradeError("There is no category “{title}”. Choose one of the list.", title=item.category)
