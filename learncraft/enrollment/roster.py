"""Who is in a course, by name, for those who teach it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from learncraft.accounts.models import User
from learncraft.enrollment.models import CourseProgress, Enrollment

MOST_LEARNERS = 500


@dataclass(frozen=True, slots=True)
class CourseLearner:
    """A learner's place in a course."""

    user_id: UUID
    name: str
    percent: float
    enrolled_at: datetime
    last_seen: datetime | None


def learners_of(session: Session, course_id: UUID, *, asked: UUID | None = None) -> list[CourseLearner]:
    """The learners of a course whose account is open, the latest active first; `asked` too.

    Of a course with more than MOST_LEARNERS, those who came last: to find who was there last of 50,000 takes long.
    """
    wanted = (
        select(
            Enrollment.user_id,
            User.first_name + " " + User.last_name,
            CourseProgress.percent_complete,
            Enrollment.enrolled_at,
            CourseProgress.last_accessed_at,
        )
        .join(User, User.id == Enrollment.user_id)
        .join(CourseProgress, CourseProgress.enrollment_id == Enrollment.id, isouter=True)
        .where(Enrollment.course_id == course_id, User.deleted_at.is_(None))
    )
    newest = (
        select(Enrollment.id)
        .where(Enrollment.course_id == course_id)
        .order_by(Enrollment.enrolled_at.desc(), Enrollment.id)
        .limit(MOST_LEARNERS)
        .cte("newest")
    )
    some = wanted.join(newest, newest.c.id == Enrollment.id)
    rows = [*session.execute(some.order_by(CourseProgress.last_accessed_at.desc().nulls_last(), Enrollment.id))]
    if asked is not None and all(row[0] != asked for row in rows):
        rows += session.execute(wanted.where(Enrollment.user_id == asked))
    return [CourseLearner(key, name, float(share or 0), since, seen) for key, name, share, since, seen in rows]
