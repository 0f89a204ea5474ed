"""Finding a lesson by what is said in it. What one may not read yet is found too, but not shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import case, func, literal, or_, select, union
from sqlalchemy.orm import Session

from learncraft.accounts.viewer import Viewer
from learncraft.courses.models import Course, CourseStatus, Lesson, Module
from learncraft.courses.teaching import is_taught_by
from learncraft.enrollment.models import Enrollment
from learncraft.enrollment.search_query import SearchQuery, Snippet, pieces
from learncraft.enrollment.writes import IN_COURSE

SHOWN = 5
RANKED = 120  # of the lessons that have the words; ranking more of them would show in the time


@dataclass(frozen=True, slots=True)
class LessonHit:
    """A lesson that has the searched words. `snippet` is empty when the viewer may not read it yet."""

    id: UUID
    title: str
    course_slug: str
    course_title: str
    is_readable: bool
    snippet: Snippet


def lessons(session: Session, viewer: Viewer, query: SearchQuery) -> tuple[LessonHit, ...]:
    """The lessons that fit best, those that the viewer may read first. One query.

    Of a word that thousands of lessons have, some are ranked, and all of the viewer's own courses.
    """
    has_words = [query.matches(Lesson.search_vector), Lesson.is_published]
    somewhere = select(Lesson.id.label("id")).where(*has_words).limit(RANKED).subquery("somewhere")
    mine = (
        select(Lesson.id)
        .join(Module, Module.id == Lesson.module_id)
        .join(Enrollment, Enrollment.course_id == Module.course_id)
        .where(Enrollment.user_id == viewer.id, Enrollment.status.in_(IN_COURSE), *has_words)
    )
    candidates = union(select(somewhere.c.id), mine).subquery("candidates")
    is_readable = or_(
        func.coalesce(Enrollment.status.in_(IN_COURSE), False),
        Lesson.is_free,
        is_taught_by(viewer),
    )
    best = (
        select(Lesson.id, is_readable.label("is_readable"), query.rank(Lesson.search_vector).label("rank"))
        .join(candidates, candidates.c.id == Lesson.id)
        .join(Module, Module.id == Lesson.module_id)
        .join(Course, Course.id == Module.course_id)
        .outerjoin(Enrollment, (Enrollment.course_id == Course.id) & (Enrollment.user_id == viewer.id))
        .where(
            Module.is_published,
            Course.deleted_at.is_(None),
            or_(Course.status == CourseStatus.PUBLISHED, Enrollment.status.in_(IN_COURSE)),
        )
        .order_by(is_readable.desc(), query.rank(Lesson.search_vector).desc(), Lesson.id)
        .limit(SHOWN)
        .cte("best")
    )
    shown = case(
        (best.c.is_readable, query.headline(Course.language, func.lesson_plain(Lesson.content))), else_=literal("")
    )
    found = session.execute(
        select(Lesson.id, Lesson.title, Course.slug, Course.title, best.c.is_readable, shown)
        .join(best, best.c.id == Lesson.id)
        .join(Module, Module.id == Lesson.module_id)
        .join(Course, Course.id == Module.course_id)
        .order_by(best.c.is_readable.desc(), best.c.rank.desc(), Lesson.id)
    )
    rows: list[list[Any]] = [[*row[:-1], pieces(row[-1])] for row in found]
    return tuple(LessonHit(*row) for row in rows)
