"""What administrators ask of the whole platform."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from learncraft.analytics.questions import Of, question, rows
from learncraft.analytics.scope import Scope
from learncraft.analytics.store import EventStore


@dataclass(frozen=True, slots=True)
class ActiveWindow:
    """People active on a day, in the 7 and in the 30 days that end with it."""

    day: date
    day_learners: int
    week_learners: int
    month_learners: int

    @property
    def stickiness(self) -> float | None:
        """The share of the month's people who came on this day, from 0 to 1."""
        return self.day_learners / self.month_learners if self.month_learners else None


@dataclass(frozen=True, slots=True)
class CourseStanding:
    """One course beside the others; `twelfths` are its learners in each twelfth of the period."""

    course_id: UUID
    learners: int
    learners_before: int
    completions: int
    twelfths: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Search:
    """Words that found nothing."""

    searched: str
    times: int
    people: int


@dataclass(frozen=True, slots=True)
class Receipts:
    """Events that came on one day. `longest_delay` is in seconds."""

    day: date
    events: int
    from_future: int
    late: int
    longest_delay: int


@question(
    "How many people come in a day, a week, a month?",
    counted="Different people with at least one event on the day, in the 7 days and in the 30 days that end with it. "
    "Stickiness is the day's share of the month.",
    of=Of.PLATFORM,
)
def active_windows(store: EventStore, scope: Scope) -> list[ActiveWindow]:
    """One row for each day of the scope."""
    found = rows(store, ActiveWindow, "active_windows", scope)  # the days on which something changes
    known = {row.day: row for row in found}
    last = max((row for row in found if row.day < scope.since), key=lambda row: row.day, default=None)
    made = []
    for day in scope.each_day():
        before = (last.day_learners, last.week_learners, last.month_learners) if last else (0, 0, 0)
        last = known.get(day) or ActiveWindow(day, *before)
        made.append(last)
    return made


@question(
    "How do courses stand beside each other?",
    counted="Different learners with an event in the course, in this period and in the one before; completions; and "
    "learners in each twelfth of the period.",
    of=Of.PLATFORM,
)
def course_league(store: EventStore, scope: Scope) -> list[CourseStanding]:
    """One row for each course with a learner, the largest first."""
    return [replace(row, twelfths=tuple(row.twelfths)) for row in rows(store, CourseStanding, "course_league", scope)]


@question(
    "What do people search for and not find?",
    counted="Searches in the catalogue that had no result, as they were typed.",
    of=Of.PLATFORM,
)
def fruitless_searches(store: EventStore, scope: Scope) -> list[Search]:
    """One row for each text, the most frequent first, 100 at most."""
    return rows(store, Search, "fruitless_searches", scope)


@question(
    "How do events come in?",
    counted="Events by the day they were received, those that came more than a minute after they happened, and those "
    "that no chart counts, because they claim a time more than 5 minutes after they came.",
    of=Of.PLATFORM,
)
def receipts_by_day(store: EventStore, scope: Scope) -> list[Receipts]:
    """One row for each day of the scope, those without any too."""
    found = {row.day: row for row in rows(store, Receipts, "receipts_by_day", scope)}
    return [found.get(day, Receipts(day, 0, 0, 0, 0)) for day in scope.each_day()]
