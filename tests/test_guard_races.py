"""What several people do at the same moment, on connections of their own, with plain SQL."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text

from learncraft.db import Database
from tests.factories import make_course, make_enrollment, make_user
from tests.factories.one_of_each import NOW, make_cohort, make_lab, make_thread, nested_lesson
from tests.races import at_once, refusals, sql

# What a person meets who came second: our rule, or under an older snapshot the server's refusal to serialize.
READ_COMMITTED, REPEATABLE_READ = "READ COMMITTED", "REPEATABLE READ"
BOTH = pytest.mark.parametrize("isolation", [READ_COMMITTED, REPEATABLE_READ])
NOT_SERIALIZABLE = "40001"


def count(database: Database, query: str) -> int:
    with database.reading() as session:
        return session.scalar(text(query)) or 0


@BOTH
def test_eight_learners_and_three_seats_make_three_enrollments(fresh_database: Database, isolation: str) -> None:
    with fresh_database.transaction() as session:
        course = make_course(session, max_students=3).id
        people = [make_user(session).id for _ in range(8)]
    enroll = "INSERT INTO enrollments (user_id, course_id) VALUES (:user, :course)"
    results = at_once(fresh_database, *[sql(enroll, user=one, course=course) for one in people], isolation=isolation)
    taken = count(fresh_database, "SELECT count(*) FROM enrollments")
    assert taken + len(refusals(results)) == 8
    if isolation == READ_COMMITTED:
        assert (taken, set(refusals(results))) == (3, {"seats_of_course"})
    else:
        assert 1 <= taken <= 3
        assert set(refusals(results)) <= {"seats_of_course", NOT_SERIALIZABLE}


@BOTH
def test_six_people_and_two_places_in_a_cohort_make_two_members(fresh_database: Database, isolation: str) -> None:
    with fresh_database.transaction() as session:
        cohort = make_cohort(session, make_course(session).id, capacity=2)
        people = [make_user(session).id for _ in range(6)]
    join = "INSERT INTO cohort_members (cohort_id, user_id) VALUES (:cohort, :user)"
    results = at_once(fresh_database, *[sql(join, cohort=cohort, user=one) for one in people], isolation=isolation)
    taken = count(fresh_database, "SELECT count(*) FROM cohort_members")
    assert taken + len(refusals(results)) == 6
    assert taken == 2 if isolation == READ_COMMITTED else 1 <= taken <= 2


@BOTH
def test_two_authors_can_not_put_two_lessons_below_each_other(fresh_database: Database, isolation: str) -> None:
    with fresh_database.transaction() as session:
        made = make_course(session, lessons=2)
        one, two = (lesson.id for lesson in made.lessons)
    under = "UPDATE lessons SET parent_lesson_id = :parent WHERE id = :id"
    results = at_once(
        fresh_database, sql(under, parent=two, id=one), sql(under, parent=one, id=two), isolation=isolation
    )
    assert len(refusals(results)) == 1
    assert refusals(results)[0] in {"no_cycle", NOT_SERIALIZABLE}
    assert count(fresh_database, "SELECT count(*) FROM lessons WHERE parent_lesson_id IS NOT NULL") == 1


def test_three_moves_at_once_make_no_ring(fresh_database: Database) -> None:
    with fresh_database.transaction() as session:
        made = make_course(session, lessons=3)
        ids = [lesson.id for lesson in made.lessons]
        nested_lesson(session, made, below=ids[0])
    under = "UPDATE lessons SET parent_lesson_id = :parent WHERE id = :id"
    ring = [sql(under, parent=parent, id=child) for parent, child in zip(ids, ids[1:] + ids[:1], strict=True)]
    assert refusals(at_once(fresh_database, *ring)) == ["no_cycle"]


@pytest.mark.parametrize("status", ["active", "scheduled"])
def test_two_payments_at_once_make_one_subscription(fresh_database: Database, status: str) -> None:
    with fresh_database.transaction() as session:
        user = make_user(session).id
    subscribe = (
        "INSERT INTO subscriptions (user_id, tier, status, current_period_start, current_period_end) "
        "VALUES (:user, 'pro', :status, :start, :end)"
    )
    payments = [
        sql(subscribe, user=user, status=status, start=NOW + timedelta(days=day), end=NOW + timedelta(days=day + 30))
        for day in range(4)
    ]
    results = at_once(fresh_database, *payments)
    allowed = {"uq_subscriptions_active", "ex_subscriptions_period", "40P01"}  # two that wait for each other: one goes
    assert len(refusals(results)) == 3
    assert set(refusals(results)) <= allowed
    assert count(fresh_database, "SELECT count(*) FROM subscriptions") == 1


def test_two_tabs_that_start_a_lab_get_one_session(fresh_database: Database) -> None:
    with fresh_database.transaction() as session:
        lab, user = make_lab(session, make_course(session).lessons[0].id), make_user(session).id
    start = sql("INSERT INTO lab_sessions (lab_id, user_id) VALUES (:lab, :user)", lab=lab, user=user)
    assert refusals(at_once(fresh_database, *[start] * 4)) == ["uq_lab_sessions_live"] * 3


def test_a_course_finished_in_several_tabs_gets_one_certificate(fresh_database: Database) -> None:
    with fresh_database.transaction() as session:
        course = make_course(session)
        place = make_enrollment(session, course.course, status="completed", completed_at=NOW)
    issue = sql(
        "INSERT INTO certificates (enrollment_id, user_id, course_id, certificate_number, title, completion_date) "
        "VALUES (:place, :user, :course, CAST(gen_random_uuid() AS text), 'Course', now())",
        place=place.id,
        user=place.user_id,
        course=course.id,
    )
    assert len(refusals(at_once(fresh_database, *[issue] * 4))) == 3
    assert count(fresh_database, "SELECT count(*) FROM certificates") == 1


def test_a_course_put_into_the_cart_by_several_clicks_lies_there_once(fresh_database: Database) -> None:
    with fresh_database.transaction() as session:
        course, user = make_course(session).id, make_user(session).id
    put = sql("INSERT INTO cart_items (user_id, course_id, price) VALUES (:user, :course, 5)", user=user, course=course)
    assert refusals(at_once(fresh_database, *[put] * 4)) == ["uq_cart_items_user_id_course_id"] * 3


def test_one_persons_votes_by_several_clicks_count_once_and_eight_peoples_all(fresh_database: Database) -> None:
    with fresh_database.transaction() as session:
        people = [make_user(session).id for _ in range(8)]
        thread = make_thread(session, make_course(session).id, people[0])
    vote = "INSERT INTO discussion_votes (discussion_id, user_id) VALUES (:thread, :user)"
    clicks = at_once(fresh_database, *[sql(vote, thread=thread, user=people[0])] * 4)
    assert refusals(clicks) == ["uq_discussion_votes_discussion_id_user_id"] * 3
    assert refusals(at_once(fresh_database, *[sql(vote, thread=thread, user=one) for one in people[1:]])) == []
    assert count(fresh_database, "SELECT vote_count FROM course_discussions") == 8


def test_ratings_given_at_once_are_all_in_the_average(fresh_database: Database) -> None:
    with fresh_database.transaction() as session:
        course = make_course(session)
        places = [make_enrollment(session, course.course).id for _ in range(8)]
    rate = "UPDATE enrollments SET rating = :rating WHERE id = :id"
    results = at_once(fresh_database, *[sql(rate, id=id, rating=1 + place % 5) for place, id in enumerate(places)])
    assert refusals(results) == []
    assert count(fresh_database, "SELECT rating_count FROM courses") == 8
    assert count(fresh_database, "SELECT CAST(rating_average * 100 AS int) FROM courses") == 263  # 21 of 8: 2.625


def test_two_people_who_register_with_one_address_leave_one_form(fresh_database: Database) -> None:
    with fresh_database.transaction() as session:
        course = make_course(session).id
        offering = session.scalar(
            text("INSERT INTO course_offerings (course_id, title) VALUES (:id, 'Spring') RETURNING id"), {"id": course}
        )
    register = sql("INSERT INTO registrations (offering_id, email) VALUES (:id, 'kim@example.org')", id=offering)
    assert refusals(at_once(fresh_database, *[register] * 4)) == ["uq_registrations_open"] * 3
