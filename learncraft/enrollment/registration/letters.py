"""What those who register are written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from learncraft.accounts.models import UserPreferences
from learncraft.courses.models import Course
from learncraft.enrollment.models import Cohort, CourseOffering, Registration
from learncraft.enrollment.registration.links import DAYS, ConfirmLinks
from learncraft.language import _, dates, noted, numbers, speaking


@dataclass(frozen=True, slots=True)
class Letter:
    """A message to one address."""

    to: str
    subject: str
    text: str


def write(
    session: Session,
    registration_id: UUID,
    about: str,
    *,
    links: ConfirmLinks,
    link: Callable[[str], str],
    asked_in: str | None = None,
) -> Letter | None:
    """The letter about a step of a registration; None when the registration is gone. `link` makes addresses whole.

    It is in the language of the account, or, where there is none yet, in the one that it was asked for in.
    """
    row = session.execute(
        select(Registration, CourseOffering, Course, Cohort, UserPreferences.language)
        .join(CourseOffering, CourseOffering.id == Registration.offering_id)
        .join(Course, Course.id == CourseOffering.course_id)
        .outerjoin(Cohort, Cohort.id == Registration.cohort_id)
        .outerjoin(UserPreferences, UserPreferences.user_id == Registration.user_id)
        .where(Registration.id == registration_id)
    ).first()
    if row is None:
        return None
    registration, offering, course, cohort, spoken = row
    with speaking(spoken or asked_in):
        subject, body = _words(
            about, registration, offering, course, cohort, confirm=links.make(registration), link=link
        )
        note = f"\n\n{registration.decision_note}" if registration.decision_note and about != "confirm" else ""
        name = f" {registration.first_name}" if registration.first_name else ""
        return Letter(registration.email, subject, _("Hello{name},\n\n{body}{note}\n", name=name, body=body, note=note))


def _words(
    about: str,
    registration: Registration,
    offering: CourseOffering,
    course: Course,
    cohort: Cohort | None,
    *,
    confirm: str,
    link: Callable[[str], str],
) -> tuple[str, str]:
    """Subject and text of the letter about a step."""
    begins = " " + _("It begins on {day}.", day=dates.day(cohort.start_date, fields="yMMMMd")) if cohort else ""
    subject, body = _STEPS[about]
    if about == "invited" and registration.email_confirmed_at is not None:
        body = _INVITED_AGAIN
    values = {
        "offering": offering.title,
        "course": course.title,
        "begins": begins,
        "days": DAYS,
        "page": link(f"/registration?offering={offering.id}"),
        "confirm": link(f"/offers/confirm/{confirm}"),
        "course_page": link(f"/course?course={course.slug}"),
        "price": numbers.number(offering.price, 2),
    }
    return _(subject, **values), _(body, **values)


_INVITED_AGAIN = noted("you are invited to “{offering}” ({course}).{begins} Register here:\n{page}")
_STEPS: dict[str, tuple[str, str]] = {
    "confirm": (
        noted("Confirm your address for “{offering}”"),
        noted(
            "open this link within {days} days to confirm your address and fill in the form:\n{confirm}\n\n"
            "It works once. If you didn't ask for it, do nothing."
        ),
    ),
    "go_on": (
        noted("Your registration for “{offering}”"),
        noted("you have begun a registration with this address. Go on here:\n{page}"),
    ),
    "invited": (
        noted("You are invited to “{offering}”"),
        noted("you are invited to “{offering}” ({course}).{begins} Open this link within {days} days:\n{confirm}"),
    ),
    "submitted": (
        noted("Your registration for “{offering}” has come in"),
        noted("your registration is here. You will hear from us. Until then you see where it stands here:\n{page}"),
    ),
    "waitlisted": (
        noted("You are on the waiting list of “{offering}”"),
        noted(
            "all places are taken now. You are on the waiting list, and move up by yourself when one is free.\n"
            "Where you stand:\n{page}"
        ),
    ),
    "accepted": (
        noted("There is a place for you in “{offering}”"),
        noted("you are accepted.{begins} The place costs {price}, and is held for you for 14 days. Pay here:\n{page}"),
    ),
    "enrolled": (
        noted("You have a place in “{offering}”"),
        noted("you are in.{begins} Your course:\n{course_page}"),
    ),
    "rejected": (
        noted("Your registration for “{offering}”"),
        noted("this time there is no place for you. We are sorry."),
    ),
    "given_up": (
        noted("Your place in “{offering}” was given to somebody else"),
        noted("the place was held for 14 days and not paid. You may register again:\n{page}"),
    ),
}
