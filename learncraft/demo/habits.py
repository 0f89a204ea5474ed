"""How learners of the demo behave: pure chance from a seed, shaped like what courses really see.

Most start in one of three waves, learn in the evening and less at weekends, slow down, and stop: about half finish
what they begin. What somebody knows is one number, how hard a question is another; the chance of a right answer
follows from the difference (the Rasch model: Rasch 1960).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

WEEKS = 12
_HOURS = (7, 8, 9, 12, 13, 16, 17, 18, 19, 20, 21, 22)
_HOUR_WEIGHTS = (2, 3, 3, 3, 2, 3, 4, 6, 9, 10, 8, 3)
_WEEKDAY_WEIGHTS = (10, 11, 10, 9, 6, 4, 7)  # Monday first
WAVES = (0, 4, 8)  # weeks in which a group starts


@dataclass(frozen=True, slots=True)
class Habit:
    """One learner: when they start, how often they sit down, how soon they give up, how much they know."""

    starts_at: datetime
    sittings_a_week: float
    staying: float  # chance to go on after each lesson, 0 to 1
    knowledge: float  # 0 is the middle, 1 one standard deviation above


def habit(random: Random, *, now: datetime) -> Habit:
    """A learner drawn by chance, who starts within the last WEEKS weeks."""
    wave = random.choices(WAVES, (5, 3, 2))[0]
    week = min(wave + random.expovariate(1.2), WEEKS - 0.5)
    return Habit(
        starts_at=evening(random, now - timedelta(weeks=WEEKS - week)),
        sittings_a_week=random.lognormvariate(0.7, 0.5),
        staying=min(0.995, random.betavariate(14, 1.1)),
        knowledge=random.gauss(0.25, 0.9),
    )


def sittings(random: Random, habit: Habit, *, now: datetime) -> list[datetime]:
    """The moments at which somebody sits down to learn, until now, in order."""
    moments, moment = [], habit.starts_at
    while moment < now:
        moments.append(moment)
        gap = random.expovariate(habit.sittings_a_week / 7)
        moment = max(evening(random, moment + timedelta(days=max(gap, 0.6))), moment + timedelta(hours=5))
    return moments


def evening(random: Random, day: datetime) -> datetime:
    """A likely hour near a day: evenings rather than mornings, week days rather than weekends."""
    weights = [_WEEKDAY_WEIGHTS[(day.weekday() + ahead) % 7] / (1 + ahead) ** 2 for ahead in range(7)]
    shift = random.choices(range(7), weights)[0]
    hour = random.choices(_HOURS, _HOUR_WEIGHTS)[0]
    return (day + timedelta(days=shift)).replace(
        hour=hour, minute=random.randrange(60), second=random.randrange(60), microsecond=0
    )


def knows(random: Random, habit: Habit, difficulty: float) -> bool:
    """Whether somebody answers a question rightly."""
    return random.random() < 1 / (1 + math.exp(difficulty - habit.knowledge - 0.6))
