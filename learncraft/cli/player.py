"""`learncraft player ...`: what plays the streams of videos."""
# ruff: noqa: PLC0415  # heavy imports wait until the command that needs them runs

from __future__ import annotations

import typer

from learncraft.cli import console

app = typer.Typer(help="Install what plays the streams of videos.", no_args_is_help=True)


@app.callback()
def group() -> None:
    """Keep the command's name in front of its part."""


@app.command()
def install() -> None:
    """Fetch the player of streams, once, into the environment that LearnCraft is installed in.

    It comes from the npm registry that npm's own settings name, and is checked by its hash. `make setup` does this.

    Example: [bold]learncraft player install[/]
    """
    from learncraft.web import hls

    was_missing = hls.install()
    state = "is installed" if was_missing else "was installed already"
    console.done(f"The player {state}: hls.js {hls.version()}")
