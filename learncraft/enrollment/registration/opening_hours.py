"""Whether one can sign up for an offering now, said in words where one can't."""

from __future__ import annotations

from datetime import datetime

from learncraft.courses.models import Course, CourseStatus
from learncraft.enrollment.registration.models import CourseOffering
from learncraft.language import _, dates

ONLY_WAY = "joined_by_registration_only"  # in the course's metadata


def is_only_way(course: Course) -> bool:
    """Whether the course can be joined by a registration for an offering only."""
    return course.extra.get(ONLY_WAY) is True


def why_closed(offering: CourseOffering, course: Course, now: datetime) -> str | None:
    """Why nobody can sign up at this moment; None when one can."""
    if not offering.is_active or course.deleted_at is not None or course.status != CourseStatus.PUBLISHED:
        return _("This is not offered any more. Look for another one in the catalogue.")
    if offering.registration_opens_at is not None and now < offering.registration_opens_at:
        return _("Registration opens on {moment}. Come back then.", moment=_moment(offering.registration_opens_at))
    if offering.registration_closes_at is not None and now >= offering.registration_closes_at:
        return _("Registration closed on {moment}.", moment=_moment(offering.registration_closes_at))
    return None


def _moment(at: datetime) -> str:
    """For those outside, too, whose clocks nobody knows."""
    return dates.exact(at, "UTC")
