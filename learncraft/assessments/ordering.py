"""The order in which one attempt shows things: different for each attempt, the same on every reload.

It follows from the identifiers alone, so nothing is stored and no two servers disagree.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from hashlib import sha256
from typing import TypeVar
from uuid import UUID

Item = TypeVar("Item")


def shuffled(items: Iterable[Item], seed: UUID, name: Callable[[Item], object]) -> list[Item]:
    """The items in an order that looks random and is fixed by the seed; `name` must differ between them."""
    return sorted(items, key=lambda item: sha256(f"{seed}:{name(item)}".encode()).digest())


def mixed(one: UUID, other: UUID) -> UUID:
    """A seed of its own for a pair, such as an attempt and one of its questions."""
    return UUID(bytes=sha256(one.bytes + other.bytes).digest()[:16])
