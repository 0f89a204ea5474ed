"""Finding a course."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from learncraft.accounts.models import User
from learncraft.courses.models import Course, CourseCategory, CourseStatus, Lesson, Module, SkillLevel
from learncraft.enrollment.models import CourseProgress, Enrollment
from learncraft.enrollment.writes import IN_COURSE

PAGE_SIZE = 12


@dataclass(frozen=True, slots=True)
class CourseCard:
    """What the catalogue shows of a course. `percent` is the viewer's progress, None when not enrolled."""

    id: UUID
    slug: str
    title: str
    short_description: str
    category: CourseCategory
    skill_level: SkillLevel
    duration_minutes: int
    price: Decimal
    thumbnail_url: str | None
    instructor: str
    lessons: int
    learners: int
    percent: Decimal | None


@dataclass(frozen=True, slots=True)
class CataloguePage:
    """One page of cards, and how many there are in all."""

    cards: tuple[CourseCard, ...]
    total: int


def catalogue(
    session: Session,
    *,
    viewer_id: UUID,
    search: str = "",
    category: CourseCategory | None = None,
    level: SkillLevel | None = None,
    page: int = 1,
) -> CataloguePage:
    """Published courses, featured and popular ones first. Each word of `search` must occur somewhere."""
    wanted: list[ColumnElement[bool]] = [Course.status == CourseStatus.PUBLISHED, Course.deleted_at.is_(None)]
    if category is not None:
        wanted.append(Course.category == category)
    if level is not None:
        wanted.append(Course.skill_level == level)
    wanted.extend(_contains(word) for word in search.split()[:10])
    lessons = (
        select(func.count())
        .select_from(Lesson)
        .join(Module, Module.id == Lesson.module_id)
        .where(Module.course_id == Course.id, Module.is_published, Lesson.is_published)
        .scalar_subquery()
    )
    rows = session.execute(
        select(
            Course.id,
            Course.slug,
            Course.title,
            func.coalesce(Course.short_description, ""),
            Course.category,
            Course.skill_level,
            Course.duration_minutes,
            Course.price,
            Course.thumbnail_url,
            User.first_name + " " + User.last_name,
            lessons,
            Course.enrollment_count,
            CourseProgress.percent_complete,
            func.count().over(),
        )
        .join(User, User.id == Course.instructor_id)
        .outerjoin(
            Enrollment,
            (Enrollment.course_id == Course.id) & (Enrollment.user_id == viewer_id) & Enrollment.status.in_(IN_COURSE),
        )
        .outerjoin(CourseProgress, CourseProgress.enrollment_id == Enrollment.id)
        .where(*wanted)
        .order_by(Course.is_featured.desc(), Course.enrollment_count.desc(), Course.title, Course.id)
        .limit(PAGE_SIZE)
        .offset(PAGE_SIZE * (max(page, 1) - 1))
    ).all()
    cards: list[tuple[Any, ...]] = [tuple(row) for row in rows]
    return CataloguePage(tuple(CourseCard(*card[:-1]) for card in cards), cards[0][-1] if cards else 0)


def _contains(word: str) -> ColumnElement[bool]:
    return or_(
        Course.title.icontains(word, autoescape=True),
        Course.short_description.icontains(word, autoescape=True),
        Course.description.icontains(word, autoescape=True),
        func.jsonb_exists(Course.tags, word.lower()),
    )
