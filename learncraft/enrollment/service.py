"""Joining a course, and going through its lessons. Each function lists its consequences in order."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from learncraft import events
from learncraft.courses.models import Course, CourseStatus
from learncraft.enrollment import opening, prerequisites, progress, seats, writes
from learncraft.enrollment.certificates import issuing
from learncraft.enrollment.errors import (
    CourseHasPriceError,
    CourseNotOpenError,
    LessonNotReadyError,
    NotEnrolledError,
    PrerequisiteError,
    RegistrationOnlyError,
)
from learncraft.enrollment.models import Enrollment, EnrollmentStatus
from learncraft.enrollment.registration import opening_hours, places


def enroll(session: Session, *, learner_id: UUID, course_id: UUID) -> Enrollment:
    """Give a learner a place in a published course that is free, or that their subscription opens.

    Safe to repeat; a dropped place is taken up again, and one that was paid for before needs no second payment.

    Raises:
        CourseNotOpenError: the course isn't published.
        CourseHasPriceError: the course costs something.
        CourseFullError: every seat is taken.
        PrerequisiteError: another course has to be finished before.
        RegistrationOnlyError: places are given by registration.
    """
    course, enrollment = _lock_place(session, learner_id, course_id)
    if enrollment is not None and enrollment.status in writes.IN_COURSE:
        return enrollment
    if course.status != CourseStatus.PUBLISHED:
        raise CourseNotOpenError
    if missing := prerequisites.missing(session, learner_id, course):
        raise PrerequisiteError(course.title, missing)
    if opening_hours.is_only_way(course) and not _is_paid_for(enrollment):
        raise RegistrationOnlyError(course.title)
    until: datetime | None = None
    if course.price > 0 and not _is_paid_for(enrollment):
        until = opening.open_until(session, learner_id, course)
        if until is None:
            raise CourseHasPriceError(course.title)
    return _take(session, course, enrollment, learner_id=learner_id, expires_at=until)


def give_place(
    session: Session, *, learner_id: UUID, course_id: UUID, price_paid: Decimal, payment_id: str
) -> Enrollment:
    """Give a place that was paid for. Safe to repeat for one payment; a place by subscription becomes a lasting one.

    Raises:
        CourseNotOpenError: the course is gone.
        CourseFullError: every seat was taken meanwhile.
    """
    course, enrollment = _lock_place(session, learner_id, course_id)
    if enrollment is not None and enrollment.status in writes.IN_COURSE:
        if enrollment.payment_id != payment_id:
            enrollment.price_paid, enrollment.payment_id, enrollment.expires_at = price_paid, payment_id, None
            session.flush()
        return enrollment
    return _take(
        session,
        course,
        enrollment,
        learner_id=learner_id,
        expires_at=None,
        price_paid=price_paid,
        payment_id=payment_id,
    )


def require_seat(session: Session, *, course_id: UUID, learner_id: UUID) -> None:
    """Lock a course and see that it has a seat for a learner; who is in it has one.

    Raises:
        CourseNotOpenError: the course is gone.
        CourseFullError: every seat is taken.
    """
    course, enrollment = _lock_place(session, learner_id, course_id)
    if enrollment is None or enrollment.status not in writes.IN_COURSE:
        seats.check(session, course)


def take_back(
    session: Session,
    *,
    learner_id: UUID,
    course_id: UUID,
    payment_id: str,
    reason: str,
    instead: tuple[Decimal, str] | None = None,
) -> bool:
    """End a place because its money went back. Says whether it ended one; progress is kept.

    A place that another payment pays for stays, as does one that `instead` pays for: a price and a payment's name. Who
    had left the course has nothing left that was paid for.
    """
    _, enrollment = _lock_place(session, learner_id, course_id)
    if enrollment is None or enrollment.payment_id != payment_id:
        return False
    if instead is not None:
        enrollment.price_paid, enrollment.payment_id = instead
        return False
    if enrollment.status == EnrollmentStatus.COMPLETED:
        return False
    enrollment.price_paid, enrollment.payment_id = Decimal(0), None
    if enrollment.status != EnrollmentStatus.ACTIVE:
        return False
    enrollment.status = EnrollmentStatus.CANCELLED
    seats.fewer(session, course_id)
    places.leave_course(session, user_id=learner_id, course_id=course_id)
    events.record(session, "unenrolled", learner_id, course_id=course_id, data={"reason": reason})
    return True


def _lock_place(session: Session, learner_id: UUID, course_id: UUID) -> tuple[Course, Enrollment | None]:
    """The course, locked so that the last seat goes to one learner only, and the learner's row in it."""
    course = session.scalar(select(Course).where(Course.id == course_id, Course.deleted_at.is_(None)).with_for_update())
    if course is None:
        raise CourseNotOpenError
    enrollment = session.scalar(
        select(Enrollment).where(Enrollment.user_id == learner_id, Enrollment.course_id == course_id).with_for_update()
    )
    return course, enrollment


