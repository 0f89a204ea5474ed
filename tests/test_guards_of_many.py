"""Rules of the database that span several rows, broken with plain SQL."""

from __future__ import annotations

from datetime import timedelta
from ipaddress import ip_address
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from learncraft.community.models import CourseDiscussion, DiscussionVote
from learncraft.courses.models import Course
from learncraft.db import new_id
from learncraft.enrollment.models import Enrollment
from learncraft.enrollment.registration.models import CohortMember, CourseOffering, Registration
from learncraft.labs.models import LabSession
from learncraft.study.models import ContentChunk
from tests.factories import make_course, make_enrollment, make_user
from tests.factories.one_of_each import (
    NOW,
    add,
    make_certificate,
    make_cohort,
    make_lab,
    make_material,
    make_subscription,
    make_thread,
    nested_lesson,
)


def run(session: Session, statement: str, **values: object) -> None:
    with session.begin_nested():
        session.execute(text(statement), values)


def refusal(session: Session, statement: str, **values: object) -> str:
    """The constraint that says no."""
    with pytest.raises(IntegrityError) as refused:
        run(session, statement, **values)
    return refused.value.orig.diag.constraint_name  # type: ignore[union-attr]


ENROLL = "INSERT INTO enrollments (user_id, course_id) VALUES (:user, :course)"
SUBSCRIBE = (
    "INSERT INTO subscriptions (user_id, tier, status, current_period_start, current_period_end) "
    "VALUES (:user, 'pro', :status, :start, :end)"
)
MONTH = timedelta(days=30)


def test_a_full_course_takes_nobody_more_not_even_by_plain_sql(session: Session) -> None:
    course = make_course(session, max_students=1)
    first = make_enrollment(session, course.course)
    second = make_user(session)
    assert refusal(session, ENROLL, user=second.id, course=course.id) == "seats_of_course"
    run(session, "UPDATE enrollments SET status = 'dropped' WHERE id = :id", id=first.id)
    run(session, ENROLL, user=second.id, course=course.id)
    back = "UPDATE enrollments SET status = 'active' WHERE id = :id"
    assert refusal(session, back, id=first.id) == "seats_of_course"


def test_a_course_is_not_overfilled_by_one_statement_or_by_moving_into_it(session: Session) -> None:
    full, other = make_course(session, max_students=1), make_course(session)
    people = [make_user(session).id for _ in range(2)]
    both = "INSERT INTO enrollments (user_id, course_id) SELECT unnest(CAST(:users AS uuid[])), :course"
    assert refusal(session, both, users=people, course=full.id) == "seats_of_course"
    make_enrollment(session, full.course)
    moved = make_enrollment(session, other.course)
    move = "UPDATE enrollments SET course_id = :course WHERE id = :id"
    assert refusal(session, move, course=full.id, id=moved.id) == "seats_of_course"


def test_who_is_in_a_full_course_can_finish_it_and_fewer_seats_send_nobody_away(session: Session) -> None:
    course = make_course(session, max_students=2)
    places = [make_enrollment(session, course.course) for _ in range(2)]
    run(session, "UPDATE courses SET max_students = 1 WHERE id = :id", id=course.id)
    run(
        session,
        "UPDATE enrollments SET status = 'completed', completed_at = now() WHERE id = :id",
        id=places[0].id,
    )


def test_two_paid_times_of_one_person_never_overlap_but_may_touch(session: Session) -> None:
    user, other = make_user(session).id, make_user(session).id
    make_subscription(session, user)
    later = {"status": "scheduled", "start": NOW + MONTH - timedelta(seconds=1), "end": NOW + 2 * MONTH}
    assert refusal(session, SUBSCRIBE, user=user, **later) == "ex_subscriptions_period"
    run(session, SUBSCRIBE, user=user, **later | {"start": NOW + MONTH})
    run(session, SUBSCRIBE, user=other, **later)
    run(session, SUBSCRIBE, user=user, **later | {"status": "canceled"})


