"""Published courses with parts that are broken, empty or old."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

STALE_DAYS = 365
MOST_COURSES = 100

_UNHEALTHY = text(
    """
    WITH parts AS (
        SELECT c.id, c.title, c.enrollment_count, c.updated_at,
            count(*) FILTER (WHERE v.status = 'failed') AS failed_videos,
            count(DISTINCT l.id) FILTER (WHERE jsonb_array_length(l.content -> 'blocks') = 0) AS empty_lessons,
            count(l.id) AS lessons
        FROM courses c
        LEFT JOIN modules m ON m.course_id = c.id
        LEFT JOIN lessons l ON l.module_id = m.id
        LEFT JOIN videos v ON v.lesson_id = l.id
        WHERE c.status = 'published' AND c.deleted_at IS NULL
        GROUP BY c.id
    )
    SELECT id, title, enrollment_count, updated_at, failed_videos, empty_lessons, lessons = 0
    FROM parts
    WHERE failed_videos > 0 OR empty_lessons > 0 OR lessons = 0 OR updated_at < now() - make_interval(days => :stale)
    ORDER BY enrollment_count DESC, id
    LIMIT :most
    """
)


@dataclass(frozen=True, slots=True)
class UnhealthyCourse:
    """A course in the catalogue, and what is wrong with it."""

    id: UUID
    title: str
    learners: int
    updated_at: datetime
    failed_videos: int
    empty_lessons: int
    is_empty: bool


def unhealthy_courses(session: Session) -> list[UnhealthyCourse]:
    """Those with most learners first."""
    rows = session.execute(_UNHEALTHY, {"stale": STALE_DAYS, "most": MOST_COURSES})
    return [UnhealthyCourse(*row) for row in rows]