def _is_paid_for(enrollment: Enrollment | None) -> bool:
    return enrollment is not None and enrollment.payment_id is not None


def _take(
    session: Session,
    course: Course,
    enrollment: Enrollment | None,
    *,
    learner_id: UUID,
    expires_at: datetime | None,
    price_paid: Decimal | None = None,
    payment_id: str | None = None,
) -> Enrollment:
    seats.check(session, course)
    enrollment = writes.take_place(session, enrollment, learner_id=learner_id, course_id=course.id)
    enrollment.expires_at = expires_at
    if payment_id is not None:
        enrollment.price_paid, enrollment.payment_id = price_paid or Decimal(0), payment_id
    seats.one_more(course)
    events.record(
        session, "enrolled", learner_id, course_id=course.id, data={"price": str(price_paid)} if price_paid else None
    )
    session.flush()
    refresh(session, enrollment)
    return enrollment


def leave(session: Session, *, learner_id: UUID, course_id: UUID) -> None:
    """Drop out of a course. Progress is kept, for those who come back.

    Raises:
        NotEnrolledError: the learner has no active place in it.
    """
    enrollment = session.scalar(
        select(Enrollment)
        .where(
            Enrollment.user_id == learner_id,
            Enrollment.course_id == course_id,
            Enrollment.status == EnrollmentStatus.ACTIVE,
        )
        .with_for_update()
    )
    if enrollment is None:
        raise NotEnrolledError
    enrollment.status = EnrollmentStatus.DROPPED
    seats.fewer(session, course_id)
    places.leave_course(session, user_id=learner_id, course_id=course_id)
    events.record(session, "unenrolled", learner_id, course_id=course_id, data={"reason": "dropped"})


def open_lesson(session: Session, *, learner_id: UUID, lesson_id: UUID) -> None:
    """Note that a learner opened a lesson, and remember it as the place to continue at.

    Raises:
        NotEnrolledError: the learner has no place in the lesson's course.
    """
    place = writes.place_in_course(session, learner_id, lesson_id)
    if place is None:
        raise NotEnrolledError
    writes.mark_started(session, learner_id, lesson_id)
    writes.remember_lesson(session, place.enrollment_id, lesson_id)
    events.record(
        session,
        "lesson_opened",
        learner_id,
        course_id=place.course_id,
        module_id=place.module_id,
        lesson_id=lesson_id,
    )


def remember_part(session: Session, *, learner_id: UUID, lesson_id: UUID, part: int, parts: int) -> None:
    """Remember the part of a lesson that a learner is at. Whoever comes to one has read those before it."""
    reached = Decimal(100 * max(part - 1, 0)) / max(parts, 1)
    session.execute(
        text(
            """
            UPDATE lesson_progress
            SET last_position = jsonb_build_object('part', cast(:part AS int), 'at', now()),
                read_percentage = greatest(read_percentage, round(least(:reached, 100), 2))
            WHERE user_id = :user_id AND lesson_id = :lesson_id
              AND (last_position -> 'part') IS DISTINCT FROM to_jsonb(cast(:part AS int))
            """
        ),
        {"part": part, "reached": reached, "user_id": learner_id, "lesson_id": lesson_id},
    )


