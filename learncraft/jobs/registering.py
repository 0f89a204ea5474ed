"""What follows a registration: letters, and the waiting list."""

from __future__ import annotations

from uuid import UUID

from learncraft import mail
from learncraft.enrollment.registration import letters, waiting
from learncraft.enrollment.registration.links import ConfirmLinks
from learncraft.jobs.work import Job, does
from learncraft.secrets import secret_key


@does("fill_places")
def fill_places(job: Job, course_id: str) -> None:
    """Let those who wait move up. Done twice, the second time finds nobody."""
    with job.database.transaction() as session:
        moved = waiting.fill(session, UUID(course_id))
        job.advance(session, moved, None, f"{moved} moved up")


@does("write_to_registrant")
def write_to_registrant(job: Job, registration_id: str, about: str, language: str | None = None) -> None:
    """Write one letter. After a kill between the mail server's word and ours it is written twice, never not."""
    with job.database.transaction() as session:
        letter = letters.write(
            session,
            UUID(registration_id),
            about,
            links=ConfirmLinks(secret_key(job.settings)),
            link=job.link,
            asked_in=language,
        )
        if letter is not None:
            mail.send(job.settings, letter.to, letter.subject, letter.text)
        job.advance(session, 1, 1, "Written")
