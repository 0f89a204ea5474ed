"""An offering with a form, and people on their way through it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from learncraft.accounts.models import User, UserRole
from learncraft.accounts.viewer import Viewer
from learncraft.courses.models import Course
from learncraft.db import new_id
from learncraft.enrollment.registration import applying, offerings, opening_hours
from learncraft.enrollment.registration.models import Cohort, CourseOffering, Registration, RegistrationStatus
from learncraft.enrollment.registration.offerings import CohortDraft, OfferingDraft
from learncraft.enrollment.shapes import FormQuestion, FormStage, RegistrationForm
from tests.factories import MadeCourse, make_course, make_user

FORM = RegistrationForm(
    (
        FormStage(key="about", title="About you", questions=(FormQuestion(key="why", label="Why?", is_required=True),)),
        FormStage(
            key="terms",
            title="Terms",
            questions=(FormQuestion(key="agreed", label="I agree", kind="agreement", is_required=True),),
        ),
    )
)
ANSWERS = {"about": {"why": "To learn"}, "terms": {"agreed": True}}


def viewer_of(user: User) -> Viewer:
    return Viewer(
        user.id, user.email, user.first_name, user.full_name, user.role, "en", "system", "UTC", family_id=new_id()
    )


@dataclass
class Offered:
    """A course, its teacher, the offering and its cohort."""

    course: MadeCourse
    teacher: Viewer
    offering_id: UUID
    cohort_id: UUID | None

    def applicant(self, session: Session) -> Viewer:
        return viewer_of(make_user(session, is_email_verified=True))

    def registered(self, session: Session, person: Viewer) -> UUID:
        """A registration with all stages filled in."""
        made = applying.begin(session, person, self.offering_id)
        for key, answers in ANSWERS.items():
            applying.finish_stage(session, learner_id=person.id, registration_id=made, stage_key=key, answers=answers)
        return made

    def sent(self, session: Session, person: Viewer | None = None) -> tuple[Viewer, UUID]:
        """A registration that was sent."""
        person = person or self.applicant(session)
        made = self.registered(session, person)
        applying.submit(session, learner_id=person.id, registration_id=made)
        return person, made


def make_offering(
    session: Session,
    *,
    places: int | None = 2,
    needs_review: bool = False,
    price: str = "0",
    seats: int | None = None,
    batch_size: int | None = None,
) -> Offered:
    teacher = viewer_of(make_user(session, role=UserRole.INSTRUCTOR))
    course = make_course(session, instructor=session.get_one(User, teacher.id), max_students=seats)
    offering = offerings.save(
        session,
        teacher,
        OfferingDraft(title="Spring", price=Decimal(price), needs_review=needs_review, form=FORM),
        course_id=course.id,
    )
    cohort = offerings.save_cohort(
        session,
        teacher,
        CohortDraft("Cohort A", date(2027, 4, 1), date(2027, 6, 30), capacity=places, batch_size=batch_size),
        offering_id=offering,
    )
    return Offered(course, teacher, offering, cohort)


def offering_seen(session: Session, offering_id: UUID) -> OfferingDraft:
    """An offering as who changes it has just seen it."""
    offering = session.get_one(CourseOffering, offering_id)
    course = session.get_one(Course, offering.course_id)
    return offerings.drafted(offering, is_only_way=opening_hours.is_only_way(course))


def cohort_seen(session: Session, cohort_id: UUID | None) -> CohortDraft:
    """A cohort as who changes it has just seen it."""
    return offerings.cohort_drafted(session.get_one(Cohort, cohort_id))


def status_of(session: Session, registration_id: UUID) -> RegistrationStatus:
    session.expire_all()
    return session.get_one(Registration, registration_id).status


def places_taken(session: Session, offered: Offered) -> int:
    return int(
        session.scalar(
            text("SELECT count(*) FROM cohort_members WHERE cohort_id = :id AND left_at IS NULL"),
            {"id": offered.cohort_id},
        )
    )


def letters(session: Session) -> list[str]:
    """What was asked to be written, in order."""
    return list(
        session.scalars(
            text("SELECT args ->> 'about' FROM procrastinate_jobs WHERE task_name = 'write_to_registrant' ORDER BY id")
        )
    )