def complete_lesson(session: Session, *, learner_id: UUID, lesson_id: UUID) -> progress.CourseState:
    """Record the lesson as finished, refresh the course's progress, certify a finished course. Safe to repeat.

    The enrollment row is locked, so that two last lessons can't race past the end of the course.

    Raises:
        NotEnrolledError: the learner has no place in the lesson's course.
        LessonNotReadyError: a video is still to watch, an assessment or a lab to pass.
    """
    enrollment = writes.lock_enrollment(session, learner_id, lesson_id)
    if enrollment is None:
        raise NotEnrolledError
    if left := progress.what_is_left(writes.parts_of(session, learner_id, lesson_id)):
        raise LessonNotReadyError(left)
    return _finish(session, enrollment, lesson_id)


def record_quiz_result(
    session: Session, *, learner_id: UUID, lesson_id: UUID, percent: Decimal, is_passing: bool
) -> None:
    """Keep the best result of a lesson's assessments, and finish a lesson that is nothing but a quiz.

    Raises:
        NotEnrolledError: the learner has no place in the lesson's course.
    """
    enrollment = writes.lock_enrollment(session, learner_id, lesson_id)
    if enrollment is None:
        raise NotEnrolledError
    is_quiz_lesson = writes.keep_best_score(session, learner_id, lesson_id, percent)
    if enrollment.status == EnrollmentStatus.COMPLETED:
        issuing.issue_if_due(session, enrollment)  # a better average may be what it waited for
    if not (is_passing and is_quiz_lesson):
        return
    if progress.what_is_left(writes.parts_of(session, learner_id, lesson_id)) is None:
        _finish(session, enrollment, lesson_id)


def correct_quiz_result(
    session: Session, *, learner_id: UUID, lesson_id: UUID, best: Decimal, is_passing: bool
) -> None:
    """Put the best result of a lesson's assessments right after a new grading; finish the lesson if it passes now.

    A lesson that was finished stays so: nobody loses what was told them. Without a place in the course nothing happens.
    """
    enrollment = writes.lock_enrollment(session, learner_id, lesson_id)
    if enrollment is None:
        return
    is_quiz_lesson = writes.correct_best_score(session, learner_id, lesson_id, best)
    parts = writes.parts_of(session, learner_id, lesson_id) if is_passing and is_quiz_lesson else None
    if parts is not None and progress.what_is_left(parts) is None:
        _finish(session, enrollment, lesson_id)


def _finish(session: Session, enrollment: Enrollment, lesson_id: UUID) -> progress.CourseState:
    if writes.mark_complete(session, enrollment.user_id, lesson_id):
        events.record(
            session,
            "lesson_completed",
            enrollment.user_id,
            course_id=enrollment.course_id,
            module_id=writes.module_of(session, lesson_id),
            lesson_id=lesson_id,
        )
    return refresh(session, enrollment)


def refresh(session: Session, enrollment: Enrollment, *, is_visit: bool = True) -> progress.CourseState:
    """Recompute the course's progress from its lessons; a course once completed stays completed."""
    reached = writes.percent_so_far(session, enrollment.id)
    state = progress.course_state(writes.finished_flags(session, enrollment), reached=reached)
    writes.write_course_progress(session, enrollment.id, state, is_visit=is_visit)
    if state.is_finished and enrollment.status == EnrollmentStatus.ACTIVE:
        enrollment.status = EnrollmentStatus.COMPLETED
        enrollment.completed_at = func.now()
        events.record(session, "course_completed", enrollment.user_id, course_id=enrollment.course_id)
        session.flush()
        issuing.issue_if_due(session, enrollment)
    session.flush()
    return state


def count_again(session: Session, course_id: UUID, *, after: UUID | None, limit: int) -> list[UUID]:
    """Recompute how far learners of a course are after it changed, some of them at a time; who they were.

    Nobody falls back: what was finished stays finished, also the course. Whoever has nothing left to do finishes it.
    """
    wanted = select(Enrollment).where(Enrollment.course_id == course_id, Enrollment.status == EnrollmentStatus.ACTIVE)
    if after is not None:
        wanted = wanted.where(Enrollment.id > after)
    found = session.scalars(wanted.order_by(Enrollment.id).limit(limit).with_for_update()).all()
    for enrollment in found:
        refresh(session, enrollment, is_visit=False)
    return [enrollment.id for enrollment in found]
