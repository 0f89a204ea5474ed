"""Places in cohorts. A row of cohort_members is a place; the database refuses one too many, whoever asks at once."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from learncraft import background
from learncraft.db import new_id
from learncraft.enrollment.registration.batches import next_batch
from learncraft.enrollment.registration.errors import BatchFullError
from learncraft.enrollment.registration.models import (
    Cohort,
    CohortMember,
    CourseOffering,
    Registration,
    RegistrationStatus,
)
from learncraft.errors import InvalidInputError
from learncraft.language.numbers import number

LAST_BATCH = 9_999


def take(session: Session, *, cohort_id: UUID, user_id: UUID, batch_no: int | None = None) -> bool:
    """Give somebody a place in a cohort, with a batch; False when all are taken. Safe to repeat.

    The cohort's row is locked, so that of two who want the last place the second one sees it taken.
    """
    cohort = session.scalar(select(Cohort).where(Cohort.id == cohort_id, Cohort.is_active).with_for_update())
    if cohort is None:
        return False
    people = dict(
        session.execute(
            select(func.coalesce(CohortMember.batch_no, 0), func.count())
            .where(CohortMember.cohort_id == cohort_id, CohortMember.left_at.is_(None), CohortMember.user_id != user_id)
            .group_by(CohortMember.batch_no)
        ).all()
    )
    if cohort.capacity is not None and sum(people.values()) >= cohort.capacity:
        return False
    batch = batch_no or next_batch(people, cohort.batch_size)
    row = insert(CohortMember).values(id=new_id(), cohort_id=cohort_id, user_id=user_id, batch_no=batch)
    session.execute(
        row.on_conflict_do_update(
            index_elements=["cohort_id", "user_id"],
            set_={"left_at": None, "joined_at": func.now(), "batch_no": batch},
            where=CohortMember.left_at.is_not(None),
        )
    )
    return True


def move(session: Session, *, cohort_id: UUID, user_id: UUID | None, batch_no: int) -> None:
    """Put a member of a cohort into another batch. The cohort's row is locked, as when places are given.

    Raises:
        BatchFullError: the batch has as many as belong into one.
        InvalidInputError: there is no such number, the cohort has no batches, or the person isn't in it.
    """
    cohort = session.scalars(select(Cohort).where(Cohort.id == cohort_id).with_for_update()).one()
    if cohort.batch_size is None:
        raise InvalidInputError("This cohort has no batches. Give it a batch size first.")
    if not 1 <= batch_no <= LAST_BATCH:
        raise InvalidInputError("Batches are numbered from 1 to {most}.", most=number(LAST_BATCH))
    here = select(CohortMember).where(CohortMember.cohort_id == cohort_id, CohortMember.left_at.is_(None))
    member = session.scalar(here.where(CohortMember.user_id == user_id))
    if member is None:
        raise InvalidInputError("This person has no place in the cohort any more.")
    if member.batch_no == batch_no:
        return
    others = here.where(CohortMember.batch_no == batch_no).subquery()
    if (session.scalar(select(func.count()).select_from(others)) or 0) >= cohort.batch_size:
        raise BatchFullError(batch_no, cohort.batch_size)
    member.batch_no = batch_no
    session.flush()


def free(session: Session, *, cohort_id: UUID, user_id: UUID) -> None:
    """Give a place up."""
    session.execute(
        update(CohortMember)
        .where(CohortMember.cohort_id == cohort_id, CohortMember.user_id == user_id, CohortMember.left_at.is_(None))
        .values(left_at=func.now())
    )


def leave_course(session: Session, *, user_id: UUID, course_id: UUID) -> None:
    """Free the places that somebody had in the cohorts of a course; who waits for one moves up by a job."""
    session.execute(
        update(CohortMember)
        .where(
            CohortMember.user_id == user_id,
            CohortMember.left_at.is_(None),
            CohortMember.cohort_id.in_(select(Cohort.id).where(Cohort.course_id == course_id)),
        )
        .values(left_at=func.now())
    )
    session.execute(
        update(Registration)
        .where(
            Registration.user_id == user_id,
            Registration.status == RegistrationStatus.ENROLLED,
            Registration.offering_id.in_(select(CourseOffering.id).where(CourseOffering.course_id == course_id)),
        )
        .values(status=RegistrationStatus.WITHDRAWN)
    )
    ask_to_fill(session, course_id)


def ask_to_fill(session: Session, course_id: UUID) -> None:
    """Let those who wait move up, if the course is offered at all. A job does it: it sees everybody who waits."""
    is_offered = session.scalar(select(CourseOffering.id).where(CourseOffering.course_id == course_id).limit(1))
    if is_offered is not None:
        background.defer(session, "fill_places", unless_waiting=True, course_id=str(course_id))
