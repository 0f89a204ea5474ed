"""Signing up: from the first word to the sent form. What was typed is kept, stage by stage."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from learncraft import background
from learncraft.accounts import queries as people
from learncraft.accounts.models import User
from learncraft.accounts.viewer import Viewer
from learncraft.courses.models import Course
from learncraft.db import new_id
from learncraft.enrollment import prerequisites, writes
from learncraft.enrollment.errors import AlreadyEnrolledError, PrerequisiteError
from learncraft.enrollment.models import Enrollment
from learncraft.enrollment.registration import deciding, form, states
from learncraft.enrollment.registration.errors import (
    LinkUsedError,
    NotConfirmedError,
    NotOfferedError,
    OfferingNotFoundError,
    RegistrationClosedError,
    RegistrationNotFoundError,
    UnfinishedStageError,
    WrongLinkError,
)
from learncraft.enrollment.registration.links import ConfirmLinks
from learncraft.enrollment.registration.models import Cohort, CourseOffering, Registration, RegistrationStatus
from learncraft.enrollment.registration.opening_hours import why_closed
from learncraft.enrollment.shapes import FormStage, RegistrationForm
from learncraft.errors import InvalidInputError
from learncraft.language import current
from learncraft.language.numbers import number

LONGEST_DRAFT = 40_000  # characters of all answers together


def ask(session: Session, *, offering_id: UUID, email: str, first_name: str, last_name: str) -> None:
    """Somebody without a sign-in wants to register: their address gets the way on, whatever is known of it.

    Raises:
        OfferingNotFoundError: there is no such offering.
        NotOfferedError: one can't sign up now.
    """
    offering = _open_offering(session, offering_id)
    registration = _unfinished(session, offering.id, email=email)
    if registration is None:
        registration = Registration(id=new_id(), offering_id=offering.id, email=email, answers_json={})
        session.add(registration)
    if registration.email_confirmed_at is None:
        registration.first_name, registration.last_name = first_name, last_name
    session.flush()
    about = "confirm" if registration.email_confirmed_at is None else "go_on"
    background.defer(
        session, "write_to_registrant", registration_id=str(registration.id), about=about, language=current()
    )


def begin(session: Session, viewer: Viewer, offering_id: UUID) -> UUID:
    """A signed-in person's registration for an offering: the one under way, or a new one.

    Raises:
        OfferingNotFoundError: there is no such offering.
        NotOfferedError: one can't sign up now.
        AlreadyEnrolledError: they are in the course.
        PrerequisiteError: another course has to be finished before.
    """
    offering = _open_offering(session, offering_id)
    registration = _unfinished(session, offering.id, email=viewer.email, user_id=viewer.id)
    if registration is None:
        _require_may_join(session, viewer.id, offering.course_id)
        registration = Registration(id=new_id(), offering_id=offering.id, email=viewer.email, answers_json={})
        session.add(registration)
    user = people.by_id(session, viewer.id)
    registration.user_id, registration.first_name, registration.last_name = user.id, user.first_name, user.last_name
    is_new = registration.email_confirmed_at is None
    if is_new and user.is_email_verified:
        registration.email_confirmed_at = func.now()
    elif is_new:
        background.defer(
            session,
            "write_to_registrant",
            unless_waiting=True,
            registration_id=str(registration.id),
            about="confirm",
            language=current(),
        )
    session.flush()
    return registration.id


def read_link(session: Session, links: ConfirmLinks, token: str, *, lock: bool = False) -> Registration:
    """The registration of a link that still can be used.

    Raises:
        WrongLinkError: it isn't one of ours, or what it was for is gone.
        LinkTooOldError: its time is over.
        LinkUsedError: the address is confirmed.
    """
    registration_id, email = links.read(token)
    wanted = select(Registration).where(Registration.id == registration_id)
    registration = session.scalar(wanted.with_for_update() if lock else wanted)
    if registration is None or registration.email != email or registration.status in states.ENDED:
        raise WrongLinkError
    if registration.email_confirmed_at is not None:
        raise LinkUsedError
    return registration


def confirm(session: Session, links: ConfirmLinks, token: str) -> tuple[Registration, User | None]:
    """Use a link up: the address is confirmed, and the registration belongs to whoever has an account with it.

    Raises:
        WrongLinkError, LinkTooOldError, LinkUsedError: as `read_link`.
    """
    registration = read_link(session, links, token, lock=True)
    registration.email_confirmed_at = func.now()
    user = people.by_email(session, registration.email)
    if user is not None:
        registration.user_id, user.is_email_verified = user.id, True
    session.flush()
    return registration, user


def choose_cohort(session: Session, *, learner_id: UUID, registration_id: UUID, cohort_id: UUID) -> None:
    """Keep which cohort somebody wants to be in.

    Raises:
        RegistrationNotFoundError: it isn't theirs.
        RegistrationClosedError: the form was sent.
        InvalidInputError: it is no cohort of the offering.
    """
    registration = _started(session, learner_id, registration_id)
    cohort = session.get(Cohort, cohort_id)
    if cohort is None or not cohort.is_active or cohort.offering_id != registration.offering_id:
        raise InvalidInputError("Choose a cohort of this offering.")
    registration.cohort_id = cohort_id
    session.flush()


def save_draft(
    session: Session, *, learner_id: UUID, registration_id: UUID, stage_key: str, answers: dict[str, Any]
) -> None:
    """Keep what was typed so far, right or not.

    Raises:
        RegistrationNotFoundError: it isn't theirs.
        RegistrationClosedError: the form was sent.
        InvalidInputError: it is more than a form holds.
    """
    registration = _started(session, learner_id, registration_id)
    stage = _stage(_form_of(session, registration), stage_key)
    _keep(registration, stage, answers)
    session.flush()


def finish_stage(
    session: Session, *, learner_id: UUID, registration_id: UUID, stage_key: str, answers: dict[str, Any]
) -> None:
    """Keep the answers to a stage, and go on to the next one. What doesn't fit is kept by `save_draft`, not here.

    Raises:
        UnfinishedStageError: something is missing or doesn't fit.
        RegistrationNotFoundError: it isn't theirs.
        RegistrationClosedError: the form was sent.
    """
    registration = _started(session, learner_id, registration_id)
    asked = _form_of(session, registration)
    stage = _stage(asked, stage_key)
    if wrong := form.faults(stage, answers):
        raise UnfinishedStageError(stage.title, wrong)
    _keep(registration, stage, answers)
    registration.stage = max(registration.stage, asked.root.index(stage) + 1)
    session.flush()


def submit(session: Session, *, learner_id: UUID, registration_id: UUID) -> RegistrationStatus:
    """Send the form. Without a review, and for who was invited, a place is given at once, or one on the waiting list.

    Raises:
        NotOfferedError: one can't sign up any more.
        NotConfirmedError: the address was not confirmed.
        UnfinishedStageError: a stage is not filled in, or no longer fits a form that was changed meanwhile.
        RegistrationNotFoundError: it isn't theirs.
        RegistrationClosedError: it was sent before.
        AlreadyEnrolledError: they are in the course by now.
        PrerequisiteError: another course has to be finished before.
    """
    registration = _started(session, learner_id, registration_id)
    offering = _open_offering(session, registration.offering_id)
    _require_may_join(session, learner_id, offering.course_id)
    if registration.email_confirmed_at is None:
        raise NotConfirmedError(registration.email)
    for stage in _form_of(session, registration).root:
        if wrong := form.faults(stage, registration.answers_json.get(stage.key, {})):
            raise UnfinishedStageError(stage.title, wrong)
    states.check(registration.status, RegistrationStatus.SUBMITTED)
    registration.status, registration.submitted_at = RegistrationStatus.SUBMITTED, func.now()
    session.flush()
    if offering.needs_review and registration.invited_at is None:
        background.defer(
            session, "write_to_registrant", registration_id=str(registration.id), about="submitted", language=current()
        )
    else:
        deciding.seat_or_wait(session, registration)
    return registration.status


def withdraw(session: Session, *, learner_id: UUID, registration_id: UUID) -> None:
    """Take a registration back before it became a place in a course; a draft is deleted.

    Raises:
        RegistrationNotFoundError: it isn't theirs.
        RegistrationClosedError: it came to its end; one leaves a course on its page.
    """
    registration = _own(session, learner_id, registration_id)
    if registration.status == RegistrationStatus.STARTED:
        session.delete(registration)
        session.flush()
        return
    if registration.status == RegistrationStatus.ENROLLED:
        raise RegistrationClosedError(states.IN_WORDS[registration.status])
    deciding.end(session, registration, letter=None)


def _open_offering(session: Session, offering_id: UUID) -> CourseOffering:
    found = session.execute(
        select(CourseOffering, Course)
        .join(Course, Course.id == CourseOffering.course_id)
        .where(CourseOffering.id == offering_id)
    ).first()
    if found is None:
        raise OfferingNotFoundError
    offering, course = found
    if words := why_closed(offering, course, datetime.now(UTC)):
        raise NotOfferedError(words)
    return offering


def _require_may_join(session: Session, learner_id: UUID, course_id: UUID) -> None:
    course = session.get_one(Course, course_id)
    held = select(Enrollment.id).where(
        Enrollment.user_id == learner_id, Enrollment.course_id == course_id, Enrollment.status.in_(writes.IN_COURSE)
    )
    if session.scalar(held) is not None:
        raise AlreadyEnrolledError(course.title)
    if missing := prerequisites.missing(session, learner_id, course):
        raise PrerequisiteError(course.title, missing)


def _unfinished(session: Session, offering_id: UUID, *, email: str, user_id: UUID | None = None) -> Registration | None:
    whose = Registration.email == email
    if user_id is not None:
        whose = or_(Registration.user_id == user_id, (Registration.user_id.is_(None)) & whose)
    return session.scalar(
        select(Registration)
        .where(Registration.offering_id == offering_id, whose, Registration.status.not_in(states.ENDED))
        .with_for_update()
    )


def _own(session: Session, learner_id: UUID, registration_id: UUID) -> Registration:
    registration = session.scalar(
        select(Registration)
        .where(Registration.id == registration_id, Registration.user_id == learner_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if registration is None:
        raise RegistrationNotFoundError
    return registration


def _started(session: Session, learner_id: UUID, registration_id: UUID) -> Registration:
    registration = _own(session, learner_id, registration_id)
    if registration.status != RegistrationStatus.STARTED:
        raise RegistrationClosedError(states.IN_WORDS[registration.status])
    return registration


def _form_of(session: Session, registration: Registration) -> RegistrationForm:
    offering = session.get_one(CourseOffering, registration.offering_id)
    return RegistrationForm.model_validate(offering.form)


def _stage(asked: RegistrationForm, key: str) -> FormStage:
    stage = next((one for one in asked.root if one.key == key), None)
    if stage is None:
        raise InvalidInputError("The form was changed meanwhile. Load the page again.")
    return stage


def _keep(registration: Registration, stage: FormStage, answers: dict[str, Any]) -> None:
    kept = {**registration.answers_json, stage.key: form.cleaned(stage, answers)}
    if len(str(kept)) > LONGEST_DRAFT:
        raise InvalidInputError("The answers have room for {most} characters in all.", most=number(LONGEST_DRAFT))
    registration.answers_json = kept
