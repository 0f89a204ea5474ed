"""Stretches of a video: pure arithmetic. What is seen twice counts once."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

GAP_SECONDS = 0.5  # between two stretches that are one: players and clocks round
MOST = 500  # stretches of one video; beyond them the smallest gaps are taken for seen

Stretch = tuple[float, float]


def joined(stretches: Iterable[Stretch]) -> list[Stretch]:
    """The same stretches in order, those that touch or overlap made one."""
    found: list[Stretch] = []
    for start, end in sorted(one for one in stretches if 0 <= one[0] < one[1]):
        if found and start <= found[-1][1] + GAP_SECONDS:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    while len(found) > MOST:
        narrowest = min(range(1, len(found)), key=lambda place: found[place][0] - found[place - 1][1])
        found[narrowest - 1 : narrowest + 1] = [(found[narrowest - 1][0], found[narrowest][1])]
    return found


def seconds(stretches: Iterable[Stretch]) -> float:
    """How long joined stretches are together."""
    return sum(end - start for start, end in stretches)


def share(watched_seconds: float, length: float | None) -> Decimal:
    """How much of a video was seen, from 0 to 1; 0 while nobody knows its length."""
    if not length or length <= 0:
        return Decimal(0)
    return min(Decimal(1), (Decimal(str(watched_seconds)) / Decimal(str(length))).quantize(Decimal("0.0001")))
