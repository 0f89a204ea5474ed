"""More time and more attempts for those who need them: decided by who teaches, held by the server, on record."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from sqlalchemy import delete, func, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, aliased

from learncraft.accounts.models import User
from learncraft.accounts.viewer import Viewer
from learncraft.assessments import teaching
from learncraft.assessments.errors import InvalidAccommodationError
from learncraft.assessments.models import Assessment, AssessmentAttempt, AttemptStatus
from learncraft.assessments.records import Accommodation
from learncraft.courses.models import Lesson, Module
from learncraft.db import new_id

LEARNER_NAME = User.first_name + " " + User.last_name
MOST_FACTOR, MOST_MINUTES, MOST_ATTEMPTS = Decimal(10), 100_000, 100


@dataclass(frozen=True, slots=True)
class Extra:
    """What one learner has beyond the others."""

    factor: Decimal = Decimal(1)
    minutes: int = 0
    attempts: int = 0

    def time(self, limit_minutes: int | None) -> timedelta:
        """What is added to a time limit. Without a limit only the minutes count, for the end of the window."""
        by_factor = (limit_minutes or 0) * (self.factor - 1)
        return timedelta(seconds=int((by_factor + self.minutes) * 60))


@dataclass(frozen=True, slots=True)
class Granted:
    """An accommodation as those who teach see it. Without an assessment it is for the whole course."""

    id: UUID
    learner_id: UUID
    learner: str
    assessment_id: UUID | None
    assessment: str | None
    extra: Extra
    reason: str
    granted_by: str
    granted_at: datetime


def extra_for(session: Session, learner_id: UUID, assessment_id: UUID, course_id: UUID) -> Extra:
    """What the learner has at an assessment: its own accommodation if there is one, else the course's."""
    row = session.execute(
        select(Accommodation.time_factor, Accommodation.extra_minutes, Accommodation.extra_attempts)
        .where(
            Accommodation.user_id == learner_id,
            or_(Accommodation.assessment_id == assessment_id, Accommodation.course_id == course_id),
        )
        .order_by(Accommodation.assessment_id.is_(None))
        .limit(1)
    ).first()
    return Extra(*row) if row else Extra()


def deadline(assessment: Assessment, started: datetime, added: timedelta) -> datetime | None:
    """The end of the time limit or of the window, whichever comes first; an accommodation moves both."""
    ends = [assessment.available_until + added] if assessment.available_until is not None else []
    if assessment.time_limit_minutes is not None:
        ends.append(started + timedelta(minutes=assessment.time_limit_minutes) + added)
    return min(ends, default=None)


def grant(
    session: Session,
    viewer: Viewer,
    *,
    learner_id: UUID,
    course_id: UUID,
    assessment_id: UUID | None,
    extra: Extra,
    reason: str,
) -> None:
    """Give a learner more time or attempts in a course, or at one of its assessments; replaces what was granted there.

    Attempts that are open get the time at once.

    Raises:
        NotYoursToGradeError: the viewer doesn't teach the course, or the assessment isn't of it.
        InvalidAccommodationError: it gives nothing or too much, has no reason, or the person isn't in the course.
    """
    teaching.check_teaches(session, viewer, course_id, assessment_id)
    _check(extra, reason)
    if not teaching.is_in_course(session, learner_id, course_id):
        raise InvalidAccommodationError("This person is not in the course.")
    scope = {"course_id": None, "assessment_id": assessment_id} if assessment_id else {"course_id": course_id}
    values = {
        "time_factor": extra.factor,
        "extra_minutes": extra.minutes,
        "extra_attempts": extra.attempts,
        "reason": reason.strip(),
        "granted_by": viewer.id,
    }
    row = insert(Accommodation).values(id=new_id(), user_id=learner_id, **scope, **values)
    session.execute(
        row.on_conflict_do_update(
            index_elements=["user_id", "assessment_id" if assessment_id else "course_id"], set_=values
        )
    )
    _move_open(session, learner_id, course_id)


