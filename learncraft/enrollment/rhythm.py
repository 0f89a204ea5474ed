"""How regularly somebody learns: days in a row, and time spent. Days are those of the learner's time zone."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

LOOKED_AT = 90  # days
SLOT = 5  # minutes: whoever did anything within them was there


@dataclass(frozen=True, slots=True)
class Rhythm:
    """Days in a row until today; days and minutes of the last seven."""

    streak: int
    days_this_week: int
    minutes_this_week: int
    learned_today: bool


def streak(days: Collection[date], today: date) -> int:
    """How many days in a row somebody learned, up to today; a day that isn't over yet breaks nothing."""
    day = today if today in days else today - timedelta(days=1)
    count = 0
    while day in days:
        count, day = count + 1, day - timedelta(days=1)
    return count


def rhythm(session: Session, learner_id: UUID, *, time_zone: str, today: date) -> Rhythm:
    """One person's rhythm. One query."""
    rows = session.execute(
        text(
            """
            SELECT CAST(occurred_at AT TIME ZONE :zone AS date) AS day,
                count(DISTINCT date_bin(make_interval(mins => :slot), occurred_at, 'epoch')) AS slots
            FROM learning_events
            WHERE user_id = :learner AND occurred_at > now() - make_interval(days => :days)
              AND event_type NOT IN ('signed_in', 'search_made', 'unenrolled', 'certificate_issued')
            GROUP BY day
            """
        ),
        {"learner": learner_id, "zone": time_zone, "days": LOOKED_AT, "slot": SLOT},
    )
    slots = {day: int(count) for day, count in rows}
    week = [today - timedelta(days=ago) for ago in range(7)]
    return Rhythm(
        streak=streak(slots, today),
        days_this_week=sum(day in slots for day in week),
        minutes_this_week=SLOT * sum(slots.get(day, 0) for day in week),
        learned_today=today in slots,
    )
