"""Joining a course, and going through its lessons. Each function lists its consequences in order."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session

from learncraft import events
from learncraft.courses.models import Course, CourseStatus
from learncraft.enrollment import progress, writes
from learncraft.enrollment.certificates import issuing
from learncraft.enrollment.errors import (
    CourseFullError,
    CourseHasPriceError,
    CourseNotOpenError,
    LessonNotReadyError,
    NotEnrolledError,
)
from learncraft.enrollment.models import Enrollment, EnrollmentStatus


def enroll(session: Session, *, learner_id: UUID, course_id: UUID) -> Enrollment:
    """Give a learner a place in a free, published course. Safe to repeat; a dropped place is taken up again.

    The course row is locked, so that the last seat goes to one learner only.

    Raises:
        CourseNotOpenError: the course isn't published.
        CourseHasPriceError: the course costs something.
        CourseFullError: every seat is taken.
    """
    course = session.scalar(select(Course).where(Course.id == course_id, Course.deleted_at.is_(None)).with_for_update())
    if course is None or course.status != CourseStatus.PUBLISHED:
        raise CourseNotOpenError
    enrollment = session.scalar(
        select(Enrollment).where(Enrollment.user_id == learner_id, Enrollment.course_id == course_id).with_for_update()
    )
    if enrollment is not None and enrollment.status in writes.IN_COURSE:
        return enrollment
    if course.price > 0:
        raise CourseHasPriceError(course.title)
    if course.max_students is not None and _taken_seats(session, course_id) >= course.max_students:
        raise CourseFullError(course.max_students)
    enrollment = writes.take_place(session, enrollment, learner_id=learner_id, course_id=course_id)
    course.enrollment_count = Course.enrollment_count + 1  # counted by the database
    events.record(session, "enrolled", learner_id, course_id=course_id)
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
    session.execute(
        update(Course)
        .where(Course.id == course_id)
        .values(enrollment_count=func.greatest(Course.enrollment_count - 1, 0))
    )
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
    """Remember the part of a lesson that a learner is at; how far they have been never goes back."""
    reached = Decimal(100 * max(part, 0)) / max(parts, 1)
    session.execute(
        text(
            """
            UPDATE lesson_progress
            SET last_position = jsonb_build_object('part', cast(:part AS int)),
                completion_percentage = greatest(completion_percentage, round(least(:reached, 100), 2))
            WHERE user_id = :user_id AND lesson_id = :lesson_id
              AND last_position IS DISTINCT FROM jsonb_build_object('part', cast(:part AS int))
            """
        ),
        {"part": part, "reached": reached, "user_id": learner_id, "lesson_id": lesson_id},
    )


def complete_lesson(session: Session, *, learner_id: UUID, lesson_id: UUID) -> progress.CourseState:
    """Record the lesson as finished, refresh the course's progress, certify a finished course. Safe to repeat.

    The enrollment row is locked, so that two last lessons can't race past the end of the course.

    Raises:
        NotEnrolledError: the learner has no place in the lesson's course.
        LessonNotReadyError: an assessment of the lesson is still to pass.
    """
    enrollment = writes.lock_enrollment(session, learner_id, lesson_id)
    if enrollment is None:
        raise NotEnrolledError
    if left := progress.what_is_left(writes.required_quizzes(session, learner_id, lesson_id)):
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
    if progress.what_is_left(writes.required_quizzes(session, learner_id, lesson_id)) is None:
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
    quizzes = writes.required_quizzes(session, learner_id, lesson_id) if is_passing and is_quiz_lesson else None
    if quizzes is not None and progress.what_is_left(quizzes) is None:
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


def refresh(session: Session, enrollment: Enrollment) -> progress.CourseState:
    """Recompute the course's progress from its lessons; a course once completed stays completed."""
    state = progress.course_state(writes.finished_flags(session, enrollment))
    writes.write_course_progress(session, enrollment.id, state)
    if state.is_finished and enrollment.status == EnrollmentStatus.ACTIVE:
        enrollment.status = EnrollmentStatus.COMPLETED
        enrollment.completed_at = func.now()
        events.record(session, "course_completed", enrollment.user_id, course_id=enrollment.course_id)
        session.flush()
        issuing.issue_if_due(session, enrollment)
    session.flush()
    return state


def _taken_seats(session: Session, course_id: UUID) -> int:
    seats = select(func.count()).where(Enrollment.course_id == course_id, Enrollment.status.in_(writes.IN_COURSE))
    return session.scalar(seats) or 0
