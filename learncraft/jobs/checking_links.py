"""Whether the links of a course to other sites still lead there: asked in rounds, and each answer kept as it comes."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from learncraft import background
from learncraft.authoring import checklist
from learncraft.authoring.links import kept, rounds, service
from learncraft.authoring.links.answers import AGAIN, FAILURES, Outcome, Standing
from learncraft.jobs.work import Job, does

# Of jobs with one lock and one priority the library holds back all others behind the first, even while that one waits
# for its time: a round that waits must not stand in the way of a course that nobody has asked for yet.
AFTER_OTHERS, AFTER_ALL = -6, -10
MOST_ROUNDS = 40  # a course whose links are all of one site takes many, as one thing is asked at a time


@does("check_links")
def check_links(job: Job, course_id: str, number: int = 1) -> None:
    """Ask for what is due of a course. A try that goes on after a kill finds what was asked already, and leaves it."""
    key = UUID(course_id)
    own_host = service.own_host(job.settings)
    with job.database.reading() as session:
        links = checklist.links_of(session, key, own_host=own_host) if job.settings.link_check else []
        due = service.due(session, key, links)
    answered = _ask(job, due)
    with job.database.transaction() as session:
        is_through = len(answered) == len(due) or number >= MOST_ROUNDS
        if is_through:
            service.end(session, key)
        if not is_through:
            _go_on(session, course_id, number + 1, timedelta(0), AFTER_OTHERS)
        elif _failed_once(session, key, answered):
            _go_on(session, course_id, number + 1, AGAIN, AFTER_ALL)  # when the site had time to come back


@does("check_old_links")
def check_old_links(job: Job) -> None:
    """Ask again for courses whose links were asked for once, before their answers grow old."""
    if job.settings.link_check:
        with job.database.transaction() as session:
            asked = sum(service.ask(session, course_id) for course_id in service.grown_old(session))
            job.advance(session, asked, asked, f"{asked} courses asked for")


def _ask(job: Job, due: list[str]) -> list[str]:
    """Ask for them; gives those for which the time sufficed."""
    answered: list[str] = []

    def keep(outcomes: list[Outcome]) -> None:
        if outcomes:  # what came back is true even if this worker is about to end
            with job.database.transaction() as session:
                kept.keep(session, outcomes)
            answered.extend(one.address for one in outcomes)
            job.say(len(answered), len(due), f"{len(answered)} of {len(due)} links")
        job.go_on_or_end()

    if due:
        rounds.ask_all(due, service.manners(job.settings), keep)
    return answered


def _failed_once(session: Session, course_id: UUID, answered: list[str]) -> bool:
    """Whether something is to be asked again before it is called broken."""
    known = kept.read(session, course_id, answered).links.values()
    return any(one.answer in FAILURES and one.failures == 1 and one.standing != Standing.BROKEN for one in known)


def _go_on(session: Session, course_id: str, number: int, pause: timedelta, priority: int) -> None:
    if number <= MOST_ROUNDS:
        background.defer(
            session,
            "check_links",
            run_after=session.scalar(select(func.now() + pause)),
            unless_waiting=True,
            priority=priority,
            course_id=course_id,
            number=number,
        )
