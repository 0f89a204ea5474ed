"""What part of all events a chart is about: which courses, which days, and whose."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from learncraft.errors import InvalidInputError

# An event that claims to have happened later than it came is wrong about its time. Clocks may differ by this much.
CLOCK_MINUTES = 5

_OF_COURSES = {
    "none": "1",
    "one": "course_id = {course_id:UUID}",
    "many": "course_id IN {course_ids:Array(UUID)}",
}
_FROM = "{begin:DateTime64(3, 'UTC')}"
_TO = "{end:DateTime64(3, 'UTC')}"
_BEFORE = "{previous_begin:DateTime64(3, 'UTC')}"
_WEEK = f"toMonday({_TO})"  # of UTC: earlier weeks are in the roll-up of weeks
_MONTH_BEFORE = "{month_begin:DateTime64(3, 'UTC')}"
# Partitions are months of receipt, and nothing counts that came before it happened: months before the first day are
# not read.
_MONTHS = "received_month >= toStartOfMonth({from_} - INTERVAL 5 MINUTE)"
_HONEST = "occurred_at <= received_at + INTERVAL 5 MINUTE"
_DID = "(SELECT actor_id FROM learning_events WHERE {courses} AND "
_FINISHED = f"{_DID}event_type = 'course_completed' AND {_HONEST})"
_JOINED = f"{_DID}event_type = 'enrolled' AND occurred_at >= {_FROM} AND occurred_at < {_TO} AND {_HONEST})"


class Segment(StrEnum):
    """Which learners of a course are meant."""

    EVERYONE = "everyone"
    NEW = "new"
    LEARNING = "learning"
    FINISHED = "finished"


_SEGMENTS = {
    Segment.NEW: "actor_id IN " + _JOINED,
    Segment.LEARNING: "actor_id NOT IN " + _FINISHED,
    Segment.FINISHED: "actor_id IN " + _FINISHED,
}


@dataclass(frozen=True, slots=True)
class Scope:
    """Courses, days (both ends included, as they begin and end in the time zone), and people.

    `courses` is None for the whole platform, `people` is None for everybody. A page makes a scope only of courses that
    its viewer may see.
    """

    courses: tuple[UUID, ...] | None
    since: date
    until: date
    time_zone: str = "UTC"
    people: tuple[UUID, ...] | None = None
    segment: Segment = Segment.EVERYONE

    def __post_init__(self) -> None:
        try:
            ZoneInfo(self.time_zone)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise InvalidInputError(
                "“{zone}” is not a time zone. Write one such as Europe/Berlin.", zone=self.time_zone
            ) from error
        if self.until < self.since:
            raise InvalidInputError("The last day is before the first.")

    @property
    def days(self) -> int:
        """How many days it spans."""
        return (self.until - self.since).days + 1

    @property
    def begin(self) -> datetime:
        """The first moment."""
        return _midnight(self.since, self.time_zone)

    @property
    def end(self) -> datetime:
        """The moment after the last."""
        return _midnight(self.until + timedelta(days=1), self.time_zone)

    def each_day(self) -> list[date]:
        """All days, those without anything too."""
        return [self.since + timedelta(days=number) for number in range(self.days)]

    def previous(self) -> Scope:
        """As many days just before, to compare with."""
        return replace(self, since=self.since - timedelta(days=self.days), until=self.since - timedelta(days=1))

    def of(self, people: tuple[UUID, ...]) -> Scope:
        """The same of certain people only."""
        return replace(self, people=people)

    def render(self, text: str) -> str:
        """A chart's SQL with the conditions of this scope in place of their names.

        `{events}` are conditions on learning_events, `{milestones}` on those of rare types, `{activity}` on what is
        counted by quarters of an hour. With `_until` they know no first day, with `_with_previous` they begin with the
        period before, with `_with_month` 30 days earlier. `{weeks_until}` are the weeks before the last one on
        learner_weeks, `{events_of_last_week}` the rest.
        """
        for name, condition in self._conditions().items():
            text = text.replace(name, condition)
        return text

    def parameters(self) -> dict[str, object]:
        """What the server binds in the rendered SQL."""
        values: dict[str, object] = {
            "begin": _stamp(self.begin),
            "end": _stamp(self.end),
            "previous_begin": _stamp(self.previous().begin),
            "month_begin": _stamp(_midnight(self.since - timedelta(days=30), self.time_zone)),
            "time_zone": self.time_zone,
        }
        if self.courses is not None and len(self.courses) == 1:
            values["course_id"] = self.courses[0]
        elif self.courses is not None:
            values["course_ids"] = list(self.courses)
        if self.people is not None:
            values["people"] = list(self.people)
        return values

    def _conditions(self) -> dict[str, str]:
        which = "none" if self.courses is None else "one" if len(self.courses) == 1 else "many"
        courses = _OF_COURSES[which]
        whose = []
        if self.people is not None:
            whose.append("actor_id IN {people:Array(UUID)}")
        if self.segment is not Segment.EVERYONE:
            whose.append(_SEGMENTS[self.segment].replace("{courses}", courses))

        def when(column: str, *, since: str | None) -> str:
            begin = f"{column} > 0" if since is None else f"{column} >= {since}"
            months = [] if since is None else [_MONTHS.replace("{from_}", since)]
            return "\n    AND ".join([courses, begin, *months, f"{column} < {_TO}", *whose])

        return {
            "{events}": when("occurred_at", since=_FROM) + f"\n    AND {_HONEST}",
            "{events_until}": when("occurred_at", since=None) + f"\n    AND {_HONEST}",
            "{events_of_last_week}": when("occurred_at", since=_WEEK) + f"\n    AND {_HONEST}",
            "{milestones}": when("occurred_at", since=_FROM),
            "{weeks_until}": "\n    AND ".join([courses, f"week < {_WEEK}", *whose]),
            "{activity}": when("bucket", since=_FROM),
            "{activity_until}": when("bucket", since=None),
            "{activity_with_previous}": when("bucket", since=_BEFORE),
            "{activity_with_month}": when("bucket", since=_MONTH_BEFORE),
        }


def _midnight(day: date, time_zone: str) -> datetime:
    """The moment at which a day begins. Where clocks skip midnight, the first moment after the gap."""
    local = datetime.combine(day, time(0), ZoneInfo(time_zone))
    return local.astimezone(UTC)


def _stamp(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S}.000"
