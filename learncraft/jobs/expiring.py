"""What was for a time ends when the time is over: subscriptions, places in courses, what nobody paid."""

from __future__ import annotations

from learncraft.accounts import subscriptions
from learncraft.enrollment import opening
from learncraft.enrollment.registration import waiting
from learncraft.jobs.work import Job, does
from learncraft.payments import checkout

PIECE = 500


@does("expire_places")
def expire_places(job: Job) -> None:
    """End what is over, a piece at a time."""
    with job.database.transaction() as session:
        ended = subscriptions.expire(session) + checkout.give_up_old(session)
        ended += waiting.give_up_unpaid(session, limit=PIECE)
        job.advance(session, ended, None, "Subscriptions and orders")
    while True:
        with job.database.transaction() as session:
            gone = opening.expire(session, limit=PIECE)
            ended += gone
            job.advance(session, ended, None, f"{ended} ended")
        if gone < PIECE:
            return
