"""Who is active, when, and what they do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from learncraft.analytics.questions import Of, question, rows
from learncraft.analytics.scope import Scope
from learncraft.analytics.store import EventStore


@dataclass(frozen=True, slots=True)
class ActiveDay:
    """How many people were active on one day."""

    day: date
    learners: int
    events: int


@dataclass(frozen=True, slots=True)
class ActiveHour:
    """How many people were active in one hour of the week. Monday is 1."""

    weekday: int
    hour: int
    learners: int


@dataclass(frozen=True, slots=True)
class Totals:
    """A period in numbers."""

    learners: int
    events: int
    enrolled: int
    lessons_completed: int
    courses_completed: int
    passed: int
    failed: int


@dataclass(frozen=True, slots=True)
class Doing:
    """How often one thing was done, and by how many."""

    event_type: str
    events: int
    learners: int


@dataclass(frozen=True, slots=True)
class EnrollmentDay:
    """Who came, left and finished on one day, and what was paid."""

    day: date
    enrolled: int
    left: int
    finished: int
    revenue: Decimal


@question(
    "Who is active, day by day?",
    counted="Learners with at least one event on that day, each counted once. Days are those of your time zone.",
)
def active_learners_by_day(store: EventStore, scope: Scope) -> list[ActiveDay]:
    """One row for each day of the scope, those without anybody too."""
    found = {row.day: row for row in rows(store, ActiveDay, "active_learners_by_day", scope)}
    return [found.get(day, ActiveDay(day, learners=0, events=0)) for day in scope.each_day()]


@question(
    "At which hours do learners work?",
    counted="Different learners with at least one event in that hour of the week, over the whole period, "
    "in your time zone.",
)
def active_hours(store: EventStore, scope: Scope) -> list[ActiveHour]:
    """One row for each hour of the week in which anybody was active."""
    return rows(store, ActiveHour, "active_hours", scope)


@question(
    "How was the period as a whole?",
    counted="Learners with at least one event, each counted once; enrollments, finished lessons and courses, "
    "and results of attempts, each counted as often as it happened.",
    of=Of.BOTH,
)
def period_totals(store: EventStore, scope: Scope) -> list[Totals]:
    """One row."""
    return rows(store, Totals, "period_totals", scope)


@question(
    "What do learners do?",
    counted="Events of each type, and the different learners who have at least one.",
)
def doings(store: EventStore, scope: Scope) -> list[Doing]:
    """One row for each type of event that happened, the most frequent first."""
    return rows(store, Doing, "doings", scope)


@question(
    "Who comes, who leaves, and what is paid?",
    counted="Enrollments, drop-outs and completions by the day they happened; revenue is the price that the "
    "enrollments of that day were made at.",
    of=Of.BOTH,
)
def enrollments_by_day(store: EventStore, scope: Scope) -> list[EnrollmentDay]:
    """One row for each day of the scope, those without anything too."""
    found = {row.day: row for row in rows(store, EnrollmentDay, "enrollments_by_day", scope)}
    return [found.get(day, EnrollmentDay(day, 0, 0, 0, Decimal(0))) for day in scope.each_day()]
