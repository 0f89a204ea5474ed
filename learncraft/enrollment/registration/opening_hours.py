"""Whether one can sign up for an offering now, said in words where one can't."""

from __future__ import annotations

from datetime import datetime

from learncraft.courses.models import Course, CourseStatus
from learncraft.enrollment.registration.models import CourseOffering

ONLY_WAY = "joined_by_registration_only"  # in the course's metadata


def is_only_way(course: Course) -> bool:
    """Whether the course can be joined by a registration for an offering only."""
    return course.extra.get(ONLY_WAY) is True


def why_closed(offering: CourseOffering, course: Course, now: datetime) -> str | None:
    """Why nobody can sign up at this moment; None when one can."""
    if not offering.is_active or course.deleted_at is not None or course.status != CourseStatus.PUBLISHED:
        return "This is not offered any more. Look for another one in the catalogue."
    if offering.registration_opens_at is not None and now < offering.registration_opens_at:
        return f"Registration opens on {_day(offering.registration_opens_at)}. Come back then."
    if offering.registration_closes_at is not None and now >= offering.registration_closes_at:
        return f"Registration closed on {_day(offering.registration_closes_at)}."
    return None


def _day(moment: datetime) -> str:
    return f"{moment.day} {moment:%B %Y, %H:%M} UTC"
