"""Offerings and registrations as pages show them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from learncraft.accounts.models import User
from learncraft.accounts.viewer import Viewer
from learncraft.courses.models import Course, CourseStatus
from learncraft.courses.teaching import is_taught_by
from learncraft.enrollment.registration import states
from learncraft.enrollment.registration.models import (
    Cohort,
    CohortMember,
    CourseOffering,
    ProgramType,
    Registration,
    RegistrationStatus,
)
from learncraft.enrollment.registration.opening_hours import is_only_way, why_closed
from learncraft.enrollment.shapes import RegistrationForm

PAGE_SIZE = 50
MOST_OFFERINGS = 200


@dataclass(frozen=True, slots=True)
class CohortView:
    """A cohort with how many are in it. `free` is None where there is no limit."""

    id: UUID
    name: str
    start_date: date
    end_date: date | None
    capacity: int | None
    batch_size: int | None
    is_active: bool
    members: int

    @property
    def free(self) -> int | None:
        """How many places are left."""
        return None if self.capacity is None else max(0, self.capacity - self.members)


@dataclass(frozen=True, slots=True)
class OfferingView:
    """An offering as it is offered. `closed` says why one can't sign up now; None when one can."""

    id: UUID
    course_id: UUID
    course_slug: str
    course_title: str
    instructor_id: UUID
    instructor: str
    title: str
    description: str
    program_type: ProgramType
    price: Decimal
    opens_at: datetime | None
    closes_at: datetime | None
    needs_review: bool
    is_active: bool
    is_only_way: bool
    form: RegistrationForm
    cohorts: tuple[CohortView, ...]
    closed: str | None

    @property
    def is_full(self) -> bool:
        """Whether no cohort that still takes place has a place left."""
        running = [one for one in self.cohorts if one.is_active]
        return bool(running) and all(one.free == 0 for one in running)


@dataclass(frozen=True, slots=True)
class MyRegistration:
    """A person's own registration. `place_in_line` counts from 1 on the waiting list."""

    id: UUID
    offering_id: UUID
    status: RegistrationStatus
    stage: int
    answers: dict[str, dict[str, Any]]
    email: str
    is_confirmed: bool
    cohort_id: UUID | None
    note: str
    decided_at: datetime | None
    place_in_line: int | None


@dataclass(frozen=True, slots=True)
class OfferingLine:
    """An offering in the list of those who make them."""

    id: UUID
    course_title: str
    title: str
    is_active: bool
    starts: date | None
    capacity: int | None
    places: int
    to_decide: int
    waiting: int
    closes_at: datetime | None


@dataclass(frozen=True, slots=True)
class RegistrationLine:
    """A registration in the list of those who decide."""

    id: UUID
    name: str
    email: str
    status: RegistrationStatus
    cohort: str | None
    cohort_id: UUID | None
    batch_no: int | None
    answers: dict[str, dict[str, Any]]
    is_invited: bool
    is_confirmed: bool
    submitted_at: datetime | None
    created_at: datetime
    note: str


@dataclass(frozen=True, slots=True)
class RegistrationPage:
    """One page of the list; `counts` says how many registrations stand where."""

    lines: tuple[RegistrationLine, ...]
    total: int
    counts: dict[RegistrationStatus, int]


def offering(session: Session, offering_id: UUID) -> OfferingView | None:
    """One offering, if its course is open to everybody or it once was. Two queries."""
    row = session.execute(_offerings().where(CourseOffering.id == offering_id)).first()
    if row is None or row[1].deleted_at is not None or row[1].status == CourseStatus.DRAFT:
        return None
    return _view(row[0], row[1], row[2], _cohorts(session, [offering_id]))


def of_course(session: Session, course_id: UUID) -> list[OfferingView]:
    """What is offered of a course now, the next to begin first. Two queries, one where there is nothing."""
    rows = session.execute(
        _offerings()
        .where(
            CourseOffering.course_id == course_id,
            CourseOffering.is_active,
            or_(
                CourseOffering.registration_closes_at.is_(None),
                CourseOffering.registration_closes_at > func.now(),
            ),
        )
        .order_by(CourseOffering.registration_closes_at.nulls_last(), CourseOffering.id)
        .limit(20)
    ).all()
    if not rows:
        return []
    cohorts = _cohorts(session, [row[0].id for row in rows])
    return [_view(*row, cohorts) for row in rows]


def mine(session: Session, learner_id: UUID, offering_id: UUID) -> MyRegistration | None:
    """A person's last registration for an offering."""
    row = session.execute(
        select(Registration, func.place_in_line(Registration.id))
        .where(Registration.offering_id == offering_id, Registration.user_id == learner_id)
        .order_by(Registration.status.in_(states.ENDED), Registration.created_at.desc())
        .limit(1)
    ).first()
    if row is None:
        return None
    one, place = row
    return MyRegistration(
        id=one.id,
        offering_id=one.offering_id,
        status=one.status,
        stage=one.stage,
        answers=one.answers_json,
        email=one.email,
        is_confirmed=one.email_confirmed_at is not None,
        cohort_id=one.cohort_id,
        note=one.decision_note or "",
        decided_at=one.decided_at,
        place_in_line=place,
    )


