"""Days in a row and dates ahead, in the learner's own time zone."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from learncraft.enrollment import calendar, rhythm
from learncraft.enrollment.registration.models import Cohort
from tests.factories import make_assessment, make_course, make_enrollment

TODAY = date(2026, 11, 26)


@pytest.mark.parametrize(
    ("ago", "count"),
    [((), 0), ((0,), 1), ((1,), 1), ((2,), 0), ((0, 1, 2), 3), ((1, 2, 3), 3), ((0, 2), 1), ((0, 1, 3, 4), 2)],
)
def test_days_in_a_row_end_today_or_yesterday(ago: tuple[int, ...], count: int) -> None:
    assert rhythm.streak({TODAY - timedelta(days=one) for one in ago}, TODAY) == count


def test_a_day_is_one_of_the_learners_time_zone(session: Session) -> None:
    course = make_course(session)
    learner = make_enrollment(session, course.course).user_id
    # Half past noon in UTC is the next day in Auckland.
    noon = datetime.now(UTC).replace(hour=12, minute=30) - timedelta(days=1)
    session.execute(
        text(
            "INSERT INTO learning_events (id, event_type, user_id, course_id, lesson_id, occurred_at) "
            "VALUES (new_id(), 'lesson_opened', :learner, :course, :lesson, :at)"
        ),
        {"learner": learner, "course": course.id, "lesson": course.lessons[0].id, "at": noon},
    )
    for zone in ("UTC", "Pacific/Auckland", "America/Los_Angeles"):
        here = noon.astimezone(ZoneInfo(zone)).date()
        found = rhythm.rhythm(session, learner, time_zone=zone, today=here)
        assert (found.streak, found.learned_today, found.days_this_week) == (1, True, 1), zone
        assert found.minutes_this_week == 5
        assert rhythm.rhythm(session, learner, time_zone=zone, today=here + timedelta(days=1)).streak == 1
        assert rhythm.rhythm(session, learner, time_zone=zone, today=here + timedelta(days=2)).streak == 0


def test_windows_cohorts_and_ends_of_places_come_up_in_order(session: Session) -> None:
    now = datetime.now(UTC)
    course = make_course(session)
    cohort = Cohort(course_id=course.id, name="Evenings", start_date=(now + timedelta(days=4)).date())
    session.add(cohort)
    session.flush()
    enrollment = make_enrollment(session, course.course, cohort_id=cohort.id, expires_at=now + timedelta(days=50))
    make_assessment(
        session,
        course.lessons[0],
        title="Exam",
        available_from=now + timedelta(days=1),
        available_until=now + timedelta(days=9),
    )
    make_assessment(session, course.lessons[0], title="Over", available_until=now - timedelta(days=1))
    make_assessment(session, course.lessons[0], title="Far", available_from=now + timedelta(days=400))
    found = calendar.upcoming(session, enrollment.user_id)
    assert [(one.occasion, one.title) for one in found] == [
        ("opens", "Exam"),
        ("begins", "Evenings"),
        ("closes", "Exam"),
        ("expires", course.course.title),
    ]
    assert calendar.upcoming(session, course.course.instructor_id) == []
