"""Who teaches, as learners see them: what they say of themselves, and their open courses."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from sqlalchemy import literal, or_, select
from sqlalchemy.orm import Session

from learncraft.accounts import public_profiles
from learncraft.accounts.models import User
from learncraft.accounts.public_profiles import PublicProfile
from learncraft.courses.models import Course, CourseStatus
from learncraft.courses.teaching import CoInstructor

MOST = 50  # courses


@dataclass(frozen=True, slots=True)
class TeachersCourse:
    """An open course of somebody."""

    slug: str
    title: str
    short_description: str
    learners: int
    rating: Decimal
    ratings: int


@dataclass(frozen=True, slots=True)
class Instructor:
    """Somebody who teaches an open course."""

    id: UUID
    name: str
    picture: str | None
    about: str
    told: PublicProfile
    courses: tuple[TeachersCourse, ...]

    @property
    def learners(self) -> int:
        """How many places are taken in these courses."""
        return sum(course.learners for course in self.courses)

    @property
    def ratings(self) -> int:
        """How many rated one of these courses."""
        return sum(course.ratings for course in self.courses)

    @property
    def rating(self) -> Decimal | None:
        """The average of all these ratings."""
        if not self.ratings:
            return None
        return sum((course.rating * course.ratings for course in self.courses), Decimal(0)) / self.ratings


@dataclass(frozen=True, slots=True)
class Teacher:
    """Somebody who teaches a course, in short."""

    id: UUID
    name: str
    picture: str | None
    about: str


def instructor(session: Session, user_id: UUID, *, viewer_id: UUID) -> Instructor | None:
    """Somebody who teaches an open course; oneself always. Three queries."""
    user = session.execute(
        select(User.id, User.first_name + " " + User.last_name, User.avatar_url, User.bio).where(
            User.id == user_id, User.deleted_at.is_(None)
        )
    ).one_or_none()
    if user is None:
        return None
    helps = select(CoInstructor.course_id).where(CoInstructor.user_id == user_id)
    courses = session.execute(
        select(
            Course.slug,
            Course.title,
            Course.short_description,
            Course.enrollment_count,
            Course.rating_average,
            Course.rating_count,
        )
        .where(
            or_(Course.instructor_id == user_id, Course.id.in_(helps)),
            Course.status == CourseStatus.PUBLISHED,
            Course.deleted_at.is_(None),
        )
        .order_by(Course.enrollment_count.desc(), Course.title)
        .limit(MOST)
    )
    found = tuple(TeachersCourse(row[0], row[1], row[2] or "", *row[3:]) for row in courses)
    if not found and user_id != viewer_id:
        return None
    told = public_profiles.of(session, user_id)
    if told.is_public or user_id == viewer_id:
        return Instructor(user[0], user[1], user[2], user[3] or "", told, found)
    return Instructor(user[0], user[1], None, "", PublicProfile(is_public=False), found)


def teachers(session: Session, course_id: UUID) -> list[Teacher]:
    """Who teaches a course: its instructor first, then those who help. One query."""
    people = (
        select(Course.instructor_id.label("id"), literal(0).label("place"), Course.created_at.label("since"))
        .where(Course.id == course_id)
        .union_all(
            select(CoInstructor.user_id, literal(1), CoInstructor.created_at).where(CoInstructor.course_id == course_id)
        )
        .subquery()
    )
    rows = session.execute(
        select(User.id, User.first_name + " " + User.last_name, User.avatar_url, User.bio)
        .join(people, people.c.id == User.id)
        .where(User.deleted_at.is_(None))
        .order_by(people.c.place, people.c.since, people.c.id)
    )
    return [Teacher(row[0], row[1], row[2], row[3] or "") for row in rows]