def test_one_person_has_one_active_subscription(session: Session) -> None:
    user = make_user(session).id
    make_subscription(session, user)
    another = {"status": "active", "start": NOW + 5 * MONTH, "end": NOW + 6 * MONTH}
    assert refusal(session, SUBSCRIBE, user=user, **another) == "uq_subscriptions_active"


def test_an_identifier_and_its_address_are_the_same_bits(session: Session) -> None:
    for id in [new_id(), UUID(int=0), UUID(int=2**128 - 1), UUID(int=0xFFFF01020304), UUID(int=1 << 127)]:
        address = session.scalar(text("SELECT host(uuid_as_inet(:id))"), {"id": id})
        assert int(ip_address(address)) == id.int


def test_one_lab_session_is_live_per_learner_and_lab(session: Session) -> None:
    course = make_course(session)
    lab, user = make_lab(session, course.lessons[0].id), make_user(session).id
    first = add(session, LabSession, lab_id=lab, user_id=user)
    start = "INSERT INTO lab_sessions (lab_id, user_id) VALUES (:lab, :user)"
    assert refusal(session, start, lab=lab, user=user) == "uq_lab_sessions_live"
    run(session, "UPDATE lab_sessions SET status = 'expired' WHERE id = :id", id=first)
    run(session, start, lab=lab, user=user)
    run(session, start, lab=lab, user=make_user(session).id)


def test_a_lesson_never_stands_below_itself(session: Session) -> None:
    course = make_course(session)
    top = course.lessons[0].id
    middle = nested_lesson(session, course, below=top)
    low = nested_lesson(session, course, below=middle)
    under = "UPDATE lessons SET parent_lesson_id = :parent WHERE id = :id"
    assert refusal(session, under, parent=low, id=top) == "no_cycle"
    assert refusal(session, under, parent=top, id=top) == "ck_lessons_not_its_own_parent"
    run(session, under, parent=top, id=low)


def test_a_reply_stays_in_its_thread_and_never_stands_below_itself(session: Session) -> None:
    course, other = make_course(session), make_course(session)
    user = make_user(session).id
    thread = make_thread(session, course.id, user)
    reply = make_thread(session, course.id, user, parent_id=thread, title=None)
    under = "UPDATE course_discussions SET parent_id = :parent WHERE id = :id"
    assert refusal(session, under, parent=reply, id=thread) == "no_cycle"
    elsewhere = make_thread(session, other.id, user)
    assert refusal(session, under, parent=elsewhere, id=reply) == "fk_course_discussions_parent_same_course"


def test_two_replies_written_by_one_statement_can_not_stand_below_each_other(session: Session) -> None:
    course, user = make_course(session), make_user(session).id
    both = (
        "INSERT INTO course_discussions (id, course_id, user_id, parent_id, content) "
        "VALUES (:a, :course, :user, :b, 'A'), (:b, :course, :user, :a, 'B')"
    )
    assert refusal(session, both, a=new_id(), b=new_id(), course=course.id, user=user) == "no_cycle"


def test_a_thread_has_one_accepted_answer(session: Session) -> None:
    course, user = make_course(session), make_user(session).id
    thread = make_thread(session, course.id, user, is_question=True)
    for _ in range(2):
        make_thread(session, course.id, user, parent_id=thread, title=None)
    both = "UPDATE course_discussions SET is_accepted = true WHERE parent_id = :id"
    assert refusal(session, both, id=thread) == "uq_course_discussions_accepted"


def test_a_certificate_is_of_the_person_and_the_course_of_its_enrollment(session: Session) -> None:
    course = make_course(session)
    place = make_enrollment(session, course.course, status="completed", completed_at=NOW)
    stranger = make_user(session).id
    with pytest.raises(IntegrityError, match="fk_certificates_of_enrollment"), session.begin_nested():
        make_certificate(session, place.id, stranger, course.id)
    make_certificate(session, place.id, place.user_id, course.id)
    with pytest.raises(IntegrityError, match="uq_certificates"), session.begin_nested():
        make_certificate(session, place.id, place.user_id, course.id)


