"""How well a question does its work: the classical item statistics, pure.

The formulas are those that test developers use; Moodle's quiz statistics name them the same way.

- Facility index: the mean share of the points (Lord and Novick 1968, "item difficulty").
- Standard deviation of that share, with n - 1 (the sample is one group of many).
- Discrimination index: Pearson's correlation of the question's points with the rest of the attempt, so that the
  question doesn't correlate with itself (Henrysson 1963, "item-rest correlation").
- Discriminative efficiency: that covariance as a share of the highest that the same points could have, each sorted:
  a question that only few can solve can't discriminate more than that.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

ENOUGH_ANSWERS = 20  # below that chance says more than the numbers
EASY_FROM = 0.95
CHANCE = 1.64  # a correlation times the root of the answers: chance alone is beyond this in one of twenty cases
GUESSED_WITHIN = 0.05  # of what blind guessing earns
WEAK_UNDER = 0.2  # Ebel 1965: a question below it is to be revised


@dataclass(frozen=True, slots=True)
class ItemAnswer:
    """One graded answer: its points, the points possible, and those of the rest of the attempt."""

    points: float
    possible: float
    rest: float


@dataclass(frozen=True, slots=True)
class ItemStatistics:
    """None where the answers allow no such number, as when all are the same."""

    answers: int
    facility: float | None
    deviation: float | None
    discrimination: float | None
    efficiency: float | None


class Flag(StrEnum):
    """What an author should look at."""

    WRONG_KEY = "wrong key suspected"
    TOO_EASY = "too easy"
    GUESSING = "guessing"
    WEAK = "tells little"


@dataclass(frozen=True, slots=True)
class ChoiceResult:
    """An option: how often it was chosen, by attempts with which mean result, and whether the key has it."""

    choice: str
    answers: int
    mean_result: float | None
    is_key: bool


def statistics(answers: Sequence[ItemAnswer]) -> ItemStatistics:
    """All four numbers of one question."""
    shares = [one.points / one.possible for one in answers if one.possible]
    points, rest = [one.points for one in answers], [one.rest for one in answers]
    return ItemStatistics(
        answers=len(answers),
        facility=_mean(shares) if shares else None,
        deviation=math.sqrt(_covariance(shares, shares) * len(shares) / (len(shares) - 1)) if len(shares) > 1 else None,
        discrimination=_correlation(points, rest),
        efficiency=_efficiency(points, rest),
    )


def guessing_share(options: int, *, keys: int = 1) -> float | None:
    """What blind guessing earns on average: one right option of so many, or None where nothing can be guessed."""
    return 1 / options if options > 1 and keys == 1 else None


def flags(
    found: ItemStatistics, choices: Sequence[ChoiceResult] = (), *, guessing: float | None = None
) -> tuple[Flag, ...]:
    """What an author should look at; nothing while there are fewer answers than ENOUGH_ANSWERS.

    The key is suspected when those who earn the question's points do worse in the rest, beyond chance, or when a wrong
    option is chosen by stronger learners than the right one, and at least as often.
    """
    if found.answers < ENOUGH_ANSWERS or found.facility is None:
        return ()
    raised = []
    by_chance = CHANCE / math.sqrt(found.answers)
    is_backwards = found.discrimination is not None and found.discrimination < -by_chance
    if is_backwards or _better_distractor(choices):
        raised.append(Flag.WRONG_KEY)
    if found.facility >= EASY_FROM:
        raised.append(Flag.TOO_EASY)
    is_weak = found.discrimination is not None and not is_backwards and found.discrimination + by_chance < WEAK_UNDER
    if is_weak and guessing is not None and abs(found.facility - guessing) <= GUESSED_WITHIN:
        raised.append(Flag.GUESSING)
    elif is_weak and found.facility < EASY_FROM:
        raised.append(Flag.WEAK)
    return tuple(raised)


def _better_distractor(choices: Sequence[ChoiceResult]) -> bool:
    keys = [one for one in choices if one.is_key and one.mean_result is not None]
    if len(keys) != 1:
        return False
    [key] = keys
    return any(
        one.answers >= max(key.answers, 5) and (one.mean_result or 0) > (key.mean_result or 0)
        for one in choices
        if not one.is_key
    )


def _mean(values: Sequence[float]) -> float:
    return math.fsum(values) / len(values)


def _covariance(one: Sequence[float], other: Sequence[float]) -> float:
    mean_one, mean_other = _mean(one), _mean(other)
    return math.fsum((x - mean_one) * (y - mean_other) for x, y in zip(one, other, strict=True)) / len(one)


def _correlation(one: Sequence[float], other: Sequence[float]) -> float | None:
    if len(one) < 2:
        return None
    spread = math.sqrt(_covariance(one, one) * _covariance(other, other))
    return _covariance(one, other) / spread if spread > 1e-9 else None


def _efficiency(points: Sequence[float], rest: Sequence[float]) -> float | None:
    if not points:
        return None
    highest = _covariance(sorted(points), sorted(rest))
    return _covariance(points, rest) / highest if highest > 1e-9 else None
