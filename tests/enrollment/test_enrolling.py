"""Joining, going through, and leaving a course."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from learncraft.courses.media_models import Video
from learncraft.courses.models import CourseStatus, LessonType
from learncraft.db import Database, new_id
from learncraft.enrollment import service
from learncraft.enrollment.errors import (
    CourseFullError,
    CourseHasPriceError,
    CourseNotOpenError,
    LessonNotReadyError,
    NotEnrolledError,
)
from learncraft.enrollment.models import CourseProgress, Enrollment, EnrollmentStatus, LessonProgress
from learncraft.enrollment.video_views import VideoView
from learncraft.errors import LearnCraftError
from learncraft.events import LearningEvent
from tests.factories import make_assessment, make_course, make_enrollment, make_lesson, make_user


def events_of(session: Session, event_type: str) -> int:
    session.flush()
    return session.scalar(select(func.count()).where(LearningEvent.event_type == event_type)) or 0


def test_enrolling_twice_is_enrolling_once(session: Session) -> None:
    course, learner = make_course(session, lessons=2), make_user(session)
    first = service.enroll(session, learner_id=learner.id, course_id=course.id)
    again = service.enroll(session, learner_id=learner.id, course_id=course.id)
    assert first.id == again.id
    assert events_of(session, "enrolled") == 1
    session.refresh(course.course)
    assert course.course.enrollment_count == 1
    progress = session.scalar(select(CourseProgress).where(CourseProgress.enrollment_id == first.id))
    assert progress is not None
    assert progress.total_lessons == 2


def test_a_draft_can_not_be_joined(session: Session) -> None:
    course = make_course(session, status=CourseStatus.DRAFT)
    with pytest.raises(CourseNotOpenError):
        service.enroll(session, learner_id=make_user(session).id, course_id=course.id)


def test_a_course_with_a_price_is_not_given_away(session: Session) -> None:
    course = make_course(session, price=Decimal("49.00"))
    with pytest.raises(CourseHasPriceError, match="has a price"):
        service.enroll(session, learner_id=make_user(session).id, course_id=course.id)


def test_the_last_seat_goes_to_one_of_many_who_want_it_at_once(fresh_database: Database) -> None:
    with fresh_database.transaction() as session:
        course = make_course(session, max_students=3)
        learners = [make_user(session).id for _ in range(8)]

    def join(learner_id: object) -> bool:
        try:
            with fresh_database.transaction() as session:
                service.enroll(session, learner_id=learner_id, course_id=course.id)  # type: ignore[arg-type]
        except CourseFullError:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(join, learners)) == 3
    with fresh_database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Enrollment)) == 3


def test_who_leaves_keeps_their_progress_and_may_come_back(session: Session) -> None:
    course, learner = make_course(session, lessons=2), make_user(session)
    service.enroll(session, learner_id=learner.id, course_id=course.id)
    service.complete_lesson(session, learner_id=learner.id, lesson_id=course.lessons[0].id)
    service.leave(session, learner_id=learner.id, course_id=course.id)
    with pytest.raises(NotEnrolledError):
        service.open_lesson(session, learner_id=learner.id, lesson_id=course.lessons[0].id)
    back = service.enroll(session, learner_id=learner.id, course_id=course.id)
    state = service.refresh(session, back)
    assert (state.completed, state.total) == (1, 2)


def test_a_stranger_can_not_finish_a_lesson(session: Session) -> None:
    course = make_course(session)
    with pytest.raises(NotEnrolledError):
        service.complete_lesson(session, learner_id=make_user(session).id, lesson_id=course.lessons[0].id)


def test_finishing_the_last_lesson_twice_completes_the_course_once(session: Session) -> None:
    course = make_course(session, modules=2, lessons=1)
    enrollment = make_enrollment(session, course.course)
    for lesson in [*course.lessons, course.lessons[-1]]:
        state = service.complete_lesson(session, learner_id=enrollment.user_id, lesson_id=lesson.id)
    assert state.is_finished
    assert state.summary == "2 of 2 lessons"
    session.refresh(enrollment)
    assert enrollment.status == EnrollmentStatus.COMPLETED
    assert events_of(session, "lesson_completed") == 2
    assert events_of(session, "course_completed") == 1


def test_two_last_lessons_at_once_complete_the_course_once(fresh_database: Database) -> None:
    with fresh_database.transaction() as session:
        course = make_course(session, lessons=6)
        learner = make_enrollment(session, course.course).user_id

    def finish(lesson_id: object) -> None:
        with fresh_database.transaction() as session:
            service.complete_lesson(session, learner_id=learner, lesson_id=lesson_id)  # type: ignore[arg-type]

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(finish, [lesson.id for lesson in course.lessons]))
    with fresh_database.reading() as session:
        assert events_of(session, "course_completed") == 1
        assert session.scalar(select(CourseProgress.completed_lessons)) == 6


def test_a_lesson_with_a_quiz_waits_until_it_is_passed(session: Session) -> None:
    course = make_course(session)
    enrollment = make_enrollment(session, course.course)
    make_assessment(session, course.lessons[0], title="Joins")
    with pytest.raises(LessonNotReadyError, match="Pass “Joins” to finish"):
        service.complete_lesson(session, learner_id=enrollment.user_id, lesson_id=course.lessons[0].id)


def test_a_practice_quiz_holds_nobody_up(session: Session) -> None:
    course = make_course(session)
    enrollment = make_enrollment(session, course.course)
    make_assessment(session, course.lessons[0], assessment_type="practice")
    assert service.complete_lesson(session, learner_id=enrollment.user_id, lesson_id=course.lessons[0].id).is_finished


def test_the_best_result_stays(session: Session) -> None:
    course = make_course(session)
    lesson = course.lessons[0]
    lesson.lesson_type = LessonType.QUIZ
    enrollment = make_enrollment(session, course.course)
    for percent in ("80", "40.5"):
        service.record_quiz_result(
            session, learner_id=enrollment.user_id, lesson_id=lesson.id, percent=Decimal(percent), is_passing=False
        )
    row = session.scalar(select(LessonProgress).where(LessonProgress.lesson_id == lesson.id))
    assert row is not None
    assert (row.score, row.quiz_score, row.attempts) == (Decimal("80"), 80, 2)


def test_opening_a_lesson_is_told_and_remembered(session: Session) -> None:
    course = make_course(session, lessons=2)
    enrollment = make_enrollment(session, course.course)
    service.open_lesson(session, learner_id=enrollment.user_id, lesson_id=course.lessons[1].id)
    assert events_of(session, "lesson_opened") == 1
    assert session.scalar(select(CourseProgress.last_lesson_id)) == course.lessons[1].id


def test_the_part_that_was_reached_never_goes_back(session: Session) -> None:
    course = make_course(session)
    learner, lesson = make_enrollment(session, course.course).user_id, course.lessons[0].id
    service.open_lesson(session, learner_id=learner, lesson_id=lesson)
    for part in (3, 1):
        service.remember_part(session, learner_id=learner, lesson_id=lesson, part=part, parts=4)
    position, reached = session.execute(select(LessonProgress.last_position, LessonProgress.read_percentage)).one()
    assert position["part"] == 1
    assert reached == Decimal(50)  # who comes to the third of four has read two


def test_every_refusal_is_a_sentence() -> None:
    for error in (CourseNotOpenError(), CourseFullError(3), CourseHasPriceError("SQL"), NotEnrolledError()):
        assert isinstance(error, LearnCraftError)
        assert str(error).endswith(".")


def test_progress_never_goes_back_when_lessons_are_added(session: Session) -> None:
    course = make_course(session, lessons=2)
    enrollment = make_enrollment(session, course.course)
    learner = enrollment.user_id
    service.complete_lesson(session, learner_id=learner, lesson_id=course.lessons[0].id)
    for place in (2, 3):
        make_lesson(session, course.modules[0], order_index=place)
    state = service.refresh(session, enrollment)
    assert (state.percent, state.summary, state.is_finished) == (50, "1 of 4 lessons", False)
    state = service.complete_lesson(session, learner_id=learner, lesson_id=course.lessons[1].id)
    assert state.percent == 50  # two of four


def test_a_course_that_was_completed_stays_so_when_it_grows(session: Session) -> None:
    course = make_course(session)
    enrollment = make_enrollment(session, course.course)
    service.complete_lesson(session, learner_id=enrollment.user_id, lesson_id=course.lessons[0].id)
    make_lesson(session, course.modules[0], order_index=1)
    state = service.refresh(session, enrollment)
    assert (state.percent, enrollment.status) == (100, "completed")


def test_a_lesson_with_a_video_is_finished_when_it_was_watched(session: Session) -> None:
    course = make_course(session)
    enrollment, lesson = make_enrollment(session, course.course), course.lessons[0]
    video = Video(id=new_id(), lesson_id=lesson.id, title="Film", status="ready", hls_url="/x", duration_seconds=100)
    session.add(video)
    lesson.content = {"version": 1, "blocks": [{"id": "v", "type": "video", "video_id": str(video.id)}]}
    session.flush()
    values = {"learner_id": enrollment.user_id, "lesson_id": lesson.id}
    with pytest.raises(LessonNotReadyError, match=r"Watch “Film” \(0 % seen\) to finish this lesson"):
        service.complete_lesson(session, **values)
    session.add(VideoView(user_id=enrollment.user_id, video_id=video.id, watched_seconds=91))
    session.flush()
    assert service.complete_lesson(session, **values).is_finished
