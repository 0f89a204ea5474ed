"""Certificates as pages and routes show them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, aliased

from learncraft.accounts.models import User
from learncraft.accounts.viewer import Viewer
from learncraft.courses.models import Course
from learncraft.courses.teaching import taught_course
from learncraft.enrollment.certificates.rule import CertificateRule, rule_of
from learncraft.enrollment.models import Certificate

PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class CertificateView:
    """One certificate with what is printed on it. `title` is the course's on the day of issue."""

    id: UUID
    number: str
    title: str
    learner: str
    learner_id: UUID
    email: str
    course_id: UUID
    course_slug: str
    about: str
    objectives: tuple[str, ...]
    instructor: str
    completed_at: datetime
    issued_at: datetime
    revoked_at: datetime | None
    revoke_reason: str | None

    @property
    def is_revoked(self) -> bool:
        """Whether it no longer counts."""
        return self.revoked_at is not None


@dataclass(frozen=True, slots=True)
class CourseCertificates:
    """A course's rule and one page of its certificates, the newest first; `total` counts all that fit."""

    course_id: UUID
    course_title: str
    rule: CertificateRule
    certificates: tuple[CertificateView, ...]
    total: int


def by_number(session: Session, number: str) -> CertificateView | None:
    """The certificate that bears a number, as `numbers.read_number` writes it."""
    row = session.execute(_all().where(Certificate.certificate_number == number)).first()
    return _view(row) if row else None


def of_learner(session: Session, learner_id: UUID) -> list[CertificateView]:
    """A learner's certificates, the newest first."""
    rows = session.execute(_all().where(Certificate.user_id == learner_id).order_by(Certificate.issued_at.desc()))
    return [_view(row) for row in rows]


def in_course(
    session: Session, viewer: Viewer, course_id: UUID, *, name: str = "", page: int = 1
) -> CourseCertificates | None:
    """One page of a course's certificates; None for those who may not look after the course.

    `name` narrows them to learners whose name or address holds it.
    """
    course = taught_course(session, viewer, course_id)
    if course is None:
        return None
    found = _all().where(Certificate.course_id == course_id)
    if wanted := name.strip():
        words = func.concat_ws(" ", User.first_name, User.last_name, User.email)
        found = found.where(words.icontains(wanted, autoescape=True))
    total = session.scalar(select(func.count()).select_from(found.with_only_columns(Certificate.id).subquery())) or 0
    newest = (
        found.order_by(Certificate.issued_at.desc(), Certificate.id).limit(PAGE_SIZE).offset((page - 1) * PAGE_SIZE)
    )
    certificates = tuple(_view(row) for row in session.execute(newest))
    return CourseCertificates(course.id, course.title, rule_of(course), certificates, total)


def revoked(session: Session) -> list[tuple[str, str | None]]:
    """Numbers and reasons of all certificates that no longer count, the oldest first."""
    rows = session.execute(
        select(Certificate.certificate_number, Certificate.revoke_reason)
        .where(Certificate.is_revoked)
        .order_by(Certificate.revoked_at, Certificate.id)
    )
    return [(number, reason) for number, reason in rows]


def _all() -> Select[Certificate, User, Course, User]:
    teacher = aliased(User)
    return (
        select(Certificate, User, Course, teacher)
        .join(User, User.id == Certificate.user_id)
        .join(Course, Course.id == Certificate.course_id)
        .join(teacher, teacher.id == Course.instructor_id)
    )


def _view(row: Sequence[object]) -> CertificateView:
    certificate, learner, course, teacher = row
    assert isinstance(certificate, Certificate)
    assert isinstance(learner, User)
    assert isinstance(course, Course)
    assert isinstance(teacher, User)
    return CertificateView(
        id=certificate.id,
        number=certificate.certificate_number,
        title=certificate.title,
        learner=learner.full_name,
        learner_id=learner.id,
        email=learner.email,
        course_id=course.id,
        course_slug=course.slug,
        about=course.short_description or "",
        objectives=tuple(str(line) for line in course.learning_objectives),
        instructor=teacher.full_name,
        completed_at=certificate.completion_date,
        issued_at=certificate.issued_at,
        revoked_at=certificate.revoked_at,
        revoke_reason=certificate.revoke_reason,
    )