def taught(session: Session, viewer: Viewer) -> list[OfferingLine]:
    """The offerings of the viewer's courses, or of all for those who review. One query."""
    counted = (
        select(
            Registration.offering_id,
            func.count().filter(Registration.status == RegistrationStatus.SUBMITTED).label("to_decide"),
            func.count().filter(Registration.status == RegistrationStatus.WAITLISTED).label("waiting"),
            func.count().filter(Registration.status.in_(states.HOLDS_A_PLACE)).label("places"),
        )
        .group_by(Registration.offering_id)
        .subquery()
    )
    starts = (
        select(
            Cohort.offering_id, func.min(Cohort.start_date).label("starts"), func.sum(Cohort.capacity).label("seats")
        )
        .where(Cohort.is_active)
        .group_by(Cohort.offering_id)
        .subquery()
    )
    wanted = (
        select(
            CourseOffering.id,
            Course.title,
            CourseOffering.title,
            CourseOffering.is_active,
            starts.c.starts,
            starts.c.seats,
            func.coalesce(counted.c.places, 0),
            func.coalesce(counted.c.to_decide, 0),
            func.coalesce(counted.c.waiting, 0),
            CourseOffering.registration_closes_at,
        )
        .join(Course, Course.id == CourseOffering.course_id)
        .outerjoin(counted, counted.c.offering_id == CourseOffering.id)
        .outerjoin(starts, starts.c.offering_id == CourseOffering.id)
        .where(Course.deleted_at.is_(None), is_taught_by(viewer))
        .order_by(CourseOffering.is_active.desc(), CourseOffering.created_at.desc())
        .limit(MOST_OFFERINGS)
    )
    return [OfferingLine(*row) for row in session.execute(wanted)]


def taught_offering(session: Session, viewer: Viewer, offering_id: UUID) -> OfferingView | None:
    """One offering of a course that the viewer looks after, drafts too. Two queries."""
    row = session.execute(_offerings().where(CourseOffering.id == offering_id, is_taught_by(viewer))).first()
    if row is None:
        return None
    return _view(row[0], row[1], row[2], _cohorts(session, [offering_id]))


def registrations(
    session: Session,
    offering_id: UUID,
    *,
    status: RegistrationStatus | None = None,
    search: str = "",
    page: int = 1,
) -> RegistrationPage:
    """One page of an offering's registrations, the longest waiting first. Ask `taught_offering` before. Three queries.

    Somebody else's registrations aren't there, whoever asks: the database doesn't show them.
    """
    counts = dict(
        session.execute(
            select(Registration.status, func.count())
            .where(Registration.offering_id == offering_id)
            .group_by(Registration.status)
        ).all()
    )
    member = (CohortMember.cohort_id == Registration.cohort_id) & (CohortMember.user_id == Registration.user_id)
    found = (
        select(Registration, Cohort.name, CohortMember.batch_no, User.first_name, User.last_name)
        .outerjoin(Cohort, Cohort.id == Registration.cohort_id)
        .outerjoin(CohortMember, member)
        .outerjoin(User, User.id == Registration.user_id)
        .where(Registration.offering_id == offering_id)
    )
    if status is not None:
        found = found.where(Registration.status == status)
    if wanted := search.strip():
        said = func.concat_ws(
            " ", Registration.email, Registration.first_name, Registration.last_name, User.first_name, User.last_name
        )
        found = found.where(said.icontains(wanted, autoescape=True))
    total = session.scalar(select(func.count()).select_from(found.with_only_columns(Registration.id).subquery())) or 0
    rows = session.execute(
        found.order_by(func.coalesce(Registration.submitted_at, Registration.created_at), Registration.id)
        .limit(PAGE_SIZE)
        .offset((page - 1) * PAGE_SIZE)
    )
    return RegistrationPage(tuple(_line(*row) for row in rows), total, counts)


def _line(
    one: Registration, cohort: str | None, batch_no: int | None, first: str | None, last: str | None
) -> RegistrationLine:
    name = " ".join(filter(None, (first or one.first_name, last or one.last_name)))
    return RegistrationLine(
        id=one.id,
        name=name,
        email=one.email,
        status=one.status,
        cohort=cohort,
        cohort_id=one.cohort_id,
        batch_no=batch_no,
        answers=one.answers_json,
        is_invited=one.invited_at is not None,
        is_confirmed=one.email_confirmed_at is not None,
        submitted_at=one.submitted_at,
        created_at=one.created_at,
        note=one.decision_note or "",
    )


def _offerings() -> Select[CourseOffering, Course, User]:
    return (
        select(CourseOffering, Course, User)
        .join(Course, Course.id == CourseOffering.course_id)
        .join(User, User.id == Course.instructor_id)
    )


def _cohorts(session: Session, offering_ids: list[UUID]) -> dict[UUID, list[CohortView]]:
    members = (
        select(func.count())
        .where(CohortMember.cohort_id == Cohort.id, CohortMember.left_at.is_(None))
        .correlate(Cohort)
        .scalar_subquery()
    )
    rows = session.execute(
        select(Cohort, members)
        .where(Cohort.offering_id.in_(offering_ids))
        .order_by(Cohort.start_date, Cohort.name, Cohort.id)
    )
    found: dict[UUID, list[CohortView]] = {}
    for one, count in rows:
        assert one.offering_id is not None
        found.setdefault(one.offering_id, []).append(
            CohortView(
                one.id,
                one.name,
                one.start_date,
                one.end_date,
                one.capacity,
                one.batch_size,
                one.is_active,
                count or 0,
            )
        )
    return found


def _view(one: CourseOffering, course: Course, teacher: User, cohorts: dict[UUID, list[CohortView]]) -> OfferingView:
    return OfferingView(
        id=one.id,
        course_id=course.id,
        course_slug=course.slug,
        course_title=course.title,
        instructor_id=teacher.id,
        instructor=teacher.full_name,
        title=one.title,
        description=one.description or "",
        program_type=one.program_type,
        price=one.price,
        opens_at=one.registration_opens_at,
        closes_at=one.registration_closes_at,
        needs_review=one.needs_review,
        is_active=one.is_active,
        is_only_way=is_only_way(course),
        form=RegistrationForm.model_validate(one.form),
        cohorts=tuple(cohorts.get(one.id, [])),
        closed=why_closed(one, course, datetime.now(UTC)),
    )
