"""Learners who may be lost, with reasons that a person can act on."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from learncraft import language
from learncraft.analytics.questions import question, rows
from learncraft.analytics.scope import Scope
from learncraft.analytics.store import EventStore
from learncraft.language import _, _n, noted, several
from learncraft.language.kept import Kept

NEVER_BEGAN = noted("Joined and has opened no lesson: a welcome and a first step may help.")
AWAY = several("Away for {count} day: ask what keeps them.", "Away for {count} days: ask what keeps them.")
SLOWING = noted("Slowing down: {recent} events in 14 days, {before} in the 14 before.")
FAILING = several(
    "Failed {count} attempt and passed none: offer help with that assessment.",
    "Failed {count} attempts and passed none: offer help with that assessment.",
)
retold = Kept(NEVER_BEGAN, AWAY, SLOWING, FAILING).said


@dataclass(frozen=True, slots=True)
class Thresholds:
    """From when on a learner counts as at risk."""

    idle_days: int = 10  # without an event, after having begun
    failures: int = 2  # failed attempts, and none passed
    reasons: int = 1  # how many of the reasons have to hold


@dataclass(frozen=True, slots=True)
class AtRisk:
    """One learner, what is known, and which reasons hold. Events of the last 14 days and of the 14 before."""

    actor_id: UUID
    last_seen: datetime
    days_away: int
    recent: int
    before: int
    completed: int
    failed: int
    is_away: bool
    is_slowing: bool
    is_failing: bool
    never_began: bool
    in_all: int

    def reasons(self) -> list[str]:
        """Why, in words, with what could be done."""
        said = []
        if self.never_began:
            said.append(_(NEVER_BEGAN))
        if self.is_away:
            said.append(_n(*AWAY, self.days_away))
        if self.is_slowing:
            said.append(_(SLOWING, recent=self.recent, before=self.before))
        if self.is_failing:
            said.append(_n(*FAILING, self.failed))
        return said

    def kept_reasons(self) -> list[str]:
        """The same as they are written down: others who teach the course may read another language."""
        with language.speaking(language.SOURCE):
            return self.reasons()


@question(
    "Who may need a word from you?",
    counted="Learners who joined, and neither left nor finished, with at least as many reasons as you set: away for so "
    "many days after having begun; fewer than half the events of the 14 days before (10 at least); so many failed "
    "attempts and none passed; joined more than 7 days ago and no lesson opened.",
)
def learners_at_risk(
    store: EventStore, scope: Scope, *, thresholds: Thresholds | None = None, most: int = 200
) -> list[AtRisk]:
    """The learners with most reasons first, and among these who was here last; `in_all` counts them without limit."""
    return rows(store, AtRisk, "learners_at_risk", scope, **asdict(thresholds or Thresholds()), most=most)
