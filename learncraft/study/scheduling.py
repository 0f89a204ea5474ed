"""When to see a flashcard again: FSRS-6, a pure function of the card's memory, the grade and the moment.

The model and its default parameters are those of the open-spaced-repetition project ("The Algorithm" in the wiki of
fsrs4anki; J. Ye et al., "A Stochastic Shortest Path Algorithm for Optimizing Spaced Repetition Scheduling", KDD 2022).
A card has a stability S, the days after which it is recalled with 90 %, and a difficulty D from 1 to 10. Nothing is
left to chance: the same answer at the same moment gives the same day.

What is ours: a card that rests for days is due when a day begins where its learner lives, and never within the next
eight hours, so that what was answered at midnight isn't asked again at one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from enum import IntEnum
from math import exp
from math import pow as power
from zoneinfo import ZoneInfo

from learncraft.study.kinds import CardState

RETENTION = 0.9  # the share of cards to be recalled when they are due
LONGEST = 36_500  # days
LEAST_REST = timedelta(hours=8)  # of a card that rests until a day
LEARNING = (timedelta(minutes=1), timedelta(minutes=10))
RELEARNING = (timedelta(minutes=10),)

# fmt: off
_W = (
    0.212, 1.2931, 2.3065, 8.2956, 6.4133, 0.8334, 3.0194, 0.001, 1.8722, 0.1666, 0.796,
    1.4835, 0.0614, 0.2629, 1.6483, 0.6014, 1.8729, 0.5425, 0.0912, 0.0658, 0.1542,
)
# fmt: on
_DECAY = -_W[20]
_FACTOR = power(0.9, 1 / _DECAY) - 1
_LEAST_STABILITY = 0.001


class Grade(IntEnum):
    """How well a card was known."""

    AGAIN = 1
    HARD = 2
    GOOD = 3
    EASY = 4


@dataclass(frozen=True, slots=True)
class Memory:
    """What is known of one card in one learner's memory."""

    state: CardState = CardState.NEW
    step: int | None = None
    stability: float | None = None
    difficulty: float | None = None
    last_reviewed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Scheduled:
    """The memory after an answer, and when to ask again."""

    memory: Memory
    due_at: datetime


def schedule(memory: Memory, grade: Grade, *, now: datetime, time_zone: str) -> Scheduled:
    """What an answer makes of a card."""
    stability, difficulty = _remembered(memory, grade, now)
    state, step, rest = _next_step(memory, grade)
    due_at = _day_begins(now, interval(stability), time_zone) if rest is None else now + rest
    return Scheduled(Memory(state, step, stability, difficulty, now), due_at)


def interval(stability: float) -> int:
    """After how many days a card of this stability is recalled with `RETENTION`."""
    days = stability / _FACTOR * (power(RETENTION, 1 / _DECAY) - 1)
    return min(max(round(days), 1), LONGEST)


def recalled(stability: float, days: float) -> float:
    """How likely a card is recalled so many days after it was last seen."""
    return power(1 + _FACTOR * days / stability, _DECAY)


def _remembered(memory: Memory, grade: Grade, now: datetime) -> tuple[float, float]:
    """Stability and difficulty after the answer."""
    if memory.stability is None or memory.difficulty is None or memory.last_reviewed_at is None:
        return _W[grade - 1], _first_difficulty(grade)
    days = max((now - memory.last_reviewed_at) / timedelta(days=1), 0.0)
    if days < 1:
        stability = _after_the_same_day(memory.stability, grade)
    else:
        known = recalled(memory.stability, days)
        stability = (
            _after_forgetting(memory.stability, memory.difficulty, known)
            if grade == Grade.AGAIN
            else _after_recall(memory.stability, memory.difficulty, known, grade)
        )
    return min(max(stability, _LEAST_STABILITY), float(LONGEST)), _next_difficulty(memory.difficulty, grade)


def _first_difficulty(grade: Grade) -> float:
    return _within(_W[4] - exp(_W[5] * (grade - 1)) + 1)


def _next_difficulty(difficulty: float, grade: Grade) -> float:
    """It moves the less the harder a card is, and a little towards that of an easy card."""
    moved = difficulty - _W[6] * (grade - 3) * (10 - difficulty) / 9
    easy = _W[4] - exp(_W[5] * (Grade.EASY - 1)) + 1
    return _within(_W[7] * easy + (1 - _W[7]) * moved)


def _within(difficulty: float) -> float:
    return min(max(difficulty, 1.0), 10.0)


def _after_the_same_day(stability: float, grade: Grade) -> float:
    growth = exp(_W[17] * (grade - 3 + _W[18])) * power(stability, -_W[19])
    return stability * (max(growth, 1.0) if grade >= Grade.GOOD else growth)


def _after_recall(stability: float, difficulty: float, known: float, grade: Grade) -> float:
    """A card grows the more the easier it is, the weaker it was, and the nearer it was to being forgotten."""
    growth = exp(_W[8]) * (11 - difficulty) * power(stability, -_W[9]) * (exp(_W[10] * (1 - known)) - 1)
    if grade == Grade.HARD:
        growth *= _W[15]
    if grade == Grade.EASY:
        growth *= _W[16]
    return stability * (1 + growth)


def _after_forgetting(stability: float, difficulty: float, known: float) -> float:
    fallen = _W[11] * power(difficulty, -_W[12]) * (power(stability + 1, _W[13]) - 1) * exp(_W[14] * (1 - known))
    return min(fallen, stability / exp(_W[17] * _W[18]))


def _next_step(memory: Memory, grade: Grade) -> tuple[CardState, int | None, timedelta | None]:
    """The state, its step, and how long the step lasts; a card without a step rests for days."""
    if memory.state == CardState.REVIEW:
        if grade == Grade.AGAIN:
            return CardState.RELEARNING, 0, RELEARNING[0]
        return CardState.REVIEW, None, None
    again = memory.state == CardState.RELEARNING
    state, steps = (CardState.RELEARNING, RELEARNING) if again else (CardState.LEARNING, LEARNING)
    step = min(memory.step or 0, len(steps) - 1)
    if grade == Grade.AGAIN:
        return state, 0, steps[0]
    if grade == Grade.HARD:
        # On the first step between again and good; with one step only, half as long again.
        between = (steps[0] + steps[1]) / 2 if len(steps) > 1 else steps[0] * 1.5
        return state, step, between if step == 0 else steps[step]
    if grade == Grade.EASY or step + 1 == len(steps):
        return CardState.REVIEW, None, None
    return state, step + 1, steps[step + 1]


def _day_begins(now: datetime, days: int, time_zone: str) -> datetime:
    """When the day so many days ahead begins where the learner lives."""
    zone = ZoneInfo(time_zone)
    day = now.astimezone(zone).date() + timedelta(days=days)
    begins = datetime.combine(day, time(), zone).astimezone(UTC)
    return max(begins, now + LEAST_REST)
