"""Gets a process ready before it is shown to anybody: who comes first after a start would wait for it otherwise."""

from __future__ import annotations

from importlib import import_module

from sqlalchemy.orm import configure_mappers

from learncraft.paths import root


def warm() -> None:
    """Import what pages are made of, and let SQLAlchemy put the tables together. It takes about a second."""
    navigation = import_module("pages.shared.navigation")
    screens = {screen.file for room in navigation.SCREENS.values() for screen in room}
    for path in sorted((root() / "pages").rglob("*.py")):
        file = path.relative_to(root()).as_posix()
        if file not in screens:  # a screen is a script, which only runs for a person
            import_module(file.removesuffix(".py").replace("/", "."))
    configure_mappers()
