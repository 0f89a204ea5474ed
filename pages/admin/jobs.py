"""Jobs: what is being done in the background, what waits, what failed and why, and what comes by itself?"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from learncraft import runtime
from learncraft.jobs import job_words, queries, service
from learncraft.jobs.queries import BackgroundJob, JobStatus, Overview, Scheduled
from learncraft.language import Spoken, _, _n, numbers
from pages.shared import frame, navigation, people, words
from pages.shared.render import plain

SILENCE_SECONDS = 30.0
LOOK_AGAIN = "5s"
ENDED = Spoken(
    {
        JobStatus.COMPLETED: "completed",
        JobStatus.FAILED: "failed",
        JobStatus.CANCELLED: "cancelled",
        JobStatus.PENDING: "waits",
        JobStatus.RUNNING: "runs",
    }
)
ICONS = {
    JobStatus.COMPLETED: "check_circle",
    JobStatus.FAILED: "error",
    JobStatus.CANCELLED: "block",
    JobStatus.PENDING: "schedule",
    JobStatus.RUNNING: "play_circle",
}

viewer = people.viewer(*navigation.ADMINS)
frame.head(_("Jobs"), _("Work in the background. It goes on when you leave this page, and after a restart."))


def look() -> None:
    """Draw everything that changes by itself."""
    frame.show_notice()
    frame.show_kept_error()
    with frame.reading() as session:
        found = queries.overview(session, silence=SILENCE_SECONDS)
    counts(found)
    no_worker(found)
    failed(found)
    running(found)
    waiting(found)
    schedule(found)
    ended(found)


def counts(found: Overview) -> None:
    """How many there are of each."""
    names = {
        JobStatus.FAILED: _("Failed"),
        JobStatus.RUNNING: _("Running"),
        JobStatus.PENDING: _("Waiting"),
        JobStatus.COMPLETED: _("Completed"),
    }
    with st.container(horizontal=True):
        for status, name in names.items():
            st.metric(name, numbers.number(found.counts[status]), border=True, width=160)


def no_worker(found: Overview) -> None:
    """A queue that nobody works on is said first."""
    if found.workers:
        st.caption(_n("{count} worker is at work.", "{count} workers are at work.", found.workers))
    elif runtime.current().settings.jobs_in_server:
        st.warning(_("No worker has been heard of for 30 seconds. The log has the reason."), icon=":material/error:")
    else:
        st.warning(
            _("No worker is running, and this server leaves jobs to one. Start `learncraft worker`."),
            icon=":material/error:",
        )


def failed(found: Overview) -> None:
    """Why each one failed, and the way to try it again."""
    if not found.counts[JobStatus.FAILED]:
        return
    st.header(_("Failed"), anchor=False)
    for job in found.of(JobStatus.FAILED):
        with card(job) as beside:
            why = job_words.said(job.error) if job.error else _("The reason was not kept. Look into the log.")
            st.markdown(f":material/error: {plain(why)}")
            tries = words.counted(job.attempts, "try", "tries")
            st.caption(_("{tries}; the last {when}.", tries=tries, when=moment(job.finished_at)) + payload(job))
            beside.button(_("Retry"), key=f"retry-{job.id}", icon=":material/refresh:", on_click=retry, args=(job.id,))
    more(found, JobStatus.FAILED)


def running(found: Overview) -> None:
    """How far each one is."""
    st.header(_("Running"), anchor=False)
    if not found.counts[JobStatus.RUNNING]:
        st.caption(_("Nothing runs at the moment."))
    for job in found.of(JobStatus.RUNNING):
        with card(job) as beside:
            said = plain(job_words.said(job.words)) or _("At work")
            if job.fraction is not None:
                done, total = numbers.number(job.done), numbers.number(job.total or 0)
                st.progress(job.fraction, text=_("{work}: {done} of {total}", work=said, done=done, total=total))
            else:
                st.caption(said)
            st.caption(_("Began {when}.", when=moment(job.started_at)) + again(job) + payload(job))
            label = _("Is ending") if job.is_cancelling else _("Cancel")
            beside.button(label, key=f"cancel-{job.id}", disabled=job.is_cancelling, on_click=cancel, args=(job.id,))
    more(found, JobStatus.RUNNING)


def waiting(found: Overview) -> None:
    """In the order in which they will be taken."""
    st.header(_("Waiting"), anchor=False)
    if not found.counts[JobStatus.PENDING]:
        frame.empty(_("Nothing waits"), _("Scheduled jobs come at the times below."), "inbox")
    for job in found.of(JobStatus.PENDING):
        with card(job) as beside:
            if job.error:
                st.markdown(f":material/warning: {plain(job_words.said(job.error))}")
            st.caption(_("Asked for {when}.", when=moment(job.created_at)) + again(job) + payload(job))
            beside.button(_("Cancel"), key=f"cancel-{job.id}", on_click=cancel, args=(job.id,))
    more(found, JobStatus.PENDING)


def schedule(found: Overview) -> None:
    """What comes by itself."""
    st.header(_("Schedule"), anchor=False)
    for item in found.schedule:
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            with st.container(gap=None):
                st.markdown(f"**{plain(_(item.title))}**")
                coming = _("Next on {moment}.", moment=words.clock(item.next_at, viewer.time_zone))
                st.caption(f"{coming} {last_time(item)}")
            st.button(_("Run now"), key=f"run-{item.name}", width="content", on_click=run_now, args=(item.name,))


def last_time(item: Scheduled) -> str:
    """How it went last time."""
    if item.last_status is None:
        return _("It has not run yet.")
    said = f" {plain(job_words.said(item.last_words))}." if item.last_words else ""
    status = f":material/{ICONS[item.last_status]}: {ENDED[item.last_status]}"
    return _("Last time: {status}, {when}.", status=status, when=moment(item.last_at)) + said


def ended(found: Overview) -> None:
    """The latest of those that need nobody."""
    jobs = found.of(JobStatus.COMPLETED) + found.of(JobStatus.CANCELLED)
    if not jobs:
        return
    with st.expander(_("Latest jobs that ended")):
        table = pd.DataFrame(
            [
                (
                    job.id,
                    _(job.title),
                    ENDED[job.status],
                    job_words.said(job.words),
                    job.attempts,
                    moment(job.finished_at),
                )
                for job in sorted(jobs, key=lambda job: -job.id)
            ],
            columns=[_("Number"), _("Job"), _("Ended"), _("What was done"), _("Tries"), _("When")],
        )
        st.dataframe(table, hide_index=True)


@contextmanager
def card(job: BackgroundJob) -> Iterator[DeltaGenerator]:
    """A box with the name of a job, for what is said of it. It gives the place beside, for a button."""
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        text, beside = st.container(gap="small"), st.container(width="content")
        with text:
            st.markdown(f"**{plain(_(job.title))}**")
            yield beside


def more(found: Overview, status: JobStatus) -> None:
    """Say that a list was cut."""
    if (rest := found.counts[status] - len(found.of(status))) > 0:
        st.caption(_("And {count} more.", count=numbers.number(rest)))


def moment(when: datetime | None) -> str:
    """When something was, in words."""
    return words.when(when, viewer.time_zone) if when else _("at a time nobody noted")


def again(job: BackgroundJob) -> str:
    """Which try this is, and when a job that waits may begin."""
    which = " " + _("Try {number}.", number=job.attempts + 1) if job.attempts else ""
    if job.status == JobStatus.PENDING and job.run_after is not None:
        return f"{which} " + _("Not before {moment}.", moment=words.clock(job.run_after, viewer.time_zone))
    return which


def payload(job: BackgroundJob) -> str:
    """What it is about."""
    return f" {plain(json.dumps(job.payload, ensure_ascii=False)[:200])}" if job.payload else ""


def retry(job_id: int) -> None:
    """Put a failed job into the queue again."""
    with frame.saving() as session:
        if session is not None:
            service.retry(session, job_id)
            frame.notify(_("The job is in the queue again"))


def cancel(job_id: int) -> None:
    """Take a job out, or ask it to end."""
    with frame.saving() as session:
        if session is not None:
            ended_at_once = service.cancel(session, job_id)
            frame.notify(_("The job is cancelled") if ended_at_once else _("The job was asked to end"))


def run_now(name: str) -> None:
    """Ask for a scheduled job now."""
    with frame.saving() as session:
        if session is not None:
            service.run_now(session, name)
            frame.notify(_("The job is in the queue"))


st.fragment(look, run_every=LOOK_AGAIN)()
