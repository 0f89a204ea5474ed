"""Who is still there after weeks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from learncraft.analytics.questions import question, rows
from learncraft.analytics.scope import Scope
from learncraft.analytics.store import EventStore


@dataclass(frozen=True, slots=True)
class RetentionPoint:
    """How many of those who started in a week were active in a later one; week 0 is the first."""

    cohort_week: date
    week: int
    learners: int


@question(
    "Who is still active, weeks after starting?",
    counted="Learners by the week of their first event, and how many of them have an event in each later week. Weeks "
    "begin on Monday in your time zone; shown are those who started in the period.",
)
def retention(store: EventStore, scope: Scope) -> list[RetentionPoint]:
    """One row for each starting week and later week in which anybody was active."""
    return rows(store, RetentionPoint, "retention", scope)
