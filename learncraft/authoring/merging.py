"""Two who write on one course's details: what doesn't touch is put together, the rest is for a person to choose."""

from __future__ import annotations

from dataclasses import dataclass

from learncraft.authoring.shapes import Details


@dataclass(frozen=True, slots=True)
class Merged:
    """Both changes together, with one's own words where both changed the same field; `overlaps` names these fields."""

    details: Details
    overlaps: tuple[str, ...]


def merge(seen: Details, theirs: Details, mine: Details) -> Merged:
    """What one person made of the details that they saw, put onto what others made of them since."""
    changed = {name: value for name, value in mine if value != getattr(seen, name)}
    overlaps = [name for name, value in changed.items() if getattr(theirs, name) not in (getattr(seen, name), value)]
    return Merged(theirs.model_copy(update=changed), tuple(overlaps))


def with_theirs(merged: Merged, theirs: Details) -> Details:
    """Both changes together, with the other's words where both changed the same field."""
    return merged.details.model_copy(update={name: getattr(theirs, name) for name in merged.overlaps})
