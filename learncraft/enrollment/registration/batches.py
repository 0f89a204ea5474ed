"""Groups within a cohort, numbered from 1: the first one with room takes the next person."""

from __future__ import annotations

from collections.abc import Mapping


def next_batch(people: Mapping[int, int], size: int | None) -> int | None:
    """The batch of who comes next; `people` says how many each has. None where the cohort has no batches.

    A place that somebody left is taken again before a new batch is opened.
    """
    if size is None:
        return None
    number = 1
    while people.get(number, 0) >= size:
        number += 1
    return number
