"""Partitions: made ahead, and taken away once their time is over and their archive has been read back."""

from __future__ import annotations

from functools import partial

from learncraft import schema
from learncraft.jobs.work import Job, does
from learncraft.retention import archiving, thinning
from learncraft.retention.errors import ArchiveError


@does("make_partitions")
def make_partitions(job: Job) -> None:
    """Make the coming months' partitions of every partitioned table, and sort what came outside of all months."""
    with job.database.engine.begin() as connection:
        made = schema.make_partitions(connection)
    job.say(made, None, f"{made} partitions made")
    moved = archiving.sort_defaults(job.database)
    job.say(made, made, f"{made} partitions made, {moved:,} rows sorted into their month")


@does("archive_expired")
def archive_expired(job: Job) -> None:
    """Archive the partitions whose time is over. One that can't be archived now doesn't hold up the others."""
    archiving.sort_defaults(job.database)
    found = [item.partition for item in archiving.expired(job.database, job.settings) if item.stays is None]
    thinned = thinning.thinned(job.database, job.settings)
    steps = len(found) + len(thinned)
    refused: Exception | None = None
    gone = 0
    for number, partition in enumerate([*found, *thinned]):
        step = partial(job.say, number, steps)
        try:
            if number < len(found):
                archiving.archive(job.database, job.settings, partition, step=step)
            elif kept := thinning.thin(job.database, job.settings, partition, step=step):
                gone += kept.rows
        except ArchiveError as error:
            refused = error
    said = f", and {gone:,} rows of people who are away" if gone else ""
    job.say(steps, steps, f"{len(found)} partitions archived{said}")
    if refused is not None:
        raise refused
