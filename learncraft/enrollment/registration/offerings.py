"""Making offerings and their cohorts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from learncraft.accounts.viewer import Viewer
from learncraft.courses.models import Course
from learncraft.courses.teaching import decides_on, taught_course
from learncraft.db import new_id
from learncraft.enrollment.registration import opening_hours, places
from learncraft.enrollment.registration.errors import (
    NotYoursToOfferError,
    NotYoursToPriceError,
    OfferingNotFoundError,
)
from learncraft.enrollment.registration.form import check_form
from learncraft.enrollment.registration.models import Cohort, CourseOffering, ProgramType, Registration
from learncraft.enrollment.shapes import RegistrationForm
from learncraft.errors import ChangedSinceError, InvalidInputError
from learncraft.language.numbers import number

LONGEST_DESCRIPTION = 8_000


@dataclass(frozen=True, slots=True)
class OfferingDraft:
    """An offering as it was typed. `form` is None where it stays as it is."""

    title: str
    description: str = ""
    program_type: ProgramType = ProgramType.COHORT
    price: Decimal = Decimal(0)
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    needs_review: bool = True
    is_active: bool = True
    is_only_way: bool = False  # of the course
    form: RegistrationForm | None = None


@dataclass(frozen=True, slots=True)
class CohortDraft:
    """A cohort as it was typed."""

    name: str
    start_date: date
    end_date: date | None = None
    capacity: int | None = None
    batch_size: int | None = None
    is_active: bool = True


def save(
    session: Session,
    viewer: Viewer,
    draft: OfferingDraft,
    *,
    course_id: UUID,
    offering_id: UUID | None = None,
    seen: OfferingDraft | None = None,
) -> UUID:
    """Make an offering of a course, or change one; returns its identifier. Those who registered keep their answers.

    `seen` is the offering that is changed, as it was opened; with its form, when that is changed.

    Raises:
        ChangedSinceError: somebody else changed the same since it was seen.
        NotYoursToOfferError: the course is somebody else's.
        NotYoursToPriceError: the viewer helps with the course, and this changes its price or who may join.
        OfferingNotFoundError: there is no such offering of the course.
        InvalidInputError: a value can't be kept.
    """
    course = _require_course(session, viewer, course_id)
    title = " ".join(draft.title.split())
    if not 1 <= len(title) <= 255:
        raise InvalidInputError("Give the offering a title of at most 255 characters.")
    if len(draft.description) > LONGEST_DESCRIPTION:
        raise InvalidInputError(
            "The description has room for {most} characters.",
            most=number(LONGEST_DESCRIPTION),
        )
    if draft.price < 0:
        raise InvalidInputError("The price can't be below zero.")
    if draft.opens_at and draft.closes_at and draft.opens_at >= draft.closes_at:
        raise InvalidInputError("Registration has to open before it closes.")
    if offering_id is None:
        offering = CourseOffering(id=new_id(), course_id=course_id, form=[])
        session.add(offering)
    else:
        offering = lock_offering(session, viewer, offering_id)
        _check_seen(drafted(offering, is_only_way=opening_hours.is_only_way(course)), seen, draft)
    is_only_way = opening_hours.is_only_way(course)
    changes_terms = draft.price != (offering.price or 0) or draft.is_only_way != is_only_way
    if changes_terms and not decides_on(viewer, course.instructor_id):
        raise NotYoursToPriceError
    offering.title, offering.description = title, draft.description.strip() or None
    offering.program_type, offering.price = draft.program_type, draft.price
    offering.registration_opens_at, offering.registration_closes_at = draft.opens_at, draft.closes_at
    offering.needs_review, offering.is_active = draft.needs_review, draft.is_active
    if draft.form is not None:
        offering.form = check_form(draft.form).model_dump(mode="json")
    if is_only_way != draft.is_only_way:
        course.extra = {**course.extra, opening_hours.ONLY_WAY: draft.is_only_way}
    session.flush()
    places.ask_to_fill(session, course_id)
    return offering.id


def drafted(offering: CourseOffering, *, is_only_way: bool) -> OfferingDraft:
    """An offering to be changed, with its form."""
    return OfferingDraft(
        title=offering.title,
        description=offering.description or "",
        program_type=offering.program_type,
        price=offering.price or Decimal(0),
        opens_at=offering.registration_opens_at,
        closes_at=offering.registration_closes_at,
        needs_review=offering.needs_review,
        is_active=offering.is_active,
        is_only_way=is_only_way,
        form=RegistrationForm.model_validate(offering.form),
    )


def cohort_drafted(cohort: Cohort) -> CohortDraft:
    """A cohort to be changed."""
    return CohortDraft(
        cohort.name, cohort.start_date, cohort.end_date, cohort.capacity, cohort.batch_size, cohort.is_active
    )


def _check_seen(there: OfferingDraft, seen: OfferingDraft | None, draft: OfferingDraft) -> None:
    facts = [replace(one, form=None) for one in (seen, draft) if one is not None]
    if seen is None or replace(there, form=None) not in facts:
        raise ChangedSinceError
    if draft.form is not None and there.form not in (seen.form, draft.form):
        raise ChangedSinceError


def save_cohort(
    session: Session,
    viewer: Viewer,
    draft: CohortDraft,
    *,
    offering_id: UUID,
    cohort_id: UUID | None = None,
    seen: CohortDraft | None = None,
) -> UUID:
    """Make a cohort of an offering, or change one; returns its identifier. More places let those who wait move up.

    Raises:
        ChangedSinceError: somebody else changed it since it was `seen`.
        NotYoursToOfferError: the course is somebody else's.
        OfferingNotFoundError: there is no such offering, or no such cohort of it.
        InvalidInputError: a value can't be kept.
    """
    offering = lock_offering(session, viewer, offering_id)
    name = " ".join(draft.name.split())
    if not 1 <= len(name) <= 255:
        raise InvalidInputError("Give the cohort a name of at most 255 characters.")
    if draft.end_date is not None and draft.end_date < draft.start_date:
        raise InvalidInputError("The cohort has to begin before it ends.")
    if (draft.capacity is not None and draft.capacity < 1) or (draft.batch_size is not None and draft.batch_size < 1):
        raise InvalidInputError("Places and the size of batches count from 1; leave them empty for no limit.")
    taken = session.scalar(select(Cohort.id).where(Cohort.course_id == offering.course_id, Cohort.name == name))
    if taken is not None and taken != cohort_id:
        raise InvalidInputError("The course has a cohort “{name}” already. Choose another name.", name=name)
    if cohort_id is None:
        cohort = Cohort(id=new_id(), course_id=offering.course_id, offering_id=offering.id)
        session.add(cohort)
    else:
        found = session.scalar(
            select(Cohort).where(Cohort.id == cohort_id, Cohort.offering_id == offering_id).with_for_update()
        )
        if found is None:
            raise OfferingNotFoundError
        cohort = found
        if cohort_drafted(cohort) not in (seen, draft):
            raise ChangedSinceError
    cohort.name, cohort.start_date, cohort.end_date = name, draft.start_date, draft.end_date
    cohort.capacity, cohort.batch_size, cohort.is_active = draft.capacity, draft.batch_size, draft.is_active
    session.flush()
    places.ask_to_fill(session, offering.course_id)
    return cohort.id


def lock_offering(session: Session, viewer: Viewer, offering_id: UUID) -> CourseOffering:
    """An offering of a course that the viewer looks after, locked.

    Raises:
        OfferingNotFoundError: there is none.
        NotYoursToOfferError: the course is somebody else's.
    """
    offering = session.scalar(select(CourseOffering).where(CourseOffering.id == offering_id).with_for_update())
    if offering is None:
        raise OfferingNotFoundError
    _require_course(session, viewer, offering.course_id)
    return offering


def lock_registration(session: Session, viewer: Viewer, registration_id: UUID) -> Registration:
    """A registration for a course that the viewer looks after, locked.

    Raises:
        OfferingNotFoundError: there is none.
        NotYoursToOfferError: the course is somebody else's.
    """
    registration = session.scalar(select(Registration).where(Registration.id == registration_id).with_for_update())
    if registration is None:
        raise OfferingNotFoundError
    offering = session.get_one(CourseOffering, registration.offering_id)
    _require_course(session, viewer, offering.course_id)
    return registration


def _require_course(session: Session, viewer: Viewer, course_id: UUID) -> Course:
    course = taught_course(session, viewer, course_id)
    if course is None:
        raise NotYoursToOfferError
    return course
