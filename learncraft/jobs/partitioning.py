"""Partitions: made ahead, and taken away once their time is over and their archive has been read back."""

from __future__ import annotations

from learncraft import schema
from learncraft.jobs.work import Job, does


@does("make_partitions")
def make_partitions(job: Job) -> None:
    """Make the coming months' partitions of every partitioned table."""
    with job.database.engine.begin() as connection:
        made = schema.make_partitions(connection)
    job.say(made, made, f"{made} partitions made")
