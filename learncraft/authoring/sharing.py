"""Whose a course is: its instructor asks others to help, or hands it over."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from learncraft.accounts.models import User, UserRole
from learncraft.accounts.viewer import Viewer
from learncraft.authoring import telling
from learncraft.courses.service import own_course
from learncraft.courses.teaching import CoInstructor
from learncraft.db import new_id
from learncraft.errors import InvalidInputError
from learncraft.study import decks


@dataclass(frozen=True, slots=True)
class Helper:
    """Somebody who builds a course together with its instructor."""

    id: UUID
    name: str
    email: str


def helpers(session: Session, course_id: UUID) -> list[Helper]:
    """The co-instructors of a course, by name."""
    rows = session.execute(
        select(User.id, User.first_name + " " + User.last_name, User.email)
        .join(CoInstructor, CoInstructor.user_id == User.id)
        .where(CoInstructor.course_id == course_id)
        .order_by(User.last_name, User.first_name, User.id)
    )
    return [Helper(*row) for row in rows]


def add_helper(session: Session, viewer: Viewer, course_id: UUID, email: str) -> None:
    """Let somebody build the course too. Safe to repeat.

    Raises:
        CourseNotFoundError: the course isn't the viewer's own.
        InvalidInputError: nobody who teaches has the address, or it is the instructor's.
    """
    course = own_course(session, viewer, course_id)
    person = _teacher(session, email)
    if person == course.instructor_id:
        raise InvalidInputError("This is the instructor of the course already.")
    row = insert(CoInstructor).values(id=new_id(), course_id=course_id, user_id=person, added_by=viewer.id)
    asked = row.on_conflict_do_nothing(index_elements=["course_id", "user_id"]).returning(CoInstructor.id)
    if session.scalar(asked) is not None:
        telling.of_help(session, viewer, course_id, person)


def remove_helper(session: Session, viewer: Viewer, course_id: UUID, user_id: UUID) -> None:
    """End somebody's help. Helpers may also leave by themselves. Safe to repeat.

    Raises:
        CourseNotFoundError: the course isn't the viewer's own, and it is somebody else's help.
    """
    if user_id != viewer.id:
        own_course(session, viewer, course_id)
    session.execute(delete(CoInstructor).where(CoInstructor.course_id == course_id, CoInstructor.user_id == user_id))


def hand_over(session: Session, viewer: Viewer, course_id: UUID, email: str) -> None:
    """Make somebody else the instructor; who was it so far stays as a helper.

    Raises:
        CourseNotFoundError, InvalidInputError: as `add_helper`.
    """
    course = own_course(session, viewer, course_id)
    person, before = _teacher(session, email), course.instructor_id
    if person == before:
        raise InvalidInputError("This is the instructor of the course already.")
    decks.hand_over(session, course_id, person)
    course.instructor_id = person
    session.flush()
    session.execute(delete(CoInstructor).where(CoInstructor.course_id == course_id, CoInstructor.user_id == person))
    row = insert(CoInstructor).values(id=new_id(), course_id=course_id, user_id=before, added_by=viewer.id)
    session.execute(row.on_conflict_do_nothing(index_elements=["course_id", "user_id"]))
    telling.of_handing_over(session, viewer, course_id, person, before)


def _teacher(session: Session, email: str) -> UUID:
    found = session.scalar(
        select(User.id).where(
            func.lower(User.email) == email.strip().lower(),
            User.role != UserRole.LEARNER,
            User.is_active,
            User.deleted_at.is_(None),
        )
    )
    if found is None:
        raise InvalidInputError("Nobody who teaches has this address. Ask an admin to make the person an instructor.")
    return found