def withdraw(session: Session, viewer: Viewer, *, course_id: UUID, accommodation_id: UUID) -> None:
    """Take an accommodation back. Attempts that are open keep the time that they have.

    Raises:
        NotYoursToGradeError: the viewer doesn't teach the course.
    """
    teaching.check_teaches(session, viewer, course_id)
    of_course = (
        select(Assessment.id)
        .join(Lesson, Lesson.id == Assessment.lesson_id)
        .join(Module, Module.id == Lesson.module_id)
        .where(Module.course_id == course_id)
    )
    session.execute(
        delete(Accommodation).where(
            Accommodation.id == accommodation_id,
            or_(Accommodation.course_id == course_id, Accommodation.assessment_id.in_(of_course)),
        )
    )


def granted_in(session: Session, viewer: Viewer, course_id: UUID) -> list[Granted]:
    """All accommodations of a course that the viewer teaches, by name. Two queries.

    Raises:
        NotYoursToGradeError: the viewer doesn't teach the course.
    """
    teaching.check_teaches(session, viewer, course_id)
    giver = aliased(User)
    rows = session.execute(
        select(Accommodation, LEARNER_NAME, Assessment.title, giver.first_name + " " + giver.last_name)
        .join(giver, giver.id == Accommodation.granted_by)
        .join(User, User.id == Accommodation.user_id)
        .outerjoin(Assessment, Assessment.id == Accommodation.assessment_id)
        .outerjoin(Lesson, Lesson.id == Assessment.lesson_id)
        .outerjoin(Module, Module.id == Lesson.module_id)
        .where(or_(Accommodation.course_id == course_id, Module.course_id == course_id))
        .order_by(LEARNER_NAME, Accommodation.id)
    )
    return [
        Granted(
            id=one.id,
            learner_id=one.user_id,
            learner=learner,
            assessment_id=one.assessment_id,
            assessment=title,
            extra=Extra(one.time_factor, one.extra_minutes, one.extra_attempts),
            reason=one.reason,
            granted_by=by,
            granted_at=one.updated_at,
        )
        for one, learner, title, by in rows
    ]


def _check(extra: Extra, reason: str) -> None:
    if not reason.strip():
        raise InvalidAccommodationError("Say why. Only those who teach the course read it.")
    if not (1 <= extra.factor <= MOST_FACTOR and 0 <= extra.minutes <= MOST_MINUTES):
        raise InvalidAccommodationError("Extra time is between the usual time and ten times as much.")
    if not 0 <= extra.attempts <= MOST_ATTEMPTS:
        raise InvalidAccommodationError("Give between 0 and {most} extra attempts.", most=MOST_ATTEMPTS)
    if extra == Extra():
        raise InvalidAccommodationError("This gives nothing yet. Choose more time or more attempts.")


def _move_open(session: Session, learner_id: UUID, course_id: UUID) -> None:
    """Give open attempts the time that the learner has now; nobody loses time that was promised."""
    rows = session.execute(
        select(AssessmentAttempt, Assessment)
        .join(Assessment, Assessment.id == AssessmentAttempt.assessment_id)
        .join(Lesson, Lesson.id == Assessment.lesson_id)
        .join(Module, Module.id == Lesson.module_id)
        .where(
            Module.course_id == course_id,
            AssessmentAttempt.user_id == learner_id,
            AssessmentAttempt.status == AttemptStatus.IN_PROGRESS,
            or_(AssessmentAttempt.deadline_at.is_(None), AssessmentAttempt.deadline_at > func.clock_timestamp()),
        )
        .with_for_update(of=AssessmentAttempt)
        .execution_options(populate_existing=True)
    ).all()
    for attempt, assessment in rows:
        added = extra_for(session, learner_id, assessment.id, course_id).time(assessment.time_limit_minutes)
        if added.total_seconds() > attempt.extra_seconds:
            attempt.extra_seconds = int(added.total_seconds())
            attempt.deadline_at = deadline(assessment, attempt.started_at, added)
    session.flush()
