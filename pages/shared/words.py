"""Dates, lengths and counts in words."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from learncraft.accounts.models import SubscriptionTier
from learncraft.courses.models import CourseCategory, LessonType, SkillLevel
from learncraft.enrollment.facets import Facet, Length, Price

CATEGORIES = {category: category.value.replace("_", " ").capitalize() for category in CourseCategory}
CATEGORIES[CourseCategory.DEVOPS] = "DevOps"
LEVELS = {level: level.value.capitalize() for level in SkillLevel}
FACETS: dict[Facet, tuple[str, str]] = {
    Facet.SUBJECT: ("Subject", "category"),
    Facet.LEVEL: ("Level", "stairs"),
    Facet.LENGTH: ("Length", "schedule"),
    Facet.PRICE: ("Price", "sell"),
    Facet.TAG: ("Tag", "tag"),
}
_CHOICES = {
    Facet.SUBJECT: {key.value: name for key, name in CATEGORIES.items()},
    Facet.LEVEL: {key.value: name for key, name in LEVELS.items()},
    Facet.LENGTH: {
        Length.SHORT.value: "Under 2 hours",
        Length.MEDIUM.value: "2 to 10 hours",
        Length.LONG.value: "10 hours and more",
    },
    Facet.PRICE: {Price.FREE.value: "Free", Price.LOW.value: "Under 50", Price.HIGH.value: "50 and more"},
}
LESSON_ICONS = {
    LessonType.VIDEO: "play_circle",
    LessonType.LAB: "terminal",
    LessonType.QUIZ: "quiz",
    LessonType.READING: "article",
    LessonType.MIXED: "article",
}


def choice(facet: Facet, value: str) -> str:
    """A value that the catalogue can be narrowed by, such as 'Under 2 hours'."""
    return _CHOICES.get(facet, {}).get(value, value)


def minutes(count: int) -> str:
    """A length, such as '25 min' or '3 h 20 min'."""
    hours, rest = divmod(count, 60)
    if not hours:
        return f"{rest} min"
    return f"{hours} h {rest} min" if rest else f"{hours} h"


def counted(count: int, one: str, many: str | None = None) -> str:
    """A count with its noun, such as '1 lesson' or '2,400 lessons'."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def when(moment: datetime, time_zone: str, *, now: datetime | None = None) -> str:
    """A moment in the viewer's time zone: relative within a week, absolute after."""
    zone = ZoneInfo(time_zone)
    local = moment.astimezone(zone)
    age = (now or datetime.now(zone)) - local
    if timedelta(0) <= age < timedelta(minutes=1):
        return "just now"
    if timedelta(0) <= age < timedelta(hours=1):
        return f"{counted(int(age.total_seconds() // 60), 'minute')} ago"
    if timedelta(0) <= age < timedelta(days=1):
        return f"{counted(int(age.total_seconds() // 3600), 'hour')} ago"
    if timedelta(0) <= age < timedelta(days=7):
        return f"{counted(age.days, 'day')} ago"
    return f"{local.day} {local:%b %Y}"


def day(moment: datetime, time_zone: str) -> str:
    """A day in the viewer's time zone, such as '20 Nov 2026'."""
    local = moment.astimezone(ZoneInfo(time_zone))
    return f"{local.day} {local:%b %Y}"


def moment(at: datetime, time_zone: str) -> str:
    """A moment to come in the viewer's time zone, such as '20 Nov 2026, 14:05'."""
    local = at.astimezone(ZoneInfo(time_zone))
    return f"{local.day} {local:%b %Y, %H:%M}"


def ahead(moment: datetime, time_zone: str, *, now: datetime) -> str:
    """How far ahead a moment is, such as 'in 10 min', 'tomorrow' or 'in 3 months'; days are the viewer's."""
    zone = ZoneInfo(time_zone)
    days = (moment.astimezone(zone).date() - now.astimezone(zone).date()).days
    if days < 1:
        left = max(1, -(-(moment - now) // timedelta(minutes=1)))
        return f"in {left} min" if left < 60 else f"in {round(left / 60)} h"
    if days == 1:
        return "tomorrow"
    if days < 60:
        return f"in {days} days"
    return f"in {round(days / 30.4)} months" if days < 730 else f"in {round(days / 365.25)} years"


def day_ahead(days: int, time_zone: str, *, now: datetime) -> str:
    """A day of the coming week, such as 'Tomorrow' or 'Sat 28'."""
    one = now.astimezone(ZoneInfo(time_zone)).date() + timedelta(days=days)
    return "Tomorrow" if days == 1 else f"{one:%a} {one.day}"


def date_of(one: date) -> str:
    """A day that is the same everywhere, such as '20 Nov 2026'."""
    return f"{one.day} {one:%b %Y}"


def counted_points(worth: Decimal) -> str:
    """Points without idle zeros, such as '1 point' or '2.5 points'."""
    return f"{worth.normalize():f} {'point' if worth == 1 else 'points'}"


def stars(rating: float | Decimal) -> str:
    """A rating in stars, with its number for those who can't see them."""
    full = round(float(rating))
    return f"{'★' * full}{'☆' * (5 - full)} {rating if isinstance(rating, int) else f'{rating:.1f}'}"


def tier(one: SubscriptionTier) -> str:
    """A subscription's tier, such as 'Pro'."""
    return one.value.capitalize()


def clock(moment: datetime, time_zone: str) -> str:
    """The exact moment in the viewer's time zone, such as '20 Nov 2026, 14:05:09'."""
    local = moment.astimezone(ZoneInfo(time_zone))
    return f"{local.day} {local:%b %Y, %H:%M:%S}"
