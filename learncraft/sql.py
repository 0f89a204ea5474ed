"""SQL kept in files, by name."""

from __future__ import annotations

from functools import cache

from learncraft.paths import root


@cache
def text(name: str) -> str:
    """The text of sql/<name>.sql, such as `charts/active_learners_by_day`."""
    return (root() / "sql" / f"{name}.sql").read_text(encoding="utf-8")
