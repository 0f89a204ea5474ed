"""Who comes to which lesson when. Few courses have most learners; people learn in the evening, less at weekends, in
waves, and most stop before the end."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from learncraft.demo.traffic.world import COHORTS, Ints, World

Moments = NDArray[np.int64]  # milliseconds since 1970

DAY_MS = 86_400_000
_SKEW = 0.9  # of the course sizes: the n-th course has 1/n^0.9 of the first one's learners
_HOURS = np.array([1, 1, 0, 0, 0, 1, 2, 4, 5, 5, 5, 5, 4, 4, 5, 5, 6, 8, 11, 14, 15, 13, 8, 4], dtype=np.float64)
_MONDAY = 4  # days from 1970-01-01, a Thursday, to the next Monday


@dataclass(frozen=True, slots=True)
class Visits:
    """One row per lesson that somebody came to."""

    learner: Ints
    course: Ints
    lesson: Ints
    cohort: Ints  # -1 without
    at: Moments
    is_first: NDArray[np.bool_]
    is_last: NDArray[np.bool_]  # of this learner in this course
    finishes: NDArray[np.bool_]  # the course


def visits(random: np.random.Generator, world: World, *, places: int, since: Moments, until: int) -> Visits:
    """The lessons that `places` new learners of courses come to, who begin at `since`; none after `until`."""
    weights = 1 / np.arange(1, len(world.courses) + 1) ** _SKEW
    course = random.choice(len(world.courses), places, p=weights / weights.sum())
    learner = random.integers(0, len(world.learners), places)
    staying = np.minimum(random.beta(14, 1.6, places), 0.995)
    reached = np.minimum(random.geometric(1 - staying), world.sizes[course])
    cohort = np.where(random.random(places) < 0.4, course * COHORTS + random.integers(0, COHORTS, places), -1)

    of_place = np.repeat(np.arange(places), reached)
    number = np.arange(len(of_place)) - np.repeat(np.cumsum(reached) - reached, reached)
    pace = random.lognormal(0.3, 0.8, places)[of_place]  # days between two sittings
    gaps = np.where(number == 0, 0.0, random.exponential(1, len(of_place)) * pace)
    gaps[(random.random(len(of_place)) < 0.45) & (number > 0)] = 0.02  # the next lesson in the same sitting
    elapsed = np.cumsum(gaps)
    elapsed -= np.repeat(elapsed[np.cumsum(reached) - reached], reached)
    at = _likely_hours(random, since[of_place] + (elapsed * DAY_MS).astype(np.int64), is_new=gaps != 0.02)

    kept = at < until
    finishes = (number == world.sizes[course][of_place] - 1) & kept
    last = np.append((of_place[1:] != of_place[:-1]), True)
    return Visits(
        learner=learner[of_place][kept],
        course=course[of_place][kept],
        lesson=(world.first[course][of_place] + number)[kept],
        cohort=cohort[of_place][kept],
        at=at[kept],
        is_first=(number == 0)[kept],
        is_last=last[kept],
        finishes=finishes[kept],
    )


def _likely_hours(random: np.random.Generator, at: Moments, *, is_new: NDArray[np.bool_]) -> Moments:
    """The same days at likely hours; of the weekend, half moves into the week. A sitting goes on where it was."""
    count = len(at)
    day = at // DAY_MS
    weekend = (day - _MONDAY) % 7 >= 5
    day += np.where(weekend & (random.random(count) < 0.5), 2, 0)
    hour = random.choice(24, count, p=_HOURS / _HOURS.sum())
    fresh = day * DAY_MS + hour * 3_600_000 + random.integers(0, 3_600_000, count)
    sitting = np.maximum.accumulate(np.where(is_new, np.arange(count), 0))
    steps = np.arange(count) - sitting  # lessons since the sitting began
    moved: Moments = fresh[sitting] + steps * (20 * 60_000) + random.integers(0, 300_000, count)
    return moved


def starts(random: np.random.Generator, *, count: int, begin: int, end: int) -> Moments:
    """When people begin, within a stretch of time: most at the start of a term-like wave of ten weeks."""
    spread = random.random(count) * (end - begin)
    wave = 70 * DAY_MS
    moved = begin + spread - ((begin + spread) % wave) * 0.35
    found: Moments = np.clip(moved, begin, end).astype(np.int64)
    return found
