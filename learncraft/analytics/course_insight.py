"""What the pages of one course ask the event store. Names of people, lessons and questions come from PostgreSQL."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import Engine

from learncraft.analytics.shipping import shipped_until
from learncraft.analytics.store import EventStore
from learncraft.errors import InvalidInputError


@dataclass(frozen=True, slots=True)
class ActiveDay:
    """How many people were active in a course on one day."""

    day: date
    learners: int
    events: int


@dataclass(frozen=True, slots=True)
class LessonReach:
    """How many people came to a lesson, and to its end."""

    lesson_id: UUID
    opened: int
    completed: int


@dataclass(frozen=True, slots=True)
class QuestionResult:
    """How a question was answered. `facility` is None when no answer could earn points."""

    question_id: UUID
    answers: int
    correct: int
    facility: float | None


@dataclass(frozen=True, slots=True)
class AsOf:
    """How current a chart is. `moment` is None while the store is empty and PostgreSQL isn't asked."""

    moment: datetime | None
    is_complete: bool  # all that was recorded until the moment is in the charts


def active_learners_by_day(
    store: EventStore, *, course_id: UUID, since: date, until: date, time_zone: str
) -> list[ActiveDay]:
    """Who was active on each day from `since` to `until`, both included, as days begin and end in `time_zone`.

    Active means at least one event of any type in the course. Days without any are there too.

    Raises:
        InvalidInputError: there is no such time zone.
    """
    try:
        ZoneInfo(time_zone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise InvalidInputError(f"{time_zone!r} is not a time zone. Write one such as Europe/Berlin.") from error
    found = store.rows(
        ActiveDay,
        "charts/active_learners_by_day",
        course_id=course_id,
        since=since,
        until=until,
        time_zone=time_zone,
    )
    active = {row.day: row for row in found}
    days = (since + timedelta(days=number) for number in range((until - since).days + 1))
    return [active.get(day, ActiveDay(day, learners=0, events=0)) for day in days]


def completion_funnel(store: EventStore, *, course_id: UUID) -> list[LessonReach]:
    """How many people opened and how many completed each lesson that anyone came to.

    Who completed a lesson without an event of opening it counts as having opened it.
    """
    return store.rows(LessonReach, "charts/completion_funnel", course_id=course_id)


def question_results(store: EventStore, *, course_id: UUID) -> list[QuestionResult]:
    """The answers to each question of the course, over all attempts: one per graded answer.

    Facility is the mean share of the points that an answer earned, from 0 (hard) to 1 (easy).
    """
    return store.rows(QuestionResult, "charts/question_results", course_id=course_id)


def as_of(store: EventStore, engine: Engine | None) -> AsOf:
    """The moment that the charts show. Without PostgreSQL, the newest event received: later ones may be missing."""
    if engine is not None:
        return AsOf(shipped_until(engine), is_complete=True)
    [(events, newest)] = store.query(
        "SELECT count(), max(received_at) FROM learning_events "
        "WHERE received_month = (SELECT max(received_month) FROM learning_events)"
    )
    return AsOf(newest if events else None, is_complete=False)
