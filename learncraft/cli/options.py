"""Options that several commands share, and the settings that they lead to."""
# ruff: noqa: PLC0415  # heavy imports wait until the command that needs them runs

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from learncraft.errors import InvalidInputError

if TYPE_CHECKING:
    from learncraft.settings import Settings

HomeOption = Annotated[
    Path | None,
    typer.Option("--home", help="Folder of all data.", envvar="LEARNCRAFT_HOME", show_default="your user data folder"),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON for a script to read.")]


def settings_for(home: Path | None, **changes: Any) -> Settings:
    """The settings of the environment and `.env`, with what the command line says put over them.

    The home folder is made when it isn't there, and the log file is opened in it.

    Raises:
        LearnCraftError: a setting is not valid, or the folder can't be used.
    """
    from learncraft.courses import bucket, embeds, publication
    from learncraft.supervisor import logs
    from learncraft.supervisor.opening import prepared

    settings = prepared(read_settings(home=home, **changes))
    logs.set_up(settings)
    bucket.stand_behind(settings)
    embeds.trust(settings.trusted_hosts)
    publication.require_reviews(settings.course_review == "required")
    return settings


def read_settings(**changes: Any) -> Settings:
    """The settings alone; nothing is made.

    Raises:
        InvalidInputError: a setting is not valid; the message names it as the operator wrote it.
    """
    from pydantic import ValidationError

    from learncraft.settings import Settings

    given = {name: value for name, value in changes.items() if value is not None}
    try:
        return Settings(**given)
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0]) if first["loc"] else "a setting"
        written = f"--{name}" if name in given else f"LEARNCRAFT_{name.upper()}"
        shown = "" if "secret" in name or "url" in name else f" {first['input']!r}"
        why = first["msg"].removeprefix("Value error, ")  # what pydantic puts before a sentence of ours
        raise InvalidInputError(f"{written} has a value{shown} that can't be used: {why}.") from error
