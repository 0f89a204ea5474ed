"""Cohorts by name and by their people, for charts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from learncraft.enrollment.models import Enrollment
from learncraft.enrollment.registration.models import Cohort


@dataclass(frozen=True, slots=True)
class CohortName:
    """A cohort in words."""

    id: UUID
    name: str
    start_date: date


def cohort_names(session: Session, course_id: UUID) -> list[CohortName]:
    """The cohorts of a course, the latest first."""
    rows = session.execute(
        select(Cohort.id, Cohort.name, Cohort.start_date)
        .where(Cohort.course_id == course_id)
        .order_by(Cohort.start_date.desc(), Cohort.id)
    )
    return [CohortName(*row) for row in rows]


def people_of_cohorts(session: Session, course_id: UUID) -> dict[UUID, tuple[UUID, ...]]:
    """Who takes the course with which cohort now. Whoever changed it counts with all of their past. One query."""
    rows = session.execute(
        select(Enrollment.cohort_id, Enrollment.user_id)
        .where(Enrollment.course_id == course_id, Enrollment.cohort_id.is_not(None))
        .order_by(Enrollment.user_id)
    )
    found: dict[UUID, list[UUID]] = {}
    for cohort_id, user_id in rows:
        assert cohort_id is not None
        found.setdefault(cohort_id, []).append(user_id)
    return {key: tuple(people) for key, people in found.items()}
