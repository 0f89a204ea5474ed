"""Finding a course, and the lesson in it that one is looking for."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, literal, select, true
from sqlalchemy.orm import Session

from learncraft import connecting, events
from learncraft.accounts.models import User
from learncraft.accounts.viewer import Viewer
from learncraft.courses.models import Course, CourseCategory, Lesson, Module, SkillLevel
from learncraft.enrollment import dictionary, facets, lesson_search, search_query
from learncraft.enrollment.catalogue_models import CourseListing
from learncraft.enrollment.facets import Choice, Facet, Filters
from learncraft.enrollment.lesson_search import LessonHit
from learncraft.enrollment.models import CourseProgress, Enrollment
from learncraft.enrollment.search_query import SearchQuery, Snippet
from learncraft.enrollment.spelling import storable, words_of
from learncraft.enrollment.writes import IN_COURSE

PAGE_SIZE = 12
_KEPT_QUERY = 200  # characters of a search that its event keeps


class Sort(StrEnum):
    """What comes first."""

    RELEVANCE = "relevance"
    POPULARITY = "popularity"
    NEWEST = "newest"


@dataclass(frozen=True, slots=True)
class CourseCard:
    """What the catalogue shows of a course.

    `percent` is the viewer's progress, None when not enrolled; `snippet` is where the searched words are.
    """

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
    rating: Decimal
    ratings: int
    percent: Decimal | None
    is_featured: bool
    free_lessons: int
    snippet: Snippet


@dataclass(frozen=True, slots=True)
class CataloguePage:
    """One page of cards, how many courses there are in all, and by what they can be narrowed.

    `corrected` are the words that were searched instead of mistyped ones that nothing was found for.
    """

    cards: tuple[CourseCard, ...]
    total: int
    choices: dict[Facet, tuple[Choice, ...]]
    lessons: tuple[LessonHit, ...]
    corrected: str | None


def catalogue(
    session: Session,
    viewer: Viewer,
    *,
    search: str = "",
    filters: Filters | None = None,
    sort: Sort = Sort.RELEVANCE,
    page: int = 1,
) -> CataloguePage:
    """Published courses that have all words of `search`, the best first, and lessons that have them.

    Without a search, featured and popular courses come first. Two queries; four for a search, nine at most for a
    mistyped one.
    """
    filters = filters or Filters()
    words = words_of(search)
    if not words:
        # Signs alone are a search for nothing, which nothing fits.
        return _browse(session, viewer, filters, sort, page) if not search.strip() else _empty()
    found = _search(session, viewer, words, filters, sort, page)
    if not found.total and not found.lessons and (better := dictionary.corrected(session, words)):
        found = _search(session, viewer, better, filters, sort, page, corrected=" ".join(better))
    return found


def record_search(session: Session, learner_id: UUID, *, query: str, results: int) -> None:
    """Tell that somebody searched, and how much there was."""
    kept = " ".join(storable(query[:2_000]).split())[:_KEPT_QUERY]
    events.record(session, "search_made", learner_id, data={"query": kept, "results": results})


def _empty() -> CataloguePage:
    return CataloguePage((), 0, dict.fromkeys(Facet, ()), (), None)


def _browse(session: Session, viewer: Viewer, filters: Filters, sort: Sort, page: int) -> CataloguePage:
    total, choices = facets.count(session, filters)
    cards = _cards(session, viewer, filters, sort, page, None) if total else ()
    return CataloguePage(cards, total, choices, (), None)


def _search(
    session: Session,
    viewer: Viewer,
    words: tuple[str, ...],
    filters: Filters,
    sort: Sort,
    page: int,
    *,
    corrected: str | None = None,
) -> CataloguePage:
    connecting.plan_for_values(session)  # of a rare word and of a common one
    query = search_query.read(session, words)
    total, choices = facets.count(session, filters, query.matches(Course.search_vector))
    cards = _cards(session, viewer, filters, sort, page, query) if total else ()
    lessons = lesson_search.lessons(session, viewer, query) if page <= 1 else ()
    return CataloguePage(cards, total, choices, lessons, corrected)


def _order(sort: Sort, query: SearchQuery | None) -> list[Any]:
    popular: list[Any] = [CourseListing.learners.desc(), CourseListing.title, CourseListing.course_id]
    if sort == Sort.NEWEST:
        return [CourseListing.published_at.desc(), CourseListing.course_id]
    if sort == Sort.POPULARITY:
        return popular
    first = CourseListing.is_featured.desc() if query is None else query.rank(Course.search_vector).desc()
    return [first, *popular]


def _cards(
    session: Session, viewer: Viewer, filters: Filters, sort: Sort, page: int, query: SearchQuery | None
) -> tuple[CourseCard, ...]:
    """The cards of one page. What is costly is asked of its courses only, after they are chosen. One query."""
    order = _order(sort, query)
    some = select(CourseListing.course_id).where(*facets.conditions(filters))
    if query is not None:
        some = some.join(Course, Course.id == CourseListing.course_id).where(query.matches(Course.search_vector))
    picked = some.order_by(*order).limit(PAGE_SIZE).offset(PAGE_SIZE * (min(max(page, 1), 10_000) - 1)).cte("picked")
    described = _described(viewer, query).join(picked, picked.c.course_id == Course.id)
    found = session.execute(described.join(CourseListing, CourseListing.course_id == Course.id).order_by(*order))
    rows: list[list[Any]] = [[*row[:-1], search_query.pieces(row[-1])] for row in found]
    return tuple(CourseCard(*row) for row in rows)


def _described(viewer: Viewer, query: SearchQuery | None) -> Select[*tuple[Any, ...]]:
    lessons = (
        select(func.count().label("number"), func.count().filter(Lesson.is_free).label("free"))
        .select_from(Module)
        .join(Lesson, Lesson.module_id == Module.id)
        .where(Module.course_id == Course.id, Module.is_published, Lesson.is_published)
        .lateral("lessons")
    )
    told = func.concat_ws(
        " · ",
        Course.short_description,
        func.search_plain(Course.description),
        func.search_sentences(Course.learning_objectives),
        func.search_sentences(Course.tags),
    )
    return (
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
            lessons.c.number,
            Course.enrollment_count,
            Course.rating_average,
            Course.rating_count,
            CourseProgress.percent_complete,
            Course.is_featured,
            lessons.c.free,
            query.headline(Course.language, told) if query else literal(""),
        )
        .select_from(Course)
        .join(User, User.id == Course.instructor_id)
        .join(lessons, true())
        .outerjoin(
            Enrollment,
            (Enrollment.course_id == Course.id) & (Enrollment.user_id == viewer.id) & Enrollment.status.in_(IN_COURSE),
        )
        .outerjoin(CourseProgress, CourseProgress.enrollment_id == Enrollment.id)
    )
