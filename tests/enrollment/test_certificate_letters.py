"""Who earned a certificate is written once, and when it no longer counts."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from learncraft import mail
from learncraft.accounts import service as accounts
from learncraft.accounts.models import User
from learncraft.db import Database
from learncraft.enrollment.certificates import issuing, letters
from learncraft.enrollment.models import Certificate
from learncraft.jobs.certifying import write_about_certificate
from learncraft.settings import Settings
from tests.enrollment.test_certificates import finished, viewer
from tests.jobs.test_upkeep import make


def waiting(session: Session) -> int:
    return session.scalar(text("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'write_about_certificate'"))


def test_a_certificate_is_told_once_to_who_earned_it(fresh_database: Database, tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    with fresh_database.transaction() as session:
        enrollment = finished(session, title="Joins")
        issuing.issue_if_due(session, enrollment)
        assert waiting(session) == 1
        certificate = session.scalars(select(Certificate)).one()
        address = session.get_one(User, enrollment.user_id).email
    job = make(fresh_database, settings, "write_about_certificate")
    write_about_certificate(job, str(certificate.id))
    [letter] = mail.kept(settings, search="", most=10)
    assert (letter.to, letter.subject) == (address, "Your certificate of “Joins”")
    assert f"/verify/{certificate.certificate_number}" in letter.text


def test_who_wants_no_mail_gets_none_until_it_no_longer_counts(session: Session) -> None:
    enrollment = finished(session, title="Joins")
    accounts.update_preferences(session, enrollment.user_id, email_notifications=False)
    certificate = session.scalars(select(Certificate).where(Certificate.user_id == enrollment.user_id)).one()
    assert letters.write(session, certificate.id, link=str, stop=str) is None
    course_teacher = session.scalar(
        text("SELECT instructor_id FROM courses WHERE id = :id"), {"id": certificate.course_id}
    )
    issuing.revoke(session, viewer(session.get_one(User, course_teacher)), certificate.id, reason="Copied from others")
    session.expire_all()
    letter = letters.write(session, certificate.id, link=str, stop=str)
    assert letter is not None
    assert "no longer counts" in letter.subject
    assert "Copied from others" in letter.text
    assert waiting(session) == 2
