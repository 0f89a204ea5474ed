"""Certificates for those who finished a course before it gave any, or before its rule was made milder."""

from __future__ import annotations

from uuid import UUID

from learncraft import mail
from learncraft.accounts.letters import LetterKind, StopLinks
from learncraft.enrollment.certificates import issuing, letters
from learncraft.jobs.work import Job, does
from learncraft.secrets import secret_key

PIECE = 200


@does("issue_certificates")
def issue_certificates(job: Job, course_id: str) -> None:
    """Give what is due, some hundred learners at a time. What was given before is not given again."""
    issued, after = 0, None
    while True:
        with job.database.transaction() as session:
            found = issuing.finished_without(session, UUID(course_id), after=after, limit=PIECE)
            issued += sum(issuing.issue_if_due(session, enrollment) is not None for enrollment in found)
            job.advance(session, issued, None, f"{issued} certificates given")
        if len(found) < PIECE:
            return
        after = found[-1].id


@does("write_about_certificate")
def write_about_certificate(job: Job, certificate_id: str) -> None:
    """Write one letter. After a kill between the mail server's word and ours it is written twice, never not."""
    stops = StopLinks(secret_key(job.settings))
    with job.database.transaction() as session:
        letter = letters.write(
            session,
            UUID(certificate_id),
            link=job.link,
            stop=lambda user_id: job.link(stops.path(user_id, LetterKind.CERTIFICATES)),
        )
        if letter is not None:
            mail.send(job.settings, letter.to, letter.subject, letter.text, stop=letter.stop)
        job.advance(session, 1, 1, "Written")
