"""`python -m learncraft.analytics` writes the definitions in docs/analytics.md again."""

from __future__ import annotations

from learncraft.analytics.guide import renewed
from learncraft.paths import root

if __name__ == "__main__":
    guide = root() / "docs" / "analytics.md"
    guide.write_text(renewed(guide.read_text(encoding="utf-8")), encoding="utf-8")
