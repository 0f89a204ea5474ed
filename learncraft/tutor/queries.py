"""What commands and pages read about the index."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from learncraft.accounts.models import User
from learncraft.accounts.viewer import Viewer
from learncraft.courses.models import Course, Lesson, Module
from learncraft.db import new_id
from learncraft.errors import NotFoundError
from learncraft.tutor.models import IndexedContent


@dataclass(frozen=True, slots=True)
class Problem:
    """Why nothing can be found in something of a lesson."""

    course_id: UUID
    course: str
    lesson_id: UUID
    lesson: str
    content_id: UUID
    sentence: str


def problems(session: Session, course_ids: Sequence[UUID] | None = None) -> list[Problem]:
    """What couldn't be indexed, in some courses or in all. One query."""
    wanted = (
        select(Course.id, Course.title, Lesson.id, Lesson.title, IndexedContent.content_id, IndexedContent.problem)
        .join(Lesson, Lesson.id == IndexedContent.lesson_id)
        .join(Module, Module.id == Lesson.module_id)
        .join(Course, Course.id == Module.course_id)
        .where(IndexedContent.problem.is_not(None), Course.deleted_at.is_(None))
        .order_by(Course.title, Module.order_index, Lesson.order_index)
    )
    if course_ids is not None:
        wanted = wanted.where(Course.id.in_(course_ids))
    return [Problem(*row[:-1], sentence=row[-1] or "") for row in session.execute(wanted)]


def course_named(session: Session, slug: str) -> UUID:
    """The course with this name in its address.

    Raises:
        NotFoundError: there is none.
    """
    found = session.scalar(select(Course.id).where(Course.slug == slug, Course.deleted_at.is_(None)))
    if found is None:
        raise NotFoundError("There is no course {slug}: give the name that stands in its address.", slug=slug)
    return found


def lessons_to_index(session: Session, slug: str | None) -> list[UUID]:
    """The lessons of the course with this name in its address, or of all courses, in order.

    Raises:
        NotFoundError: there is no such course.
    """
    wanted = (
        select(Lesson.id)
        .join(Module, Module.id == Lesson.module_id)
        .join(Course, Course.id == Module.course_id)
        .where(Course.deleted_at.is_(None))
        .order_by(Course.id, Module.order_index, Lesson.order_index)
    )
    if slug is not None:
        wanted = wanted.where(Course.id == course_named(session, slug))
    return list(session.scalars(wanted))


def viewer_by_email(session: Session, email: str) -> Viewer | None:
    """The person with that address as pages would know them, for commands that act as somebody."""
    user = session.scalar(
        select(User).where(User.email == email.strip().lower(), User.deleted_at.is_(None), User.is_active)
    )
    if user is None:
        return None
    name = f"{user.first_name} {user.last_name}"
    return Viewer(user.id, user.email, user.first_name, name, user.role, "en", "system", "UTC", family_id=new_id())
