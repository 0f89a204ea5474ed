"""When an assessment may be taken, and what happens when time is over."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text, update
from sqlalchemy.orm import Session

from learncraft.assessments import queries, service
from learncraft.assessments.errors import (
    AssessmentNotFoundError,
    AttemptClosedError,
    NoAttemptsLeftError,
    NoQuestionsError,
    NotAvailableError,
)
from learncraft.assessments.models import AssessmentAttempt, AttemptStatus
from learncraft.db import new_id
from learncraft.enrollment.errors import NotEnrolledError
from learncraft.enrollment.models import Enrollment, EnrollmentStatus
from tests.assessments.exam import (
    RIGHT,
    clock,
    make_exam,
    move_deadline,
    save,
    saved,
    start,
    submit,
)
from tests.factories import make_user


def test_an_answer_just_after_the_deadline_is_still_taken_and_a_later_one_is_not(session: Session) -> None:
    exam = make_exam(session, time_limit_minutes=10)
    attempt_id = start(session, exam)
    move_deadline(session, attempt_id, -1)
    save(session, exam, attempt_id, 0, RIGHT[0])
    move_deadline(session, attempt_id, -3)
    with pytest.raises(AttemptClosedError):
        save(session, exam, attempt_id, 1, RIGHT[1])
    assert saved(session, attempt_id) == {exam.question_ids[0]: RIGHT[0]}


def test_handing_in_late_grades_what_was_saved_and_says_so(session: Session) -> None:
    exam = make_exam(session, time_limit_minutes=10)
    attempt_id = start(session, exam)
    save(session, exam, attempt_id, 0, RIGHT[0])
    move_deadline(session, attempt_id, -60)
    result = submit(session, exam, attempt_id)
    assert (result.status, result.score) == (AttemptStatus.TIMED_OUT, 1)
    attempt = session.get_one(AssessmentAttempt, attempt_id)
    assert result.submitted_at == attempt.deadline_at


def test_overdue_attempts_are_graded_when_nobody_comes_back(session: Session) -> None:
    late, other = make_exam(session, time_limit_minutes=10), make_exam(session)
    attempt_id, open_id = start(session, late), start(session, other)
    save(session, late, attempt_id, 0, RIGHT[0])
    move_deadline(session, attempt_id, -60)
    now = clock(session)
    assert service.close_overdue(session, now, learner_id=other.learner_id) == 0
    assert service.close_overdue(session, now) == 1
    assert service.close_overdue(session, now) == 0
    result = queries.result_for(session, late.learner_id, attempt_id)
    assert result is not None
    assert (result.status, result.score) == (AttemptStatus.TIMED_OUT, 1)
    assert queries.current_attempt(session, other.learner_id, other.assessment_id) == open_id


def test_one_attempt_that_cannot_be_graded_holds_up_no_other(session: Session) -> None:
    broken, fine = make_exam(session), make_exam(session)
    ids = [start(session, exam) for exam in (broken, fine)]
    odd = text("UPDATE questions SET correct_answer = '{\"odd\": 1}' WHERE id = :id")  # past the check of its shape
    session.execute(odd, {"id": broken.question_ids[0]})
    for attempt_id in ids:
        move_deadline(session, attempt_id, -60)
    assert service.close_overdue(session, clock(session)) == 1
    assert queries.result_for(session, fine.learner_id, ids[1]) is not None


def test_starting_after_the_deadline_grades_the_old_attempt_and_opens_a_new_one(session: Session) -> None:
    exam = make_exam(session, time_limit_minutes=10)
    old = start(session, exam)
    move_deadline(session, old, -60)
    new = start(session, exam)
    assert new != old
    assert [
        (row.attempt_number, row.status) for row in queries.attempts_of(session, exam.learner_id, exam.assessment_id)
    ] == [
        (2, AttemptStatus.IN_PROGRESS),
        (1, AttemptStatus.TIMED_OUT),
    ]


def test_the_deadline_is_the_limit_or_the_end_of_the_window_whichever_comes_first(session: Session) -> None:
    now = clock(session)
    for closes, expected in ((timedelta(minutes=5), timedelta(minutes=5)), (timedelta(hours=5), timedelta(minutes=30))):
        exam = make_exam(session, time_limit_minutes=30, available_until=now + closes)
        attempt = session.get_one(AssessmentAttempt, start(session, exam))
        assert attempt.deadline_at is not None
        assert abs(attempt.deadline_at - now - expected) < timedelta(seconds=30)


def test_an_assessment_opens_and_closes_on_time(session: Session) -> None:
    now = clock(session)
    with pytest.raises(NotAvailableError, match="opens on"):
        start(session, make_exam(session, available_from=now + timedelta(hours=1)))
    with pytest.raises(NotAvailableError, match="closed on"):
        start(session, make_exam(session, available_until=now - timedelta(hours=1)))


def test_attempts_run_out(session: Session) -> None:
    exam = make_exam(session, max_attempts=2)
    for _ in range(2):
        submit(session, exam, start(session, exam))
    with pytest.raises(NoAttemptsLeftError, match="all 2 attempts"):
        start(session, exam)


@pytest.mark.parametrize("status", [EnrollmentStatus.DROPPED, EnrollmentStatus.EXPIRED, EnrollmentStatus.CANCELLED])
def test_only_those_in_the_course_may_start(session: Session, status: EnrollmentStatus) -> None:
    exam = make_exam(session)
    session.execute(update(Enrollment).where(Enrollment.user_id == exam.learner_id).values(status=status))
    with pytest.raises(NotEnrolledError):
        start(session, exam)


def test_an_unpublished_or_empty_assessment_cannot_be_started(session: Session) -> None:
    with pytest.raises(AssessmentNotFoundError):
        start(session, make_exam(session, is_published=False))
    with pytest.raises(NoQuestionsError):
        start(session, make_exam(session, questions=0))
    with pytest.raises(AssessmentNotFoundError):
        service.start_attempt(session, learner_id=make_user(session).id, assessment_id=new_id())


def test_whoever_leaves_the_course_meanwhile_still_gets_the_result(session: Session) -> None:
    exam = make_exam(session)
    attempt_id = start(session, exam)
    save(session, exam, attempt_id, 0, RIGHT[0])
    session.execute(
        update(Enrollment).where(Enrollment.user_id == exam.learner_id).values(status=EnrollmentStatus.DROPPED)
    )
    assert submit(session, exam, attempt_id).score == 1
