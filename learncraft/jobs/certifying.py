"""Certificates for those who finished a course before it gave any, or before its rule was made milder."""

from __future__ import annotations

from uuid import UUID

from learncraft.enrollment.certificates import issuing
from learncraft.jobs.work import Job, does

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
