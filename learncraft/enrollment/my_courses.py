"""The courses that somebody is in or has finished, and how far they are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select, true
from sqlalchemy.orm import Session

from learncraft.courses.models import (
    Course,
    Lesson,
    Module,
)
from learncraft.enrollment import writes
from learncraft.enrollment.models import CourseProgress, Enrollment, EnrollmentStatus, LessonProgress, ProgressStatus


@dataclass(frozen=True, slots=True)
class MyCourse:
    """A course that the viewer is in, and where to continue."""

    id: UUID
    slug: str
    title: str
    thumbnail_url: str | None
    status: EnrollmentStatus
    completed_lessons: int
    total_lessons: int
    percent: Decimal
    last_accessed_at: datetime | None
    next_lesson_id: UUID | None
    next_lesson_title: str | None


def my_courses(session: Session, viewer_id: UUID) -> list[MyCourse]:
    """The viewer's courses, the latest used first, each with the lesson to continue at.

    That is the lesson last opened while it is unfinished, else the first unfinished one. One query.
    """
    finished = (
        select(LessonProgress.id)
        .where(
            LessonProgress.lesson_id == Lesson.id,
            LessonProgress.user_id == viewer_id,
            LessonProgress.status == ProgressStatus.COMPLETED,
        )
        .exists()
    )
    following = (
        select(Lesson.id, Lesson.title)
        .join(Module, Module.id == Lesson.module_id)
        .where(Module.course_id == Enrollment.course_id, Module.is_published, Lesson.is_published, ~finished)
        .order_by(
            (Lesson.id == CourseProgress.last_lesson_id).desc().nulls_last(), Module.order_index, Lesson.order_index
        )
        .limit(1)
        .lateral("following")
    )
    rows = session.execute(
        select(
            Course.id,
            Course.slug,
            Course.title,
            Course.thumbnail_url,
            Enrollment.status,
            CourseProgress.completed_lessons,
            CourseProgress.total_lessons,
            CourseProgress.percent_complete,
            CourseProgress.last_accessed_at,
            following.c.id,
            following.c.title,
        )
        .select_from(Enrollment)
        .join(Course, Course.id == Enrollment.course_id)
        .join(CourseProgress, CourseProgress.enrollment_id == Enrollment.id)
        .outerjoin(following, true())
        .where(Enrollment.user_id == viewer_id, Enrollment.status.in_(writes.IN_COURSE), Course.deleted_at.is_(None))
        .order_by(CourseProgress.last_accessed_at.desc().nulls_last(), Enrollment.enrolled_at.desc())
    )
    return [MyCourse(*row) for row in rows]
