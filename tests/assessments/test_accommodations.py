"""More time and more attempts: held at the deadline, and on record."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy.orm import Session

from learncraft.assessments import accommodations
from learncraft.assessments.accommodations import Extra
from learncraft.assessments.errors import InvalidAccommodationError, NoAttemptsLeftError, NotYoursToGradeError
from learncraft.assessments.models import AssessmentAttempt
from tests.assessments.exam import Exam, clock, grader, make_exam, start, submit
from tests.factories import make_user


def give(session: Session, exam: Exam, extra: Extra, *, alone: bool = False, reason: str = "Reads slowly.") -> None:
    accommodations.grant(
        session,
        grader(session, exam),
        learner_id=exam.learner_id,
        course_id=exam.course_id,
        assessment_id=exam.assessment_id if alone else None,
        extra=extra,
        reason=reason,
    )


def test_extra_time_moves_the_deadline_and_the_end_of_the_window(session: Session) -> None:
    now = clock(session)
    exam = make_exam(session, time_limit_minutes=60, available_until=now + timedelta(minutes=30))
    give(session, exam, Extra(Decimal("1.25"), 5))
    attempt = session.get_one(AssessmentAttempt, start(session, exam))
    assert attempt.extra_seconds == 20 * 60
    assert attempt.deadline_at == now + timedelta(minutes=50)


def test_what_an_assessment_grants_comes_before_what_the_course_does(session: Session) -> None:
    exam = make_exam(session, time_limit_minutes=60)
    give(session, exam, Extra(Decimal(2)))
    give(session, exam, Extra(minutes=10), alone=True)
    attempt = session.get_one(AssessmentAttempt, start(session, exam))
    assert attempt.extra_seconds == 600


def test_an_open_attempt_gets_the_time_at_once_and_keeps_it(session: Session) -> None:
    exam = make_exam(session, time_limit_minutes=60)
    attempt = session.get_one(AssessmentAttempt, start(session, exam))
    give(session, exam, Extra(minutes=15))
    assert attempt.deadline_at == attempt.started_at + timedelta(minutes=75)
    who = grader(session, exam)
    [granted] = accommodations.granted_in(session, who, exam.course_id)
    assert (granted.extra, granted.reason) == (Extra(minutes=15), "Reads slowly.")
    accommodations.withdraw(session, who, course_id=exam.course_id, accommodation_id=granted.id)
    assert accommodations.granted_in(session, who, exam.course_id) == []
    assert attempt.deadline_at == attempt.started_at + timedelta(minutes=75)


def test_extra_attempts_are_attempts(session: Session) -> None:
    exam = make_exam(session, max_attempts=1)
    submit(session, exam, start(session, exam))
    with pytest.raises(NoAttemptsLeftError):
        start(session, exam)
    give(session, exam, Extra(attempts=1))
    submit(session, exam, start(session, exam))
    with pytest.raises(NoAttemptsLeftError, match="all 2"):
        start(session, exam)


def test_only_those_who_teach_grant_and_only_what_makes_sense(session: Session) -> None:
    exam = make_exam(session)
    for extra, reason in [
        (Extra(), "So."),
        (Extra(minutes=5), " "),
        (Extra(Decimal(11)), "So."),
        (Extra(minutes=-1), "a"),
    ]:
        with pytest.raises(InvalidAccommodationError):
            give(session, exam, extra, reason=reason)
    values = {"course_id": exam.course_id, "assessment_id": None, "extra": Extra(minutes=5), "reason": "So."}
    with pytest.raises(NotYoursToGradeError):
        accommodations.grant(session, exam.viewer, learner_id=exam.learner_id, **values)
    with pytest.raises(InvalidAccommodationError, match="not in the course"):
        accommodations.grant(session, grader(session, exam), learner_id=make_user(session).id, **values)
