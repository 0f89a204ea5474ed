"""Dates, lengths, counts and the names of things, as the viewer's language has them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from learncraft import language
from learncraft.accounts.models import SubscriptionTier
from learncraft.courses.catalogue_words import CATEGORIES, LEVELS
from learncraft.courses.models import CourseCategory, LessonType, SkillLevel
from learncraft.enrollment.facets import Facet, Length, Price
from learncraft.language import Spoken, _, _n, dates, numbers

FACETS = Spoken(
    {
        Facet.SUBJECT: "Subject",
        Facet.LEVEL: "Level",
        Facet.LENGTH: "Length",
        Facet.PRICE: "Price",
        Facet.TAG: "Tag",
    }
)
FACET_ICONS: dict[Facet, str] = {
    Facet.SUBJECT: "category",
    Facet.LEVEL: "stairs",
    Facet.LENGTH: "schedule",
    Facet.PRICE: "sell",
    Facet.TAG: "tag",
}
_LENGTHS = Spoken(
    {Length.SHORT: "Under 2 hours", Length.MEDIUM: "2 to 10 hours", Length.LONG: "10 hours and more"},
)
_PRICES = Spoken({Price.FREE: "Free", Price.LOW: "Under 50", Price.HIGH: "50 and more"})
_TIERS = Spoken(
    {
        SubscriptionTier.FREE: "Free",
        SubscriptionTier.BASIC: "Basic",
        SubscriptionTier.PRO: "Pro",
        SubscriptionTier.PREMIUM: "Premium",
        SubscriptionTier.ENTERPRISE: "Enterprise",
    }
)
LESSON_ICONS = {
    LessonType.VIDEO: "play_circle",
    LessonType.LAB: "terminal",
    LessonType.QUIZ: "quiz",
    LessonType.READING: "article",
    LessonType.MIXED: "article",
}


def choice(facet: Facet, value: str) -> str:
    """A value that the catalogue can be narrowed by, such as 'Under 2 hours'."""
    match facet:
        case Facet.SUBJECT if value in CATEGORIES:
            return CATEGORIES[CourseCategory(value)]
        case Facet.LEVEL if value in LEVELS:
            return LEVELS[SkillLevel(value)]
        case Facet.LENGTH if value in _LENGTHS:
            return _LENGTHS[Length(value)]
        case Facet.PRICE if value in _PRICES:
            return _PRICES[Price(value)]
    return value


def minutes(count: int) -> str:
    """A length, such as '25 min' or '3 h 20 min'."""
    return dates.minutes(count)


def counted(count: int, one: str, many: str | None = None) -> str:
    """A count with its noun, such as '1 lesson' or '2,400 lessons'. The nouns are messages of their own."""
    return f"{numbers.number(count)} {_n(one, many or one + 's', count)}"


def percent(share: float | Decimal) -> str:
    """A share of one, such as '33 %'."""
    return numbers.percent(share)


def money(amount: Decimal, currency: str) -> str:
    """An amount with its currency, such as '49.00 EUR'."""
    return numbers.money(amount, currency)


def when(moment: datetime, time_zone: str, *, now: datetime | None = None) -> str:
    """A moment in the viewer's time zone: relative within a week, absolute after."""
    age = (now or datetime.now(ZoneInfo(time_zone))) - moment
    if timedelta(0) <= age < timedelta(minutes=1):
        return _("just now")
    return dates.ago(age) if timedelta(0) <= age < timedelta(days=7) else day(moment, time_zone)


def day(moment: datetime, time_zone: str) -> str:
    """A day in the viewer's time zone, such as '20 Nov 2026'."""
    return dates.day_in(moment, time_zone)


def moment(at: datetime, time_zone: str) -> str:
    """A moment to come in the viewer's time zone, such as '20 Nov 2026, 14:05'."""
    return dates.moment(at, time_zone)


def exact(at: datetime, time_zone: str) -> str:
    """A moment with how far its clocks are from UTC, such as '20 Nov 2026, 14:05 (UTC+1)'."""
    return dates.exact(at, time_zone)


def ahead(moment: datetime, time_zone: str, *, now: datetime) -> str:
    """How far ahead a moment is, such as 'in 10 min', 'tomorrow' or 'in 3 months'; days are the viewer's."""
    zone = ZoneInfo(time_zone)
    days = (moment.astimezone(zone).date() - now.astimezone(zone).date()).days
    if days < 1:
        left = max(1, -(-(moment - now) // timedelta(minutes=1)))
        return _("in {minutes} min", minutes=left) if left < 60 else _("in {hours} h", hours=round(left / 60))
    if days == 1:
        return _("tomorrow")
    if days < 60:
        return _n("in {count} day", "in {count} days", days)
    if days < 730:
        return _n("in {count} month", "in {count} months", round(days / 30.4))
    return _n("in {count} year", "in {count} years", round(days / 365.25))


def day_ahead(days: int, time_zone: str, *, now: datetime) -> str:
    """A day of the coming week, such as 'Tomorrow' or 'Sat 28'."""
    one = now.astimezone(ZoneInfo(time_zone)).date() + timedelta(days=days)
    return _("Tomorrow") if days == 1 else dates.day(one, fields="Ed")


def date_of(one: date) -> str:
    """A day that is the same everywhere, such as '20 Nov 2026'."""
    return dates.day(one)


def counted_points(worth: Decimal) -> str:
    """Points without idle zeros, such as '1 point' or '2.5 points'."""
    noun = _("point") if worth == 1 else _("points")
    return f"{numbers.plain_number(worth)} {noun}"


def stars(rating: float | Decimal) -> str:
    """A rating in stars, with its number for those who can't see them."""
    full = round(float(rating))
    return f"{'★' * full}{'☆' * (5 - full)} {numbers.number(rating, 0 if isinstance(rating, int) else 1)}"


def tier(one: SubscriptionTier) -> str:
    """A subscription's tier, such as 'Pro'."""
    return _TIERS[one]


def day_field() -> str:
    """How a field for a day wants it to be typed."""
    return dates.typed()


def day_format() -> str:
    """How a table's column of days writes them: as `date_of` does, or in figures, which every browser can."""
    return "D MMM YYYY" if language.current() == language.SOURCE else dates.typed()


def moment_format() -> str:
    """The same of a column of moments."""
    return f"{day_format()}, HH:mm:ss"


def clock(moment: datetime, time_zone: str) -> str:
    """The exact moment in the viewer's time zone, such as '20 Nov 2026, 14:05:09'."""
    return dates.moment(moment, time_zone, seconds=True)
