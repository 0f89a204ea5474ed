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
    WITH failed AS (
        SELECT m.course_id, count(*) AS videos
        FROM videos v
        JOIN lessons l ON l.id = v.lesson_id
        JOIN modules m ON m.id = l.module_id
        WHERE v.status = 'failed'
        GROUP BY m.course_id
    ),
    empty AS (
        SELECT m.course_id, count(*) AS lessons
        FROM lessons l
        JOIN modules m ON m.id = l.module_id
        WHERE jsonb_array_length(l.content -> 'blocks') = 0
        GROUP BY m.course_id
    ),
    taught AS (SELECT DISTINCT m.course_id FROM lessons l JOIN modules m ON m.id = l.module_id)
    SELECT c.id, c.title, c.enrollment_count, c.updated_at, coalesce(failed.videos, 0), coalesce(empty.lessons, 0),
        taught.course_id IS NULL
    FROM courses c
    LEFT JOIN failed ON failed.course_id = c.id
    LEFT JOIN empty ON empty.course_id = c.id
    LEFT JOIN taught ON taught.course_id = c.id
    WHERE c.status = 'published' AND c.deleted_at IS NULL
        AND (failed.videos > 0 OR empty.lessons > 0 OR taught.course_id IS NULL
            OR c.updated_at < now() - make_interval(days => :stale))
    ORDER BY c.enrollment_count DESC, c.id
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
