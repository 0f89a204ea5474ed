"""The weekly letters, one transaction each: who has got theirs doesn't get it again, whatever stops the job."""

from __future__ import annotations

from datetime import UTC, datetime

from learncraft import mail
from learncraft.accounts.letters import LetterKind, StopLinks
from learncraft.analytics import weekly_letter
from learncraft.jobs.work import Job, does
from learncraft.language import _, dates, speaking
from learncraft.secrets import secret_key
from learncraft.supervisor.opening import open_event_store


@does("write_weekly_letters")
def write_weekly_letters(job: Job) -> None:
    """Write to everybody who teaches, wants it, and has none about the last week.

    The note is committed after the mail server has taken the letter: a kill in between writes one letter twice, never
    none.
    """
    week = weekly_letter.last_week(datetime.now(UTC).date())
    with job.database.reading() as session:
        readers = weekly_letter.readers(session, week)
    stops = StopLinks(secret_key(job.settings))
    with open_event_store(job.settings) as store:
        for done, reader in enumerate(readers, start=1):
            with job.database.transaction() as session:
                courses = weekly_letter.courses_of(session, store, reader, week)
                if weekly_letter.note_letter(session, reader.id, week) and courses:
                    stop = job.link(stops.path(reader.id, LetterKind.WEEKLY))
                    with speaking(reader.language):
                        body = weekly_letter.text(reader, week, courses, job.link, stop=stop)
                        subject = _("Your courses in the week of {day}", day=dates.day(week, fields="MMMMd"))
                    mail.send(job.settings, reader.email, subject, body, stop=stop)
                job.advance(session, done, len(readers), f"{done} of {len(readers)} letters")
