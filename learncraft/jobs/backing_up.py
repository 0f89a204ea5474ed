"""A backup a day, and new files copied in between."""

from __future__ import annotations

from datetime import UTC, datetime

from learncraft.backup import service
from learncraft.backup.errors import BackupBusyError
from learncraft.jobs.work import Job, does


@does("back_up")
def back_up(job: Job) -> None:
    """Make today's backup unless it is there, then remove what is too old."""
    done = service.daily(job, datetime.now(UTC))
    if done.made is not None:
        job.say(1, 1, f"backup {done.made.id} made")


@does("copy_new_files")
def copy_new_files(job: Job) -> None:
    """Copy what came since the last time, so that a restore to any moment has that moment's files."""
    try:
        service.copy_new_files(job)
    except BackupBusyError:
        return  # the backup that is being made copies them too
