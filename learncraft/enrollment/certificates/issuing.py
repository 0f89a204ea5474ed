"""Giving certificates and taking them back. Each function lists its consequences in order."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from learncraft import background, events
from learncraft.accounts.viewer import Viewer
from learncraft.courses.models import Course, Lesson, Module
from learncraft.courses.teaching import taught_course
from learncraft.db import new_id
from learncraft.enrollment.certificates import numbers
from learncraft.enrollment.certificates.rule import KEY, CertificateRule, rule_of, what_is_missing
from learncraft.enrollment.errors import CertificateNotFoundError, NoReasonError
from learncraft.enrollment.models import Certificate, Enrollment, EnrollmentStatus, LessonProgress
from learncraft.errors import ForbiddenError, InvalidInputError

LONGEST_REASON = 500


def issue_if_due(session: Session, enrollment: Enrollment, *, tells: bool = True) -> UUID | None:
    """Give the learner the certificate, if the course's rule holds and there is none yet; returns the new one.

    A letter tells them, unless what happened is only being retold (`tells`).

    Safe to repeat and to race: one certificate an enrollment is the database's rule, and the second one waits for the
    first and finds it there. The title is kept as it is today.
    """
    if what_stands_between(session, enrollment) is not None:
        return None
    course = session.get_one(Course, enrollment.course_id)
    identifier = new_id()
    issued = session.scalar(
        insert(Certificate)
        .values(
            id=identifier,
            enrollment_id=enrollment.id,
            user_id=enrollment.user_id,
            course_id=enrollment.course_id,
            certificate_number=numbers.new_number(),
            title=course.title[:255],
            completion_date=func.coalesce(enrollment.completed_at, func.now()),
        )
        .on_conflict_do_nothing()
        .returning(Certificate.id)
    )
    if issued is not None:
        events.record(
            session, "certificate_issued", enrollment.user_id, course_id=enrollment.course_id, object_id=issued
        )
        if tells:
            background.defer(session, "write_about_certificate", certificate_id=str(issued))
    return issued


def what_stands_between(session: Session, enrollment: Enrollment) -> str | None:
    """What the course's rule still asks of the learner, as a sentence; None when the certificate is due."""
    course = session.get_one(Course, enrollment.course_id)
    rule = rule_of(course)
    is_completed = enrollment.status == EnrollmentStatus.COMPLETED
    scores = _scores(session, enrollment) if is_completed and rule.least_average is not None else []
    return what_is_missing(rule, is_completed=is_completed, scores=scores)


def set_rule(session: Session, viewer: Viewer, course_id: UUID, rule: CertificateRule) -> None:
    """Change what a course asks for; a job gives certificates to those who have it already.

    Nobody loses a certificate by a new rule.

    Raises:
        ForbiddenError: the course is somebody else's.
    """
    course = _course_of(session, viewer, course_id)
    course.extra = {**course.extra, KEY: rule.model_dump(mode="json")}
    session.flush()
    background.defer(session, "issue_certificates", course_id=str(course_id))


def finished_without(session: Session, course_id: UUID, *, after: UUID | None, limit: int) -> list[Enrollment]:
    """Those who finished a course and have no certificate, in the order of their identifiers, locked."""
    without = (
        select(Enrollment)
        .outerjoin(Certificate, Certificate.enrollment_id == Enrollment.id)
        .where(
            Enrollment.course_id == course_id,
            Enrollment.status == EnrollmentStatus.COMPLETED,
            Certificate.id.is_(None),
        )
        .order_by(Enrollment.id)
        .limit(limit)
        .with_for_update(of=Enrollment)
    )
    if after is not None:
        without = without.where(Enrollment.id > after)
    return list(session.scalars(without))


def revoke(session: Session, viewer: Viewer, certificate_id: UUID, *, reason: str) -> None:
    """Say publicly that a certificate no longer counts, and why. Its number stays known.

    Raises:
        CertificateNotFoundError: there is no such certificate, or it is another teacher's learner's.
        NoReasonError: no reason was given.
    """
    words = " ".join(reason.split())
    if not words:
        raise NoReasonError
    if len(words) > LONGEST_REASON:
        raise InvalidInputError("The reason is longer than {most} characters. Say it shorter.", most=LONGEST_REASON)
    certificate = _certificate_of(session, viewer, certificate_id)
    if certificate.is_revoked:
        return
    certificate.is_revoked, certificate.revoked_at, certificate.revoke_reason = True, func.now(), words
    session.flush()
    background.defer(session, "write_about_certificate", certificate_id=str(certificate_id))


def restore(session: Session, viewer: Viewer, certificate_id: UUID) -> None:
    """Make a certificate count again that was revoked by mistake.

    Raises:
        CertificateNotFoundError: there is no such certificate, or it is another teacher's learner's.
    """
    certificate = _certificate_of(session, viewer, certificate_id)
    certificate.is_revoked, certificate.revoked_at, certificate.revoke_reason = False, None, None
    session.flush()


def _scores(session: Session, enrollment: Enrollment) -> list[Decimal]:
    """The learner's best results of the course's published lessons."""
    return list(
        session.scalars(
            select(LessonProgress.score)
            .join(Lesson, Lesson.id == LessonProgress.lesson_id)
            .join(Module, Module.id == Lesson.module_id)
            .where(
                LessonProgress.user_id == enrollment.user_id,
                LessonProgress.score.is_not(None),
                Module.course_id == enrollment.course_id,
                Module.is_published,
                Lesson.is_published,
            )
        )
    )


def _course_of(session: Session, viewer: Viewer, course_id: UUID) -> Course:
    course = taught_course(session, viewer, course_id, lock=True)
    if course is None:
        raise ForbiddenError("Only those who teach the course and content admins may change its certificates.")
    return course


def _certificate_of(session: Session, viewer: Viewer, certificate_id: UUID) -> Certificate:
    found = session.scalar(select(Certificate).where(Certificate.id == certificate_id).with_for_update())
    if found is None:
        raise CertificateNotFoundError
    _course_of(session, viewer, found.course_id)
    return found
