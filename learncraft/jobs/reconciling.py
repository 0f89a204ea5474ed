"""Both databases hold the same events: compared every hour, mended where they differ."""

from __future__ import annotations

from datetime import date

from learncraft.analytics.reconciling import reconcile
from learncraft.jobs.work import Job, does
from learncraft.retention import policy
from learncraft.supervisor.opening import open_event_store


@does("reconcile_events")
def reconcile_events(job: Job) -> None:
    """Count the months and the latest batches on both sides; make anew the months that differ."""
    since = policy.cutoff("learning_events", job.settings) or date(2000, 1, 1)
    with open_event_store(job.settings) as store:
        found = reconcile(job.database.engine, store, since=since, say=lambda words: job.say(0, None, words))
    months = len(found.months)
    mended = ", ".join(f"{month:%Y-%m}" for month in found.repaired)
    words = f"{months} months and {found.batches_checked} batches agree"
    job.say(months, months, f"Made anew: {mended}" if mended else words)
