"""docs/settings.md says what learncraft/settings.py says."""

from __future__ import annotations

from learncraft.cli import docs
from learncraft.paths import root
from learncraft.settings import Settings


def test_the_settings_page_is_up_to_date() -> None:
    written = (root() / docs.FILE).read_text(encoding="utf-8")
    assert written == docs.render(), "run: python -m learncraft.cli.docs"


def test_every_setting_is_explained() -> None:
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []
