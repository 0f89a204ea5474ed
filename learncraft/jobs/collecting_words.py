"""The words of new and changed courses, for completions and for mending what is mistyped in a search."""

from __future__ import annotations

from learncraft.enrollment import dictionary
from learncraft.jobs.work import Job, does

PIECE = 20  # courses in one transaction: some tenths of a second


@does("collect_words")
def collect_words(job: Job) -> None:
    """Count the words of courses that changed, some courses at a time; after a kill only those that are left."""
    with job.database.reading() as session:
        waiting = dictionary.changed(session)
    for first in range(0, len(waiting), PIECE):
        with job.database.transaction() as session:
            dictionary.collect(session, waiting[first : first + PIECE])
            done = min(first + PIECE, len(waiting))
            job.advance(session, done, len(waiting), f"{done} of {len(waiting)} changed courses")
