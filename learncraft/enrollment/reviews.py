"""What learners think of a course: a rating with a few words, by those who are in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from learncraft.accounts.models import User
from learncraft.accounts.viewer import Viewer
from learncraft.courses.models import Course
from learncraft.courses.teaching import is_taught_by
from learncraft.enrollment import writes
from learncraft.enrollment.errors import NotEnrolledError
from learncraft.enrollment.models import Enrollment
from learncraft.errors import InvalidInputError, NotFoundError
from learncraft.language.numbers import number

LONGEST = 4_000
SHOWN = 10


@dataclass(frozen=True, slots=True)
class Review:
    """One learner's opinion, named by the first name alone, and what who teaches says to it. `id` is the place's."""

    id: UUID
    learner: str
    rating: int
    text: str
    at: datetime
    is_own: bool
    answer: str
    answered_at: datetime | None


@dataclass(frozen=True, slots=True)
class Reviews:
    """The average over all ratings, and the latest that say something; the viewer's own comes first.

    `spread` is how many gave one star, two, and so on.
    """

    average: Decimal
    count: int
    spread: tuple[int, ...]
    latest: tuple[Review, ...]
    may_answer: bool

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
        raise InvalidInputError("A review has room for {most} characters.", most=number(LONGEST))
    enrollment = session.scalar(_place(learner_id, course_id))
    if enrollment is None:
        raise NotEnrolledError
    enrollment.rating, enrollment.review, enrollment.reviewed_at = rating, words or None, func.now()
    session.flush()


def take_back(session: Session, *, learner_id: UUID, course_id: UUID) -> None:
    """Remove one's rating and words.

    Raises:
        NotEnrolledError: the learner has no place in the course.
    """
    enrollment = session.scalar(_place(learner_id, course_id))
    if enrollment is None:
        raise NotEnrolledError
    enrollment.rating = enrollment.review = enrollment.reviewed_at = None
    enrollment.review_answer = enrollment.review_answered_at = None
    session.flush()


def answer(session: Session, viewer: Viewer, enrollment_id: UUID, text: str) -> None:
    """Answer a review, as one who teaches its course; an empty answer takes back the one before.

    Raises:
        NotFoundError: there is no such review, or it is of a course that the viewer doesn't teach.
        InvalidInputError: the text is too long.
    """
    words = text.replace("\0", "").strip()
    if len(words) > LONGEST:
        raise InvalidInputError("An answer has room for {most} characters.", most=number(LONGEST))
    enrollment = session.scalar(
        select(Enrollment)
        .join(Course, Course.id == Enrollment.course_id)
        .where(Enrollment.id == enrollment_id, Enrollment.rating.is_not(None), is_taught_by(viewer))
        .with_for_update(of=Enrollment)
    )
    if enrollment is None:
        raise NotFoundError("This review is not there any more.")
    enrollment.review_answer = words or None
    enrollment.review_answered_at = func.now() if words else None
    session.flush()


def of_course(session: Session, viewer: Viewer, course_id: UUID) -> Reviews:
    """A course's reviews. At most three queries."""
    average, count, may_answer = session.execute(
        select(Course.rating_average, Course.rating_count, is_taught_by(viewer)).where(Course.id == course_id)
    ).one()
    if not count:
        return Reviews(average, 0, (0,) * 5, (), may_answer)
    counted = session.execute(
        select(func.coalesce(Enrollment.rating, 0), func.count())
        .where(Enrollment.course_id == course_id, Enrollment.rating.is_not(None))
        .group_by(Enrollment.rating)
    )
    stars: dict[int, int] = {row[0]: row[1] for row in counted}
    is_own = Enrollment.user_id == viewer.id
    said_at = func.coalesce(Enrollment.reviewed_at, Enrollment.updated_at)
    rows = session.execute(
        select(
            Enrollment.id,
            User.first_name,
            func.coalesce(Enrollment.rating, 0),
            func.coalesce(Enrollment.review, ""),
            said_at,
            is_own,
            func.coalesce(Enrollment.review_answer, ""),
            Enrollment.review_answered_at,
        )
        .join(User, User.id == Enrollment.user_id)
        .where(
            Enrollment.course_id == course_id,
            Enrollment.rating.is_not(None),
            Enrollment.review.is_not(None) | is_own,
        )
        .order_by(is_own.desc(), said_at.desc(), Enrollment.id)
        .limit(SHOWN)
    )
    spread = tuple(stars.get(number, 0) for number in range(1, 6))
    return Reviews(average, count, spread, tuple(Review(*row) for row in rows), may_answer)


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
