"""docs/analytics.md defines the numbers that the pages show."""

from __future__ import annotations

from pathlib import Path

from learncraft.analytics.guide import renewed
from learncraft.analytics.questions import every_question
from learncraft.paths import root


def test_the_guide_defines_each_number_as_the_pages_do() -> None:
    text = (root() / "docs" / "analytics.md").read_text(encoding="utf-8")
    assert text == renewed(text), "run `python -m learncraft.analytics`"


def test_every_question_is_asked_by_a_page() -> None:
    pages = "\n".join(path.read_text(encoding="utf-8") for path in Path(root() / "pages" / "insights").glob("*.py"))
    assert [key for key in every_question() if f".{key}" not in pages] == []
