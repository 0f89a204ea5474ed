"""How far learners are, counted again after their course was published anew."""

from __future__ import annotations

from uuid import UUID

from learncraft.enrollment import service
from learncraft.jobs.work import Job, does

PIECE = 100


@does("count_progress_again")
def count_progress_again(job: Job, course_id: str) -> None:
    """Some learners at a time. Doing it twice changes nothing."""
    counted, after = 0, None
    while True:
        with job.database.transaction() as session:
            found = service.count_again(session, UUID(course_id), after=after, limit=PIECE)
            counted += len(found)
            job.advance(session, counted, None, f"{counted} learners counted")
        if len(found) < PIECE:
            return
        after = found[-1]
