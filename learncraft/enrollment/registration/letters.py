"""What those who register are written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from learncraft.courses.models import Course
from learncraft.enrollment.models import Cohort, CourseOffering, Registration
from learncraft.enrollment.registration.links import DAYS, ConfirmLinks


@dataclass(frozen=True, slots=True)
class Letter:
    """A message to one address."""

    to: str
    subject: str
    text: str


def write(
    session: Session, registration_id: UUID, about: str, *, links: ConfirmLinks, link: Callable[[str], str]
) -> Letter | None:
    """The letter about a step of a registration; None when the registration is gone. `link` makes addresses whole."""
    row = session.execute(
        select(Registration, CourseOffering, Course, Cohort)
        .join(CourseOffering, CourseOffering.id == Registration.offering_id)
        .join(Course, Course.id == CourseOffering.course_id)
        .outerjoin(Cohort, Cohort.id == Registration.cohort_id)
        .where(Registration.id == registration_id)
    ).first()
    if row is None:
        return None
    registration, offering, course, cohort = row
    page = link(f"/registration?offering={offering.id}")
    confirm = link(f"/offers/confirm/{links.make(registration)}")
    begins = f" It begins on {cohort.start_date.day} {cohort.start_date:%B %Y}." if cohort else ""
    is_confirmed = registration.email_confirmed_at is not None
    subject, body = {
        "confirm": (
            f"Confirm your address for “{offering.title}”",
            f"open this link within {DAYS} days to confirm your address and fill in the form:\n{confirm}\n\n"
            "It works once. If you didn't ask for it, do nothing.",
        ),
        "go_on": (
            f"Your registration for “{offering.title}”",
            f"you have begun a registration with this address. Go on here:\n{page}",
        ),
        "invited": (
            f"You are invited to “{offering.title}”",
            f"you are invited to “{offering.title}” ({course.title}).{begins} "
            + (f"Register here:\n{page}" if is_confirmed else f"Open this link within {DAYS} days:\n{confirm}"),
        ),
        "submitted": (
            f"Your registration for “{offering.title}” has come in",
            f"your registration is here. You will hear from us. Until then you see where it stands here:\n{page}",
        ),
        "waitlisted": (
            f"You are on the waiting list of “{offering.title}”",
            "all places are taken now. You are on the waiting list, and move up by yourself when one is free.\n"
            f"Where you stand:\n{page}",
        ),
        "accepted": (
            f"There is a place for you in “{offering.title}”",
            f"you are accepted.{begins} The place costs {offering.price:.2f}, and is held for you for 14 days. "
            f"Pay here:\n{page}",
        ),
        "enrolled": (
            f"You have a place in “{offering.title}”",
            f"you are in.{begins} Your course:\n{link(f'/course?course={course.slug}')}",
        ),
        "rejected": (
            f"Your registration for “{offering.title}”",
            "this time there is no place for you. We are sorry.",
        ),
        "given_up": (
            f"Your place in “{offering.title}” was given to somebody else",
            f"the place was held for 14 days and not paid. You may register again:\n{page}",
        ),
    }[about]
    note = f"\n\n{registration.decision_note}" if registration.decision_note and about != "confirm" else ""
    name = f" {registration.first_name}" if registration.first_name else ""
    return Letter(registration.email, subject, f"Hello{name},\n\n{body}{note}\n")
