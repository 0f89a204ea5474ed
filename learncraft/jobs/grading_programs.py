"""Programs that were handed in are run and graded, when nobody who looks at the result was quicker."""

from __future__ import annotations

from uuid import UUID

from learncraft.assessments import code_running
from learncraft.jobs.work import Job, does
from learncraft.sandbox.current import current


@does("grade_programs")
def grade_programs(job: Job, *, attempt_id: str) -> None:
    """Grade the programs of one attempt. A sandbox that is away makes the job try again."""
    graded = code_running.grade_waiting(job.database, current(), UUID(attempt_id))
    job.say(graded, graded, f"{graded} programs graded")
