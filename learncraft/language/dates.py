"""Days, moments and lengths of time as the reader's language writes them."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_skeleton, format_time, format_timedelta, get_day_names

from learncraft.language import choosing
from learncraft.language.messages import _

# English as the product writes it: the day first. Other languages as their own conventions have it.
_ENGLISH = {"yMMMd": "d MMM y", "yMMMMd": "d MMMM y", "MMMd": "d MMM", "MMMMd": "d MMMM", "Ed": "ccc d"}


def day(one: date, *, fields: str = "yMMMd") -> str:
    """A day, such as '20 Nov 2026'; in German '20. Nov. 2026'. `fields` as CLDR names them: 'yMMMMd', 'MMMd'."""
    language = choosing.current()
    if language == choosing.SOURCE:
        return str(format_date(one, _ENGLISH[fields], locale=language))
    return str(format_skeleton(fields, one, locale=language))


def day_in(moment: datetime, time_zone: str, *, fields: str = "yMMMd") -> str:
    """The day of a moment in a time zone."""
    return day(moment.astimezone(ZoneInfo(time_zone)).date(), fields=fields)


def weekday(number: int) -> str:
    """A day of the week in short, such as 'Mon' for 0."""
    return str(get_day_names("abbreviated", "stand-alone", choosing.current())[number])


def clock(one: datetime | time, *, seconds: bool = False) -> str:
    """A time of the day, such as '14:05'."""
    return str(format_time(one, "HH:mm:ss" if seconds else "HH:mm", locale=choosing.current()))


def moment(at: datetime, time_zone: str, *, fields: str = "yMMMd", seconds: bool = False) -> str:
    """A day and a time in a time zone, such as '20 Nov 2026, 14:05'."""
    local = at.astimezone(ZoneInfo(time_zone))
    return f"{day(local.date(), fields=fields)}, {clock(local.time(), seconds=seconds)}"


def exact(at: datetime, time_zone: str) -> str:
    """A moment that nobody takes for another: '1 Nov 2026, 01:30 (UTC-4)'. Some hours come twice a year."""
    return f"{moment(at, time_zone)} ({_offset(at.astimezone(ZoneInfo(time_zone)))})"


def _offset(local: datetime) -> str:
    """How far clocks are from UTC, such as 'UTC+5:30'."""
    minutes = round((local.utcoffset() or timedelta(0)) / timedelta(minutes=1))
    hours, rest = divmod(abs(minutes), 60)
    if not minutes:
        return "UTC"
    return f"UTC{'−' if minutes < 0 else '+'}{hours}{f':{rest:02}' if rest else ''}"


def typed() -> str:
    """How a day is typed, and written where there is little room: 'YYYY-MM-DD'; in German 'DD.MM.YYYY'."""
    if choosing.current() == choosing.SOURCE:
        return "YYYY-MM-DD"
    pattern = Locale(choosing.current()).date_formats["short"].pattern
    sign = next((sign for sign in "./-" if sign in pattern), "/")
    parts = sorted(("DD", "MM", "YYYY"), key=lambda part: pattern.lower().find(part[0].lower()))
    return sign.join(parts)


def ago(age: timedelta) -> str:
    """How long something is past, in its largest whole unit: '5 minutes ago', in German 'vor 5 Minuten'."""
    return str(format_timedelta(-_whole(age), add_direction=True, threshold=1, locale=choosing.current()))


def length(one: timedelta) -> str:
    """A length of time in its largest whole unit, such as '3 days'."""
    return str(format_timedelta(_whole(one), threshold=1, locale=choosing.current()))


def _whole(one: timedelta) -> timedelta:
    """Without what is less than its largest unit, up to days: what is rounded up would not have passed yet."""
    for unit in (timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)):
        if one >= unit:
            return one // unit * unit
    return one


def minutes(count: int) -> str:
    """A length, such as '25 min' or '3 h 20 min'."""
    hours, rest = divmod(count, 60)
    if not hours:
        return _("{minutes} min", minutes=rest)
    return _("{hours} h {minutes} min", hours=hours, minutes=rest) if rest else _("{hours} h", hours=hours)
