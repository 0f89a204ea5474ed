"""Giving and refusing places: by the rule of the offering, by those who teach, by the payment."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from learncraft import background
from learncraft.accounts.viewer import Viewer
from learncraft.enrollment import service
from learncraft.enrollment.errors import CourseFullError
from learncraft.enrollment.models import Enrollment
from learncraft.enrollment.registration import offerings, places, states
from learncraft.enrollment.registration.errors import NoPlaceError, RegistrationClosedError
from learncraft.enrollment.registration.models import Cohort, CourseOffering, Registration, RegistrationStatus
from learncraft.errors import InvalidInputError
from learncraft.language import current
from learncraft.language.numbers import number

LONGEST_NOTE = 2_000


def seat_or_wait(session: Session, registration: Registration) -> None:
    """Give a place if there is one, else put the registration on the waiting list. Nobody overtakes who waits."""
    if someone_waits(session, registration) or not seat(session, registration):
        _move(session, registration, RegistrationStatus.WAITLISTED, letter="waitlisted")


def seat(session: Session, registration: Registration, *, note: str = "", batch_no: int | None = None) -> bool:
    """Give a place: at once where it costs nothing, else held until it is paid. False when all are taken."""
    offering = session.get_one(CourseOffering, registration.offering_id)
    if registration.user_id is None:
        return False
    cohort_id = registration.cohort_id or _first_cohort(session, offering.id)
    if cohort_id is None and _has_cohorts(session, offering.id):
        return False
    if cohort_id is not None and not places.take(
        session, cohort_id=cohort_id, user_id=registration.user_id, batch_no=batch_no
    ):
        return False
    if not _course_has_room(session, offering.course_id, registration.user_id):
        if cohort_id is not None:
            places.free(session, cohort_id=cohort_id, user_id=registration.user_id)
        return False
    registration.cohort_id = cohort_id
    is_paid_first = offering.price > 0
    _move(
        session,
        registration,
        RegistrationStatus.ACCEPTED,
        note=note,
        letter="accepted" if is_paid_first else None,
    )
    if not is_paid_first:
        _enroll(session, registration, offering, price_paid=Decimal(0), payment_id=f"registration {registration.id}")
    return True


def accept(session: Session, viewer: Viewer, registration_id: UUID, *, cohort_id: UUID | None, note: str = "") -> None:
    """Accept somebody who sent the form, into a cohort of the offering.

    Raises:
        NoPlaceError: all places are taken.
        RegistrationClosedError: it was decided before.
        InvalidInputError: the cohort is another offering's, or the note is too long.
    """
    registration = offerings.lock_registration(session, viewer, registration_id)
    states.check(registration.status, RegistrationStatus.ACCEPTED)
    if cohort_id is not None:
        cohort = session.get(Cohort, cohort_id)
        if cohort is None or cohort.offering_id != registration.offering_id:
            raise InvalidInputError("Choose a cohort of this offering.")
        registration.cohort_id = cohort_id
    if not seat(session, registration, note=_note(note)):
        raise NoPlaceError


def wait(session: Session, viewer: Viewer, registration_id: UUID, *, note: str = "") -> None:
    """Put somebody on the waiting list.

    Raises:
        RegistrationClosedError: it was decided before.
    """
    registration = offerings.lock_registration(session, viewer, registration_id)
    _move(session, registration, RegistrationStatus.WAITLISTED, note=_note(note), letter="waitlisted")


def reject(session: Session, viewer: Viewer, registration_id: UUID, *, note: str = "") -> None:
    """Refuse somebody; a place that was held for them goes to who waits.

    Raises:
        RegistrationClosedError: it was decided before.
    """
    registration = offerings.lock_registration(session, viewer, registration_id)
    give_up_place(session, registration)
    _move(session, registration, RegistrationStatus.REJECTED, note=_note(note), letter="rejected")


def confirm_payment(session: Session, viewer: Viewer, registration_id: UUID) -> None:
    """Note that the money of an accepted registration came by another way than a cart, and enroll.

    Raises:
        RegistrationClosedError: nothing is to be paid.
    """
    registration = offerings.lock_registration(session, viewer, registration_id)
    if registration.status != RegistrationStatus.ACCEPTED:
        raise RegistrationClosedError(states.IN_WORDS[registration.status])
    offering = session.get_one(CourseOffering, registration.offering_id)
    _enroll(session, registration, offering, price_paid=offering.price, payment_id=f"registration {registration.id}")


def set_batch(session: Session, viewer: Viewer, registration_id: UUID, batch_no: int) -> None:
    """Put somebody who has a place in a cohort into another of its batches. Safe to repeat.

    Raises:
        BatchFullError: the batch has as many as belong into one.
        InvalidInputError: there is no such number, the cohort has no batches, or the person has no place in one.
    """
    registration = offerings.lock_registration(session, viewer, registration_id)
    if registration.status not in states.HOLDS_A_PLACE or registration.cohort_id is None:
        raise InvalidInputError("Only somebody who has a place in a cohort is in a batch.")
    places.move(session, cohort_id=registration.cohort_id, user_id=registration.user_id, batch_no=batch_no)


def paid(session: Session, enrollment: Enrollment) -> None:
    """A place in a course was paid for: an accepted registration for it has come to its end."""
    registration = session.scalar(
        select(Registration)
        .join(CourseOffering, CourseOffering.id == Registration.offering_id)
        .where(
            Registration.user_id == enrollment.user_id,
            Registration.status == RegistrationStatus.ACCEPTED,
            CourseOffering.course_id == enrollment.course_id,
        )
        .with_for_update(of=Registration)
    )
    if registration is not None:
        _finish(session, registration, enrollment)


def give_up_place(session: Session, registration: Registration) -> None:
    """Free what a registration holds, and let those who wait move up."""
    if registration.status in states.HOLDS_A_PLACE and registration.user_id is not None:
        if registration.cohort_id is not None:
            places.free(session, cohort_id=registration.cohort_id, user_id=registration.user_id)
        places.ask_to_fill(session, session.get_one(CourseOffering, registration.offering_id).course_id)


def someone_waits(session: Session, registration: Registration) -> bool:
    """Whether others wait for the same places. The database counts, as nobody sees others' registrations."""
    return bool(session.scalar(select(func.waiting_for(registration.offering_id, registration.cohort_id))))


