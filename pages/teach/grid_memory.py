"""What a grid of lessons remembers between runs: which rows it shows, what of them it has saved, what was refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from learncraft.authoring.bulk import Edit, Outcome, Row


@dataclass(slots=True)
class Memory:
    """As long as all goes well the grid keeps its first rows and what was typed into them, so that nothing jumps."""

    module: UUID | None
    rows: list[Row]
    refused: dict[UUID, tuple[str, dict[str, Any]]] = field(default_factory=dict)  # why, and what stays typed
    sent: dict[UUID, dict[str, Any]] = field(default_factory=dict)
    versions: dict[UUID, int] = field(default_factory=dict)  # those that this grid has saved
    is_stale: bool = False  # the rows should be read anew

    def edits(self, changes: Mapping[int, dict[str, Any]]) -> list[Edit]:
        """What to save: the rows whose typed values aren't those that were sent last."""
        found = []
        for place, one in enumerate(self.rows):
            values = self._values(place, one, changes)
            if values != self.sent.get(one.id, {}):
                still_typed = self.refused.get(one.id, ("", {}))[1]
                found.append(Edit(one.id, self.versions.get(one.id, one.version), still_typed | values))
        return found

    def take(self, changes: Mapping[int, dict[str, Any]], edits: Sequence[Edit], outcomes: Sequence[Outcome]) -> None:
        """Note what became of the rows. What can't be stays typed; what somebody else wrote is shown instead."""
        typed = {one.id: self._values(place, one, changes) for place, one in enumerate(self.rows)}
        for edit, outcome in zip(edits, outcomes, strict=True):
            if outcome.why:
                self.refused[edit.lesson_id] = (outcome.why, {} if outcome.version is not None else edit.values)
                self.is_stale = True
            else:
                self.sent[edit.lesson_id] = typed[edit.lesson_id]
                self.versions[edit.lesson_id] = outcome.version or 0
                self.is_stale |= self.refused.pop(edit.lesson_id, None) is not None

    def _values(self, place: int, one: Row, changes: Mapping[int, dict[str, Any]]) -> dict[str, Any]:
        # A value that is put back to what it was is no change for the grid, but for what was saved since.
        before = {name: getattr(one, name) for name in self.sent.get(one.id, {})}
        return before | changes.get(place, {})
