"""When a certificate is due, who gets it, and who may take it back."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from learncraft.accounts.models import User, UserRole
from learncraft.accounts.viewer import Viewer
from learncraft.db import Database, new_id
from learncraft.enrollment import service
from learncraft.enrollment.certificates import issuing, numbers, queries
from learncraft.enrollment.certificates.numbers import ALPHABET
from learncraft.enrollment.certificates.rule import CertificateRule, what_is_missing
from learncraft.enrollment.errors import CertificateNotFoundError, NoReasonError
from learncraft.enrollment.models import Certificate, Enrollment, EnrollmentStatus
from learncraft.errors import ForbiddenError
from learncraft.events import LearningEvent
from learncraft.jobs import certifying
from learncraft.jobs.work import Job
from learncraft.settings import Settings
from tests.factories import make_assessment, make_course, make_enrollment, make_user
from tests.races import Action, at_once


def viewer(user: User) -> Viewer:
    return Viewer(
        user.id, user.email, user.first_name, user.full_name, user.role, "en", "system", "UTC", family_id=new_id()
    )


def certificates_of(session: Session, enrollment: Enrollment) -> int:
    found = select(func.count()).where(Certificate.enrollment_id == enrollment.id)
    return session.scalar(found) or 0


def finished(session: Session, **course: object) -> Enrollment:
    made = make_course(session, **course)
    enrollment = make_enrollment(session, made.course)
    service.complete_lesson(session, learner_id=enrollment.user_id, lesson_id=made.lessons[0].id)
    return enrollment


def test_finishing_the_last_lesson_twice_issues_one_certificate(session: Session) -> None:
    made = make_course(session, lessons=2)
    enrollment = make_enrollment(session, made.course)
    learner_id = enrollment.user_id
    service.complete_lesson(session, learner_id=learner_id, lesson_id=made.lessons[0].id)
    assert certificates_of(session, enrollment) == 0
    for _ in range(2):
        service.complete_lesson(session, learner_id=learner_id, lesson_id=made.lessons[1].id)
    assert certificates_of(session, enrollment) == 1
    told = select(func.count()).where(
        LearningEvent.event_type == "certificate_issued", LearningEvent.user_id == learner_id
    )
    assert session.scalar(told) == 1
    [certificate] = queries.of_learner(session, learner_id)
    assert certificate.title == made.course.title
    assert numbers.read_number(certificate.number) == certificate.number


def test_two_last_lessons_at_the_same_moment_give_one_certificate(fresh_database: Database) -> None:
    with fresh_database.transaction() as session:
        made = make_course(session, lessons=2)
        enrollment = make_enrollment(session, made.course)
    learner_id, lessons = enrollment.user_id, [lesson.id for lesson in made.lessons]

    def finish(place: int) -> Action:
        return lambda session: service.complete_lesson(session, learner_id=learner_id, lesson_id=lessons[place])

    results = at_once(fresh_database, finish(0), finish(1))
    assert not [one for one in results if isinstance(one, Exception)]
    with fresh_database.reading() as session:
        assert certificates_of(session, enrollment) == 1


def test_the_title_stays_what_it_was_on_the_day_of_issue(session: Session) -> None:
    enrollment = finished(session, title="First edition")
    session.execute(text("UPDATE courses SET title = 'Second edition'"))
    assert queries.of_learner(session, enrollment.user_id)[0].title == "First edition"


def test_a_course_may_ask_for_an_average_and_a_better_attempt_gives_the_certificate(session: Session) -> None:
    made = make_course(session, extra={"certificate": {"least_average": "80"}})
    lesson = made.lessons[0]
    make_assessment(session, lesson, assessment_type="practice")
    enrollment = make_enrollment(session, made.course)
    learner_id = enrollment.user_id
    service.record_quiz_result(
        session, learner_id=learner_id, lesson_id=lesson.id, percent=Decimal(79), is_passing=True
    )
    service.complete_lesson(session, learner_id=learner_id, lesson_id=lesson.id)
    assert enrollment.status == EnrollmentStatus.COMPLETED
    assert certificates_of(session, enrollment) == 0
    assert issuing.what_stands_between(session, enrollment) == (
        "The certificate asks for an average of 80 %; yours is 79 %. Take a quiz again to raise it."
    )
    service.record_quiz_result(
        session, learner_id=learner_id, lesson_id=lesson.id, percent=Decimal(80), is_passing=True
    )
    assert certificates_of(session, enrollment) == 1


def test_a_milder_rule_gives_certificates_to_those_who_finished_before(
    fresh_database: Database, tmp_path: Path
) -> None:
    with fresh_database.transaction() as session:
        teacher = make_user(session, role=UserRole.INSTRUCTOR)
        made = make_course(session, instructor=teacher, extra={"certificate": {"is_given": False}})
        enrollments = [make_enrollment(session, made.course) for _ in range(3)]
        for enrollment in enrollments:
            service.complete_lesson(session, learner_id=enrollment.user_id, lesson_id=made.lessons[0].id)
        assert not any(certificates_of(session, enrollment) for enrollment in enrollments)
        issuing.set_rule(session, viewer(teacher), made.id, CertificateRule())
        job_id = session.scalar(
            text("UPDATE procrastinate_jobs SET status = 'doing' WHERE task_name = 'issue_certificates' RETURNING id")
        )
    job = Job(job_id, fresh_database, Settings(home=tmp_path, _env_file=None))  # type: ignore[call-arg]
    for _ in range(2):
        certifying.issue_certificates(job, course_id=str(made.id))
    with fresh_database.reading() as session:
        assert [certificates_of(session, enrollment) for enrollment in enrollments] == [1, 1, 1]


def test_a_certificate_is_revoked_with_a_reason_by_its_teacher_only(session: Session) -> None:
    teacher = make_user(session, role=UserRole.INSTRUCTOR)
    other = make_user(session, role=UserRole.INSTRUCTOR)
    enrollment = finished(session, instructor=teacher)
    [certificate] = queries.of_learner(session, enrollment.user_id)
    with pytest.raises(ForbiddenError):
        issuing.revoke(session, viewer(other), certificate.id, reason="I say so")
    with pytest.raises(NoReasonError):
        issuing.revoke(session, viewer(teacher), certificate.id, reason="  \n ")
    issuing.revoke(session, viewer(teacher), certificate.id, reason=" Somebody else  took the exam. ")
    found = queries.by_number(session, certificate.number)
    assert found is not None
    assert found.is_revoked
    assert found.revoke_reason == "Somebody else took the exam."
    assert queries.revoked(session) == [(certificate.number, "Somebody else took the exam.")]
    service.refresh(session, enrollment)
    assert certificates_of(session, enrollment) == 1  # a revoked one is not given anew
    issuing.restore(session, viewer(teacher), certificate.id)
    assert queries.revoked(session) == []
    with pytest.raises(CertificateNotFoundError):
        issuing.revoke(session, viewer(teacher), new_id(), reason="Gone")


def test_a_teacher_finds_certificates_of_their_own_courses_only(session: Session) -> None:
    teacher = make_user(session, role=UserRole.INSTRUCTOR)
    enrollment = finished(session, instructor=teacher)
    learner = session.get_one(User, enrollment.user_id)
    found = queries.in_course(session, viewer(teacher), enrollment.course_id, name=learner.last_name.upper())
    assert found is not None
    assert [one.learner_id for one in found.certificates] == [learner.id]
    nobody = queries.in_course(session, viewer(teacher), enrollment.course_id, name="100%")
    assert nobody is not None
    assert nobody.total == 0
    other = make_user(session, role=UserRole.INSTRUCTOR)
    assert queries.in_course(session, viewer(other), enrollment.course_id) is None
    reviewer = make_user(session, role=UserRole.CONTENT_ADMIN)
    assert queries.in_course(session, viewer(reviewer), enrollment.course_id) is not None


@given(st.lists(st.decimals(0, 100, places=2), max_size=5), st.decimals(0, 100, places=2))
def test_the_average_decides_exactly_at_its_edge(scores: list[Decimal], least: Decimal) -> None:
    missing = what_is_missing(CertificateRule(least_average=least), is_completed=True, scores=scores)
    short = bool(scores) and (sum(scores) / len(scores)).quantize(Decimal("0.01"), "ROUND_DOWN") < least
    assert (missing is not None) == short


@given(st.data())
def test_a_number_with_one_wrong_sign_is_nobodys(data: st.DataObject) -> None:
    number = numbers.new_number()
    assert numbers.read_number(f" {number.lower().replace('0', 'o').replace('1', 'i')} ") == number
    place = data.draw(st.sampled_from([place for place, sign in enumerate(number) if sign != "-"]))
    wrong = data.draw(st.sampled_from([sign for sign in ALPHABET if sign != number[place]]))
    assert numbers.read_number(number[:place] + wrong + number[place + 1 :]) is None


@given(st.text(max_size=60))
def test_any_text_is_read_as_a_number_or_as_none(typed: str) -> None:
    number = numbers.read_number(typed)
    assert number is None or numbers.read_number(number) == number