def end(session: Session, registration: Registration, *, letter: str | None) -> None:
    """Withdraw a registration that was sent."""
    give_up_place(session, registration)
    _move(session, registration, RegistrationStatus.WITHDRAWN, letter=letter)


def _enroll(
    session: Session, registration: Registration, offering: CourseOffering, *, price_paid: Decimal, payment_id: str
) -> None:
    assert registration.user_id is not None
    enrollment = service.give_place(
        session,
        learner_id=registration.user_id,
        course_id=offering.course_id,
        price_paid=price_paid,
        payment_id=payment_id,
    )
    _finish(session, registration, enrollment)


def _finish(session: Session, registration: Registration, enrollment: Enrollment) -> None:
    enrollment.cohort_id, registration.enrollment_id = registration.cohort_id, enrollment.id
    _move(session, registration, RegistrationStatus.ENROLLED, letter="enrolled")


def _move(
    session: Session,
    registration: Registration,
    wanted: RegistrationStatus,
    *,
    note: str | None = None,
    letter: str | None,
) -> None:
    """Change the status, and write to the person."""
    states.check(registration.status, wanted)
    registration.status, registration.decided_at = wanted, func.now()
    if note:
        registration.decision_note = note
    session.flush()
    if letter is not None:
        background.defer(
            session, "write_to_registrant", registration_id=str(registration.id), about=letter, language=current()
        )


def _course_has_room(session: Session, course_id: UUID, user_id: UUID) -> bool:
    """Whether the course has a seat; its row is locked, so that it stays so until the seat is taken."""
    try:
        service.require_seat(session, course_id=course_id, learner_id=user_id)
    except CourseFullError:
        return False
    return True


def _first_cohort(session: Session, offering_id: UUID) -> UUID | None:
    """The only cohort, or the next one to begin: for those who weren't asked."""
    return session.scalar(
        select(Cohort.id)
        .where(Cohort.offering_id == offering_id, Cohort.is_active)
        .order_by((Cohort.start_date < func.current_date()), Cohort.start_date, Cohort.id)
        .limit(1)
    )


def _has_cohorts(session: Session, offering_id: UUID) -> bool:
    return session.scalar(select(Cohort.id).where(Cohort.offering_id == offering_id).limit(1)) is not None


def _note(text: str) -> str:
    if len(text) > LONGEST_NOTE:
        raise InvalidInputError("The note has room for {most} characters.", most=number(LONGEST_NOTE))
    return text.replace("\0", "").strip()
