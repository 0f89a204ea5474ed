"""The list of what became of each item, as it grows."""

from __future__ import annotations

from learncraft.interchange.document import Outcome, ReportItem


class Report:
    """Collects items, and knows which places have been spoken of."""

    def __init__(self) -> None:
        self._items: list[ReportItem] = []
        self._paths: set[str] = set()

    def imported(self, path: str, kind: str, title: str, detail: str = "") -> None:
        self._add(ReportItem(path, kind, title, Outcome.IMPORTED, detail))

    def converted(self, path: str, kind: str, title: str, detail: str) -> None:
        self._add(ReportItem(path, kind, title, Outcome.CONVERTED, detail))

    def skipped(self, path: str, kind: str, title: str, detail: str) -> None:
        self._add(ReportItem(path, kind, title, Outcome.SKIPPED, detail))

    def taken(self, path: str, kind: str, title: str, notes: list[str], detail: str = "") -> None:
        """Imported as it was, or converted when there is something to say about changes."""
        if notes:
            self.converted(path, kind, title, " ".join(dict.fromkeys([*notes, detail] if detail else notes)))
        else:
            self.imported(path, kind, title, detail)

    def speaks_of(self, path: str) -> bool:
        return path in self._paths

    def items(self) -> tuple[ReportItem, ...]:
        return tuple(self._items)

    def _add(self, item: ReportItem) -> None:
        self._items.append(item)
        self._paths.add(item.path)
