"""What comes up for a learner: windows of assessments, cohorts that begin and end, places that end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

AHEAD = 60  # days
MOST = 20


class Occasion(StrEnum):
    """What happens then."""

    OPENS = "opens"
    CLOSES = "closes"
    BEGINS = "begins"
    ENDS = "ends"
    EXPIRES = "expires"


@dataclass(frozen=True, slots=True)
class Entry:
    """One date. `lesson_id` leads to what it is about; None leads to the course. `is_day` has no hour."""

    at: datetime
    occasion: Occasion
    title: str
    course: str
    course_slug: str
    lesson_id: UUID | None
    is_day: bool


# Assessments stand above enrollment, so their table is read by name. Dates of cohorts are days, the same everywhere.
_ENTRIES = """
WITH mine AS (
    SELECT e.course_id, e.cohort_id, e.expires_at, c.title, c.slug
    FROM enrollments AS e JOIN courses AS c ON c.id = e.course_id
    WHERE e.user_id = :learner AND e.status = 'active' AND c.deleted_at IS NULL
), windows AS (
    SELECT a.available_from, a.available_until, a.title AS name, l.id AS lesson_id, mine.title, mine.slug
    FROM mine JOIN modules AS m ON m.course_id = mine.course_id AND m.is_published
    JOIN lessons AS l ON l.module_id = m.id AND l.is_published
    JOIN assessments AS a ON a.lesson_id = l.id AND a.is_published
    WHERE a.available_from > now() OR a.available_until > now()
), entries AS (
    SELECT available_from AS at, 'opens' AS occasion, name, title, slug, lesson_id, false AS is_day FROM windows
    UNION ALL
    SELECT available_until, 'closes', name, title, slug, lesson_id, false FROM windows
    UNION ALL
    SELECT h.start_date, 'begins', h.name, mine.title, mine.slug, NULL, true
    FROM mine JOIN cohorts AS h ON h.id = mine.cohort_id WHERE h.is_active
    UNION ALL
    SELECT h.end_date, 'ends', h.name, mine.title, mine.slug, NULL, true
    FROM mine JOIN cohorts AS h ON h.id = mine.cohort_id WHERE h.is_active
    UNION ALL
    SELECT expires_at, 'expires', title, title, slug, NULL, false FROM mine
)
SELECT at, occasion, name, title, slug, lesson_id, is_day FROM entries
WHERE at > now() - CASE WHEN is_day THEN interval '1 day' ELSE interval '0' END
  AND at < now() + make_interval(days => :ahead)
ORDER BY at, title, name LIMIT :most
"""


def upcoming(session: Session, learner_id: UUID) -> list[Entry]:
    """What comes up within sixty days in the courses that somebody is in, the next first. One query."""
    rows = session.execute(text(_ENTRIES), {"learner": learner_id, "ahead": AHEAD, "most": MOST})
    return [Entry(row[0], Occasion(row[1]), *row[2:]) for row in rows]
