"""What learners think of a course: a rating with a few words, by those who are in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from learncraft.accounts.models import User
from learncraft.courses.models import Course
from learncraft.enrollment import writes
from learncraft.enrollment.errors import NotEnrolledError
from learncraft.enrollment.models import Enrollment
from learncraft.errors import InvalidInputError

LONGEST = 4_000
SHOWN = 10


@dataclass(frozen=True, slots=True)
class Review:
    """One learner's opinion; named by the first name alone."""

    learner: str
    rating: int
    text: str
    at: datetime
    is_own: bool


@dataclass(frozen=True, slots=True)
class Reviews:
    """The average over all ratings, and the latest that say something; the viewer's own comes first."""

    average: Decimal
    count: int
    latest: tuple[Review, ...]

    @property
    def own(self) -> Review | None:
        """What the viewer thinks."""
        return next((one for one in self.latest if one.is_own), None)


def rate(session: Session, *, learner_id: UUID, course_id: UUID, rating: int, review: str = "") -> None:
    """Keep what a learner thinks of a course; a second time replaces the first. Triggers keep the average.

    Raises:
        NotEnrolledError: the learner has no place in the course.
        InvalidInputError: the rating isn't one, or the text is too long.
    """
    if not 1 <= rating <= 5:
        raise InvalidInputError("Give between one and five stars.")
    words = review.replace("\0", "").strip()
    if len(words) > LONGEST:
        raise InvalidInputError(f"A review has room for {LONGEST:,} characters.")
    enrollment = session.scalar(_place(learner_id, course_id))
    if enrollment is None:
        raise NotEnrolledError
    enrollment.rating, enrollment.review = rating, words or None
    session.flush()


def take_back(session: Session, *, learner_id: UUID, course_id: UUID) -> None:
    """Remove one's rating and words.

    Raises:
        NotEnrolledError: the learner has no place in the course.
    """
    enrollment = session.scalar(_place(learner_id, course_id))
    if enrollment is None:
        raise NotEnrolledError
    enrollment.rating = enrollment.review = None
    session.flush()


def of_course(session: Session, viewer_id: UUID, course_id: UUID) -> Reviews:
    """A course's reviews. Two queries."""
    average, count = session.execute(
        select(Course.rating_average, Course.rating_count).where(Course.id == course_id)
    ).one()
    if not count:
        return Reviews(average, 0, ())
    is_own = Enrollment.user_id == viewer_id
    rows = session.execute(
        select(User.first_name, Enrollment.rating, Enrollment.review, Enrollment.updated_at, is_own)
        .join(User, User.id == Enrollment.user_id)
        .where(
            Enrollment.course_id == course_id,
            Enrollment.rating.is_not(None),
            Enrollment.review.is_not(None) | is_own,
        )
        .order_by(is_own.desc(), Enrollment.updated_at.desc(), Enrollment.id)
        .limit(SHOWN)
    )
    latest = tuple(Review(name, rating or 0, text or "", at, own) for name, rating, text, at, own in rows)
    return Reviews(average, count, latest)


def _place(learner_id: UUID, course_id: UUID) -> Select[Enrollment]:
    return (
        select(Enrollment)
        .where(
            Enrollment.user_id == learner_id,
            Enrollment.course_id == course_id,
            Enrollment.status.in_(writes.IN_COURSE),
        )
        .with_for_update()
    )
