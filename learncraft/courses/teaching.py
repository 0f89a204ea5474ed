"""Who may do what with a course. Every page, route and job asks here, so that all give the same answer.

Three kinds of people look after a course: its instructor, those whom the instructor asked to help, and whoever reviews
all content. All of them build and publish it, follow and grade its learners, decide on registrations, issue
certificates and keep order in its discussions. What gives the course away, the instructor and the reviewers decide
alone: its price and terms, when it leaves the catalogue, who helps, and whose it is. Whoever lost the role of one who
teaches looks after nothing, whatever courses still name them.
"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import ColumnElement, Index, UniqueConstraint, and_, exists, literal, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Mapped, Session, aliased, mapped_column

from learncraft.accounts.viewer import Viewer
from learncraft.courses.models import Course
from learncraft.db import Base, CreatedAt, UuidPk, references


class CoInstructor(Base):
    """Somebody who looks after a course together with its instructor. One row per course and person."""

    __tablename__ = "course_instructors"
    __table_args__ = (
        UniqueConstraint("course_id", "user_id"),
        Index("ix_course_instructors_user_id", "user_id"),
        Index("ix_course_instructors_added_by", "added_by"),
    )

    id: Mapped[UuidPk]
    course_id: Mapped[UUID] = mapped_column(references("courses.id", on_delete="CASCADE"))
    user_id: Mapped[UUID] = mapped_column(references("users.id", on_delete="CASCADE"), doc="Who helps.")
    added_by: Mapped[UUID | None] = mapped_column(references("users.id", on_delete="SET NULL"), doc="Who asked them.")
    created_at: Mapped[CreatedAt]


def is_taught_by(viewer: Viewer) -> ColumnElement[bool]:
    """The condition that the viewer looks after a course: as its instructor, as one who helps, or as a reviewer."""
    if viewer.reviews_content:
        return literal(True)
    if not viewer.teaches:
        return literal(False)
    return is_taught_by_person(viewer.id)


def is_decided_by(viewer: Viewer) -> ColumnElement[bool]:
    """The condition that the viewer may give a course away: as its instructor, or as a reviewer."""
    if viewer.reviews_content:
        return literal(True)
    return Course.instructor_id == viewer.id if viewer.teaches else literal(False)


def decides_on(viewer: Viewer, instructor_id: UUID) -> bool:
    """`is_decided_by` for a course whose instructor is known: what a page offers."""
    return viewer.reviews_content or (viewer.teaches and instructor_id == viewer.id)


def is_taught_by_person(person: UUID) -> ColumnElement[bool]:
    """The condition that a person is a course's instructor, or helps with it.

    Who reviews all content isn't among them: this tells to whom the course's learners and letters go.
    """
    # Two short lists by their indexes; "either of both" would read all courses.
    own = aliased(Course)
    helped = select(CoInstructor.course_id).where(CoInstructor.user_id == person)
    return Course.id.in_(select(own.id).where(own.instructor_id == person).union_all(helped))


def is_taught_by_row(person: InstrumentedAttribute[UUID]) -> ColumnElement[bool]:
    """The same of the person of another row, for a query that has the course already."""
    helps = exists().where(CoInstructor.course_id == Course.id, CoInstructor.user_id == person)
    return or_(Course.instructor_id == person, helps)


def teaches(session: Session, viewer: Viewer, course_id: UUID) -> bool:
    """Whether the viewer looks after a course that is there. At most one query."""
    return viewer.teaches and session.scalar(select(literal(True)).where(_is(course_id), is_taught_by(viewer))) is True


def taught_course(session: Session, viewer: Viewer, course_id: UUID, *, lock: bool = False) -> Course | None:
    """A course that the viewer looks after; None for others. `lock` keeps it from changing in the transaction."""
    wanted = select(Course).where(_is(course_id), is_taught_by(viewer))
    return session.scalar(wanted.with_for_update(of=Course) if lock else wanted)


def _is(course_id: UUID) -> ColumnElement[bool]:
    return and_(Course.id == course_id, Course.deleted_at.is_(None))
