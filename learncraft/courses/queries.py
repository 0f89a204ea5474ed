"""What those who teach see of their courses, and the names that charts need."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CTE, ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from learncraft.accounts.models import User
from learncraft.accounts.viewer import Viewer
from learncraft.courses.media_models import Video
from learncraft.courses.models import Course, CourseStatus, Lesson, Module
from learncraft.courses.teaching import is_taught_by

PAGE_SIZE = 20


@dataclass(frozen=True, slots=True)
class TaughtCourse:
    """A course in the list of those who look after it."""

    id: UUID
    slug: str
    title: str
    status: CourseStatus
    instructor_id: UUID
    instructor: str
    modules: int
    lessons: int
    learners: int
    price: Decimal
    thumbnail_url: str | None
    updated_at: datetime
    is_featured: bool


@dataclass(frozen=True, slots=True)
class TaughtPage:
    """One page of that list, and how many courses there are in all."""

    courses: tuple[TaughtCourse, ...]
    total: int
    page: int


@dataclass(frozen=True, slots=True)
class CourseName:
    """A course by name, with how many learners it has."""

    id: UUID
    title: str
    learners: int


@dataclass(frozen=True, slots=True)
class LessonName:
    """A lesson by name, in the order of its course; `place` counts from 1."""

    id: UUID
    place: int
    title: str
    module: str
    module_id: UUID
    minutes: int  # as the author estimates


@dataclass(frozen=True, slots=True)
class VideoName:
    """A video by name, with the lesson that it is in; `seconds` is None while nobody knows its length."""

    id: UUID
    title: str
    lesson_id: UUID
    lesson: str
    seconds: int | None


def taught_courses(
    session: Session,
    viewer: Viewer,
    *,
    page: int = 1,
    matches: ColumnElement[bool] | None = None,
    rank: ColumnElement[float] | None = None,
) -> TaughtPage:
    """What the viewer teaches or helps with, or all for who reviews content, the latest changed first. Two queries.

    `matches` narrows them, and what has the higher `rank` then comes first: `enrollment.taught.find` searches by words.
    """
    mine: list[ColumnElement[bool]] = [Course.deleted_at.is_(None), is_taught_by(viewer)]
    if matches is not None:
        mine.append(matches)
    total = session.scalar(select(func.count()).select_from(Course).where(*mine)) or 0
    shown = min(max(page, 1), max(1, -(-total // PAGE_SIZE)))
    latest: list[ColumnElement[Any]] = [Course.updated_at.desc(), Course.id.asc()]
    order = latest if rank is None else [rank.desc(), *latest]
    # What is costly is asked of a page's courses only, after they are chosen.
    picked = select(Course.id).where(*mine).order_by(*order).limit(PAGE_SIZE).offset((shown - 1) * PAGE_SIZE)
    rows = session.execute(_taught(picked.cte("picked")).order_by(*order))
    return TaughtPage(tuple(TaughtCourse(*row) for row in rows), total, shown)


def _taught(picked: CTE) -> Select[*tuple[Any, ...]]:
    modules = select(func.count()).where(Module.course_id == Course.id).scalar_subquery()
    lessons = (
        select(func.count())
        .select_from(Lesson)
        .join(Module, Module.id == Lesson.module_id)
        .where(Module.course_id == Course.id)
        .scalar_subquery()
    )
    return (
        select(
            Course.id,
            Course.slug,
            Course.title,
            Course.status,
            Course.instructor_id,
            User.first_name + " " + User.last_name,
            modules,
            lessons,
            Course.enrollment_count,
            Course.price,
            Course.thumbnail_url,
            Course.updated_at,
            Course.is_featured,
        )
        .join(picked, picked.c.id == Course.id)
        .join(User, User.id == Course.instructor_id)
    )


def taught_names(session: Session, viewer: Viewer) -> list[CourseName]:
    """The same courses by name alone, for choosing one of them: where most people learn first."""
    mine = (Course.deleted_at.is_(None), is_taught_by(viewer))
    wanted = select(Course.id, Course.title, Course.enrollment_count).where(*mine)
    liveliest = (Course.enrollment_count.desc(), Course.updated_at.desc(), Course.id)
    return [CourseName(*row) for row in session.execute(wanted.order_by(*liveliest))]


def lesson_names(session: Session, course_id: UUID) -> list[LessonName]:
    """All lessons of a course in order."""
    rows = session.execute(
        select(Lesson.id, Lesson.title, Module.title, Module.id, Lesson.duration_minutes)
        .join(Module, Module.id == Lesson.module_id)
        .where(Module.course_id == course_id)
        .order_by(Module.order_index, Lesson.order_index)
    )
    return [LessonName(row[0], place, *row[1:]) for place, row in enumerate(rows, start=1)]


def video_names(session: Session, course_id: UUID) -> list[VideoName]:
    """All videos of a course in its order."""
    rows = session.execute(
        select(Video.id, Video.title, Lesson.id, Lesson.title, Video.duration_seconds)
        .join(Lesson, Lesson.id == Video.lesson_id)
        .join(Module, Module.id == Lesson.module_id)
        .where(Module.course_id == course_id)
        .order_by(Module.order_index, Lesson.order_index, Video.created_at, Video.id)
    )
    return [VideoName(*row) for row in rows]


def course_titles(session: Session, ids: Iterable[UUID]) -> dict[UUID, str]:
    """The names that courses have now, of those that are there."""
    rows = session.execute(select(Course.id, Course.title).where(Course.id.in_(list(ids)), Course.deleted_at.is_(None)))
    return {row[0]: row[1] for row in rows}
