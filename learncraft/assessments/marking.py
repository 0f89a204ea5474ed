"""How people's marks become points: pure rules, each explained to the learner in words.

- A rubric: the points of the levels reached, as a share of the best levels, times what the question is worth; rounded
  half-even to 0.01. Without criteria the person gives points, between nothing and what the question is worth.
- Two markers: when their marks lie no further apart than the agreed gap, the mean counts, rounded half-even to 0.01.
  Otherwise a third person marks, and the middle one of the three counts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal

from learncraft.assessments.errors import InvalidMarkError
from learncraft.assessments.shapes import RubricCriterion, RubricKey, RubricLevel
from learncraft.language import _

NOTHING = Decimal(0)
CENT = Decimal("0.01")
THIRD = 3


@dataclass(frozen=True, slots=True)
class Agreement:
    """What several marks come to. Without points another person has to mark."""

    points: Decimal | None
    words: str


def rubric_points(key: RubricKey, worth: Decimal, levels: Mapping[str, str]) -> Decimal:
    """What the chosen levels are worth.

    Raises:
        InvalidMarkError: a criterion has no level yet, or one that the rubric doesn't have.
    """
    earned = sum((_reached(criterion, levels).points for criterion in key.rubric), NOTHING)
    if key.most <= 0:
        return NOTHING
    return min(worth, (worth * earned / key.most).quantize(CENT, rounding=ROUND_HALF_EVEN))


def rubric_words(key: RubricKey, worth: Decimal, levels: Mapping[str, str], points: Decimal) -> str:
    """The levels in words, such as "Clarity: good (2 of 3); Sources: none (0 of 1): 2.5 of 5 points"."""
    parts = [
        f"{criterion.title}: {level.title} ({plain(level.points)} of {plain(criterion.most)})"
        for criterion in key.rubric
        if (level := _find(criterion, levels)) is not None
    ]
    return f"{'; '.join(parts)}: {out_of(points, worth)}" if parts else out_of(points, worth)


def agree(marks: Sequence[Decimal], worth: Decimal, *, needed: int, gap_percent: Decimal) -> Agreement:
    """What the marks of one answer come to, in the order they were given."""
    if len(marks) < needed:
        return Agreement(None, f"{len(marks)} of {needed} marks given")
    if needed == 1:
        return Agreement(marks[-1], out_of(marks[-1], worth))
    first, second = marks[0], marks[1]
    if abs(first - second) <= worth * gap_percent / 100:
        points = ((first + second) / 2).quantize(CENT, rounding=ROUND_HALF_EVEN)
        return Agreement(
            points, f"Two people gave {plain(first)} and {plain(second)}; the mean: {out_of(points, worth)}"
        )
    if len(marks) < THIRD:
        return Agreement(None, f"Two people gave {plain(first)} and {plain(second)}; a third has to mark")
    three = sorted(marks[:THIRD])
    given = f"{plain(marks[0])}, {plain(marks[1])} and {plain(marks[2])}"
    return Agreement(three[1], f"Three people gave {given}; the middle one: {out_of(three[1], worth)}")


def check_points(points: Decimal, worth: Decimal) -> Decimal:
    """Points that a person gives freely, to 0.01.

    Raises:
        InvalidMarkError: below nothing or above what the question is worth.
    """
    if not points.is_finite() or not NOTHING <= points <= worth:
        raise InvalidMarkError("Give between 0 and {worth} points.", worth=plain(worth))
    return points.quantize(CENT, rounding=ROUND_HALF_EVEN)


def problems_of_rubric(key: RubricKey) -> list[str]:
    """What is wrong with a rubric, each as a sentence."""
    problems = []
    ids = Counter(criterion.id for criterion in key.rubric)
    problems += [
        _("{count} criteria have the same identifier, “{name}”.", count=count, name=name)
        for name, count in ids.items()
        if count > 1
    ]
    for criterion in key.rubric:
        names = Counter(level.id for level in criterion.levels)
        problems += [
            _(
                "{count} levels of “{title}” have the same identifier, “{name}”.",
                count=count,
                title=criterion.title,
                name=name,
            )
            for name, count in names.items()
            if count > 1
        ]
        if criterion.most <= 0:
            problems.append(_("No level of “{title}” is worth anything.", title=criterion.title))
    return problems


def out_of(points: Decimal, worth: Decimal) -> str:
    """Points in words, such as "2.5 of 3 points"."""
    return f"{plain(points)} of {plain(worth)} {'point' if worth == 1 else 'points'}"


def plain(number: Decimal) -> str:
    """A number without idle zeros."""
    return format(number.normalize() if number else NOTHING, "f")


def _find(criterion: RubricCriterion, levels: Mapping[str, str]) -> RubricLevel | None:
    return next((level for level in criterion.levels if level.id == levels.get(criterion.id)), None)


def _reached(criterion: RubricCriterion, levels: Mapping[str, str]) -> RubricLevel:
    level = _find(criterion, levels)
    if level is None:
        raise InvalidMarkError("Choose a level for “{title}”.", title=criterion.title)
    return level
