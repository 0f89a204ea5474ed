"""Where lessons stand in a module: pure rules. A module is a list in reading order; a lesson may name a parent in it.

The list is in pre-order: below a lesson stand its nested lessons, then its next sibling. So one number per lesson says
the whole order, and a lesson moves together with all that is nested in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from learncraft.authoring.errors import CircularNestingError, NotInModuleError


@dataclass(frozen=True, slots=True)
class Place:
    """A lesson and the one that it is nested in."""

    id: UUID
    parent: UUID | None


def with_nested(places: Sequence[Place], lesson: UUID) -> list[Place]:
    """A lesson and all that is nested in it, in order."""
    inside = {lesson}
    found = []
    for place in places:
        if place.id == lesson or place.parent in inside:
            inside.add(place.id)
            found.append(place)
    return found


def moved(
    target: Sequence[Place], moving: Sequence[Place], *, parent: UUID | None, before: UUID | None, title: str = ""
) -> list[Place]:
    """The target's list after `moving` (a lesson with all nested in it) came below `parent`, before `before`.

    Without `before` it comes last among the parent's lessons, or last of the module.

    Raises:
        CircularNestingError: the parent, or what it should stand before, is part of what moves.
        NotInModuleError: the parent or `before` isn't in the target, or they don't belong together.
    """
    ids = {place.id for place in moving}
    if parent in ids or before in ids:
        raise CircularNestingError(title)
    rest = [place for place in target if place.id not in ids]
    at = _index(rest, parent=parent, before=before)
    first, *others = moving
    return [*rest[:at], replace(first, parent=parent), *others, *rest[at:]]


def _index(rest: list[Place], *, parent: UUID | None, before: UUID | None) -> int:
    known = {place.id: place for place in rest}
    if parent is not None and parent not in known:
        raise NotInModuleError
    if before is not None:
        if before not in known or known[before].parent != parent:
            raise NotInModuleError
        return next(index for index, place in enumerate(rest) if place.id == before)
    if parent is None:
        return len(rest)
    inside = {place.id for place in with_nested(rest, parent)}
    return max(index for index, place in enumerate(rest) if place.id in inside) + 1


def is_whole(places: Sequence[Place]) -> bool:
    """Whether a list is in pre-order: everybody's parent stands before, and nothing foreign between them."""
    path: list[UUID] = []
    for place in places:
        while path and path[-1] != place.parent:
            path.pop()
        if place.parent is not None and not path:
            return False
        path.append(place.id)
    return len({place.id for place in places}) == len(places)


def depths(places: Iterable[Place]) -> dict[UUID, int]:
    """How deep each lesson is nested, 0 for those that stand in the module itself."""
    found: dict[UUID, int] = {}
    for place in places:
        found[place.id] = 0 if place.parent is None else found.get(place.parent, -1) + 1
    return found
