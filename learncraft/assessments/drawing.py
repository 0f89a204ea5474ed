"""Who draws which question where rules overlap: each rule gets all that it asks for wherever that is possible at all.

To go through the rules one by one isn't enough: the first may take what only the second could have had. So a rule that
finds nothing left asks those before it to take another one instead (augmenting paths, as in Kuhn's matching).
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import TypeVar

T = TypeVar("T", bound=Hashable)


def fill(rules: Sequence[tuple[int, Sequence[T]]]) -> list[list[T]]:
    """What each rule (how many, and from which in the order of its liking) gets; nothing goes to two of them.

    A later rule never takes away from how many an earlier one has.
    """
    owner: dict[T, int] = {}

    def find(rule: int, asked: set[int]) -> bool:
        asked.add(rule)
        choices = rules[rule][1]
        free = next((one for one in choices if one not in owner), None)
        if free is None:
            free = next((one for one in choices if owner[one] not in asked and find(owner[one], asked)), None)
        if free is None:
            return False
        owner[free] = rule
        return True

    for rule, (count, _choices) in enumerate(rules):
        for _ in range(count):
            if not find(rule, set()):
                break
    return [[one for one in choices if owner.get(one) == rule] for rule, (_count, choices) in enumerate(rules)]