def test_a_cohort_takes_no_more_than_its_places_and_who_leaves_frees_one(session: Session) -> None:
    cohort = make_cohort(session, make_course(session).id, capacity=1)
    first = add(session, CohortMember, cohort_id=cohort, user_id=make_user(session).id)
    join = "INSERT INTO cohort_members (cohort_id, user_id) VALUES (:cohort, :user)"
    user = make_user(session).id
    assert refusal(session, join, cohort=cohort, user=user) == "places_of_cohort"
    run(session, "UPDATE cohort_members SET left_at = now() WHERE id = :id", id=first)
    run(session, join, cohort=cohort, user=user)
    back = "UPDATE cohort_members SET left_at = NULL WHERE id = :id"
    assert refusal(session, back, id=first) == "places_of_cohort"


def test_a_learners_cohort_is_one_of_the_course_and_its_end_leaves_the_place(session: Session) -> None:
    course, other = make_course(session), make_course(session)
    place = make_enrollment(session, course.course)
    put = "UPDATE enrollments SET cohort_id = :cohort WHERE id = :id"
    wrong = make_cohort(session, other.id)
    assert refusal(session, put, cohort=wrong, id=place.id) == "fk_enrollments_cohort_of_course"
    cohort = make_cohort(session, course.id)
    run(session, put, cohort=cohort, id=place.id)
    run(session, "DELETE FROM cohorts WHERE id = :id", id=cohort)
    session.expire_all()
    assert session.get_one(Enrollment, place.id).cohort_id is None


def test_a_person_has_one_open_registration_and_may_try_again_after_withdrawing(session: Session) -> None:
    offering = add(session, CourseOffering, course_id=make_course(session).id, title="Spring")
    first = add(session, Registration, offering_id=offering, email="kim@example.org")
    again = "INSERT INTO registrations (offering_id, email) VALUES (:offering, 'kim@example.org')"
    assert refusal(session, again, offering=offering) == "uq_registrations_open"
    run(session, "UPDATE registrations SET status = 'withdrawn', submitted_at = now() WHERE id = :id", id=first)
    run(session, again, offering=offering)


def test_chunks_change_places_in_one_transaction(session: Session) -> None:
    material = make_material(session, make_user(session).id)
    for place in range(2):
        add(session, ContentChunk, study_material_id=material, chunk_order=place, content="A", chunk_type="paragraph")
    run(session, "UPDATE content_chunks SET chunk_order = 1 - chunk_order")
    run(session, "SET CONSTRAINTS ALL IMMEDIATE")
    same = "UPDATE content_chunks SET chunk_order = 0"
    assert refusal(session, same) == "uq_content_chunks_study_material_id_chunk_order"


def test_votes_are_counted_as_they_come_change_and_go(session: Session) -> None:
    course = make_course(session)
    thread = make_thread(session, course.id, make_user(session).id)
    votes = [
        add(session, DiscussionVote, discussion_id=thread, user_id=make_user(session).id, value=value)
        for value in (1, 1, -1)
    ]

    def counted() -> int:
        session.expire_all()
        return session.get_one(CourseDiscussion, thread).vote_count

    assert counted() == 1
    run(session, "UPDATE discussion_votes SET value = -1 WHERE id = :id", id=votes[0])
    assert counted() == -1
    run(session, "DELETE FROM discussion_votes WHERE id = :id", id=votes[2])
    assert counted() == 0


def test_a_courses_rating_is_the_average_of_its_ratings(session: Session) -> None:
    course = make_course(session)
    places = [make_enrollment(session, course.course, rating=rating) for rating in (5, 4, 4, None)]

    def shown() -> tuple[str, int]:
        session.expire_all()
        found = session.get_one(Course, course.id)
        return str(found.rating_average), found.rating_count

    assert shown() == ("4.33", 3)
    run(session, "UPDATE enrollments SET rating = 1 WHERE id = :id", id=places[3].id)
    assert shown() == ("3.50", 4)
    run(session, "UPDATE enrollments SET rating = NULL WHERE id = :id", id=places[0].id)
    assert shown() == ("3.00", 3)
    run(session, "DELETE FROM enrollments WHERE course_id = :id", id=course.id)
    assert shown() == ("0.00", 0)
