"""Letters to those who build and review courses: steps of a review, remarks, and whose a course is from now on.

After a kill between the mail server's word and ours a letter is written twice, never not.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from learncraft import mail
from learncraft.accounts.letters import LetterKind, StopLinks
from learncraft.authoring import letters
from learncraft.authoring.letters import Letter, Shared, Ways
from learncraft.jobs.work import Job, does
from learncraft.secrets import secret_key


@does("write_about_review")
def write_about_review(job: Job, review_id: str, user_id: str) -> None:
    """Write that a course waits for a review, was sent back, or was approved."""
    _write(job, user_id, lambda session, ways: letters.of_step(session, UUID(review_id), UUID(user_id), ways))


@does("write_about_remarks")
def write_about_remarks(job: Job, course_id: str, user_id: str, hour: str) -> None:
    """Write how many remarks came to a course in one hour."""
    begins = datetime.fromisoformat(hour)
    _write(
        job, user_id, lambda session, ways: letters.of_remarks(session, UUID(course_id), UUID(user_id), begins, ways)
    )


@does("write_about_sharing")
def write_about_sharing(job: Job, course_id: str, user_id: str, by: str, *, is_handed_over: bool) -> None:
    """Write to somebody that they help with a course from now on, that it is theirs, or no longer."""
    shared = Shared(UUID(course_id), UUID(by), is_handed_over=is_handed_over)
    _write(job, user_id, lambda session, ways: letters.of_sharing(session, shared, UUID(user_id), ways))


def _write(job: Job, user_id: str, write: Callable[[Session, Ways], Letter | None]) -> None:
    stop = job.link(StopLinks(secret_key(job.settings)).path(UUID(user_id), LetterKind.COURSES))
    with job.database.transaction() as session:
        letter = write(session, Ways(job.link, stop))
        if letter is not None:
            mail.send(job.settings, letter.to, letter.subject, letter.text, stop=stop)
        job.advance(session, 1, 1, "Written" if letter else "Nothing to tell any more")
