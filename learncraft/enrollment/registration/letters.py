"""What those who register are written, in the language that they chose."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from learncraft import language
from learncraft.accounts.models import UserPreferences
from learncraft.courses.models import Course
from learncraft.enrollment.registration.links import DAYS, ConfirmLinks
from learncraft.enrollment.registration.models import Cohort, CourseOffering, Registration
from learncraft.language import _, dates, numbers


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
    with language.speaking(spoken or asked_in):
        return _written(
            _Facts(
                registration,
                offering,
                course,
                begins=cohort.start_date if cohort else None,
                page=link(f"/registration?offering={offering.id}"),
                confirm=link(f"/offers/confirm/{links.make(registration)}"),
                course_page=link(f"/course?course={course.slug}"),
            ),
            about,
        )


@dataclass(frozen=True, slots=True)
class _Facts:
    """What letters speak of."""

    registration: Registration
    offering: CourseOffering
    course: Course
    begins: date | None
    page: str
    confirm: str
    course_page: str


def _written(facts: _Facts, about: str) -> Letter:
    """The letter in the language of who gets it."""
    registration = facts.registration
    subject, body = _LETTERS[about](facts)
    note = f"\n\n{registration.decision_note}" if registration.decision_note and about != "confirm" else ""
    name = registration.first_name
    hello = _("Hello {name},", name=name) if name else _("Hello,")
    return Letter(registration.email, subject, f"{hello}\n\n{body}{note}\n")


def _begins(facts: _Facts) -> str:
    """When it begins, as a sentence before which there is another one."""
    return "" if facts.begins is None else " " + _("It begins on {day}.", day=dates.day(facts.begins))


def _confirm(facts: _Facts) -> tuple[str, str]:
    return (
        _("Confirm your address for “{title}”", title=facts.offering.title),
        _(
            "open this link within {days} days to confirm your address and fill in the form:\n{link}\n\n"
            "It works once. If you didn't ask for it, do nothing.",
            days=DAYS,
            link=facts.confirm,
        ),
    )


def _go_on(facts: _Facts) -> tuple[str, str]:
    return (
        _("Your registration for “{title}”", title=facts.offering.title),
        _("you have begun a registration with this address. Go on here:\n{link}", link=facts.page),
    )


def _invited(facts: _Facts) -> tuple[str, str]:
    invited = _(
        "you are invited to “{title}” ({course}).", title=facts.offering.title, course=facts.course.title
    ) + _begins(facts)
    way = (
        _("Open this link within {days} days:\n{link}", days=DAYS, link=facts.confirm)
        if facts.registration.email_confirmed_at is None
        else _("Register here:\n{link}", link=facts.page)
    )
    return _("You are invited to “{title}”", title=facts.offering.title), f"{invited} {way}"


def _submitted(facts: _Facts) -> tuple[str, str]:
    return (
        _("Your registration for “{title}” has come in", title=facts.offering.title),
        _(
            "your registration is here. You will hear from us. Until then you see where it stands here:\n{link}",
            link=facts.page,
        ),
    )


def _waitlisted(facts: _Facts) -> tuple[str, str]:
    return (
        _("You are on the waiting list of “{title}”", title=facts.offering.title),
        _(
            "all places are taken now. You are on the waiting list, and move up by yourself when one is free.\n"
            "Where you stand:\n{link}",
            link=facts.page,
        ),
    )


def _accepted(facts: _Facts) -> tuple[str, str]:
    return (
        _("There is a place for you in “{title}”", title=facts.offering.title),
        _("you are accepted.")
        + _begins(facts)
        + " "
        + _(
            "The place costs {price}, and is held for you for 14 days. Pay here:\n{link}",
            price=numbers.number(facts.offering.price, 2),
            link=facts.page,
        ),
    )


def _enrolled(facts: _Facts) -> tuple[str, str]:
    return (
        _("You have a place in “{title}”", title=facts.offering.title),
        _("you are in.") + _begins(facts) + " " + _("Your course:\n{link}", link=facts.course_page),
    )


def _rejected(facts: _Facts) -> tuple[str, str]:
    return (
        _("Your registration for “{title}”", title=facts.offering.title),
        _("this time there is no place for you. We are sorry."),
    )


def _given_up(facts: _Facts) -> tuple[str, str]:
    return (
        _("Your place in “{title}” was given to somebody else", title=facts.offering.title),
        _("the place was held for 14 days and not paid. You may register again:\n{link}", link=facts.page),
    )


_LETTERS: dict[str, Callable[[_Facts], tuple[str, str]]] = {
    "confirm": _confirm,
    "go_on": _go_on,
    "invited": _invited,
    "submitted": _submitted,
    "waitlisted": _waitlisted,
    "accepted": _accepted,
    "enrolled": _enrolled,
    "rejected": _rejected,
    "given_up": _given_up,
}
