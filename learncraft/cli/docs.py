"""Writes docs/settings.md from the settings themselves: `python -m learncraft.cli.docs`."""

from __future__ import annotations

import types
import typing
from pathlib import Path
from typing import Any, Literal

from pydantic import SecretStr
from pydantic.fields import FieldInfo

from learncraft.paths import root
from learncraft.settings import Settings

FILE = Path("docs") / "settings.md"
INTRODUCTION = """# Settings

LearnCraft runs without any. Each setting is read from the environment, or from a file named `.env` in the folder that
the command is started in; options of a command (`--home`, `--host`, `--port`) come before both. `learncraft doctor`
tells whether what is set works.

This table is made by `python -m learncraft.cli.docs` from `learncraft/settings.py`.

| Setting | Default | What it does |
| --- | --- | --- |
"""


def render() -> str:
    """The page as it should be."""
    return INTRODUCTION + "".join(_row(name, field) for name, field in Settings.model_fields.items())


def _row(name: str, field: FieldInfo) -> str:
    choices = _choices(field.annotation)
    allowed = f" One of {', '.join(f'`{choice}`' for choice in choices)}." if choices else ""
    secret = " Secret." if SecretStr in typing.get_args(field.annotation) else ""
    what = f"{field.description or ''}{allowed}{secret}".replace("|", "\\|")
    return f"| `LEARNCRAFT_{name.upper()}` | {_default(name, field)} | {what} |\n"


def _choices(annotation: Any) -> tuple[str, ...]:
    if typing.get_origin(annotation) is Literal:
        return tuple(str(choice) for choice in typing.get_args(annotation))
    if typing.get_origin(annotation) in {typing.Union, types.UnionType}:
        return tuple(choice for part in typing.get_args(annotation) for choice in _choices(part))
    return ()


def _default(name: str, field: FieldInfo) -> str:
    if name == "home":
        return "your user data folder"  # differs by machine; the page must not
    if field.default is None:
        return "unset"
    if isinstance(field.default, bool):
        return "`yes`" if field.default else "`no`"
    return f"`{field.default}`"


def main() -> None:
    """Write the page."""
    (root() / FILE).write_text(render(), encoding="utf-8")


if __name__ == "__main__":
    main()
