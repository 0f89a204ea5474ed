"""How grades become a total: pure rules, which a learner can follow with pencil and paper.

1. An assessment's grade is the best, the last or the mean of the graded attempts, in percent. What a person set by hand
   comes before it. An excused assessment counts nowhere.
2. A missing grade counts as 0, or not at all, as the course says.
3. In each category the lowest so many grades are dropped; one always stays. The category's grade is the mean of the
   rest, each with its weight.
4. The total is the mean of the categories that have a grade, each with its weight: a category without one takes no
   share. Only proportions of weights count: 2 and 3 are the same as 40 and 60.
5. Rounding comes once, at the end, half up: 89.5 becomes 90.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from uuid import UUID

from learncraft.language import noted

NOTHING = Decimal(0)
HUNDRED = Decimal(100)

EVERYTHING = noted("All assessments")


class AttemptRule(StrEnum):
    """Which of several attempts counts."""

    BEST = "best"
    LAST = "last"
    AVERAGE = "average"


class Standing(StrEnum):
    """What a grade does for the total."""

    COUNTS = "counts"
    MISSING = "missing"  # and counts as 0
    AWAITED = "awaited"  # missing, and doesn't count
    EXCUSED = "excused"
    DROPPED = "dropped"  # among the lowest of its category


@dataclass(frozen=True, slots=True)
class Category:
    """Assessments that are weighed together."""

    id: UUID | None
    title: str
    weight: Decimal = Decimal(1)
    drop_lowest: int = 0


@dataclass(frozen=True, slots=True)
class Item:
    """An assessment's place in the total; without a category it counts only where the course has none."""

    id: UUID
    category_id: UUID | None = None
    weight: Decimal = Decimal(1)


@dataclass(frozen=True, slots=True)
class Rules:
    """What a course says about its grades."""

    attempt_rule: AttemptRule = AttemptRule.BEST
    missing_is_zero: bool = False
    decimals: int = 1
    categories: tuple[Category, ...] = ()
    items: tuple[Item, ...] = ()

    def grouped(self) -> list[tuple[Category, list[Item]]]:
        """Each category with its assessments. Without categories everything is in one."""
        if not self.categories:
            return [(Category(None, EVERYTHING), list(self.items))]
        return [(one, [item for item in self.items if item.category_id == one.id]) for one in self.categories]


@dataclass(frozen=True, slots=True)
class Grade:
    """One learner's grade in one assessment: what attempts earned, or what a person set; None is none yet."""

    earned: Decimal | None = None
    override: Decimal | None = None
    is_excused: bool = False

    @property
    def percent(self) -> Decimal | None:
        """What counts."""
        if self.is_excused:
            return None
        return self.earned if self.override is None else self.override


@dataclass(frozen=True, slots=True)
class ItemPart:
    """What one assessment did for the total."""

    id: UUID
    percent: Decimal | None
    standing: Standing


@dataclass(frozen=True, slots=True)
class CategoryPart:
    """What one category did: its grade, and its share of the total in percent."""

    title: str
    percent: Decimal | None
    share: Decimal
    drop_lowest: int
    items: tuple[ItemPart, ...]


@dataclass(frozen=True, slots=True)
class Total:
    """A total and what it is made of; None when nothing counts yet."""

    percent: Decimal | None
    categories: tuple[CategoryPart, ...] = field(default=())


def total(rules: Rules, grades: Mapping[UUID, Grade]) -> Total:
    """The total of one learner."""
    parts = [_category(category, items, rules, grades) for category, items in rules.grouped()]
    counting = [(part, category.weight) for part, (category, _) in zip(parts, rules.grouped(), strict=True)]
    weights = sum((weight for part, weight in counting if part.percent is not None), NOTHING)
    made = tuple(
        CategoryPart(
            part.title,
            None if part.percent is None else rounded(part.percent, rules.decimals),
            HUNDRED * weight / weights if weights and part.percent is not None else NOTHING,
            part.drop_lowest,
            part.items,
        )
        for part, weight in counting
    )
    if not weights:
        return Total(None, made)
    exact = sum((part.percent * weight for part, weight in counting if part.percent is not None), NOTHING) / weights
    return Total(rounded(exact, rules.decimals), made)


def rounded(percent: Decimal, decimals: int) -> Decimal:
    """Half up, and never out of 0 to 100."""
    return min(HUNDRED, max(NOTHING, percent)).quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)


def _category(category: Category, items: Sequence[Item], rules: Rules, grades: Mapping[UUID, Grade]) -> CategoryPart:
    found = {item.id: _found(grades.get(item.id, Grade()), rules) for item in items}
    # Of equal grades the lighter goes first: the order of the assessments changes nothing.
    lowest = sorted(
        (percent, item.weight, str(item.id), item.id)
        for item in items
        if (percent := found[item.id][0]) is not None and item.weight > 0
    )
    dropped = {one[-1] for one in lowest[: max(0, min(category.drop_lowest, len(lowest) - 1))]}
    kept = [(percent, weight) for percent, weight, _, key in lowest if key not in dropped]
    weights = sum((weight for _, weight in kept), NOTHING)
    percent = sum((percent * weight for percent, weight in kept), NOTHING) / weights if weights else None
    parts = tuple(
        ItemPart(item.id, found[item.id][0], Standing.DROPPED if item.id in dropped else found[item.id][1])
        for item in items
    )
    return CategoryPart(category.title, percent, NOTHING, category.drop_lowest, parts)


def _found(grade: Grade, rules: Rules) -> tuple[Decimal | None, Standing]:
    if grade.is_excused:
        return None, Standing.EXCUSED
    if grade.percent is not None:
        return grade.percent, Standing.COUNTS
    return (NOTHING, Standing.MISSING) if rules.missing_is_zero else (None, Standing.AWAITED)
