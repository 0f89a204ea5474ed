"""`learncraft sandbox ...`: what runs learners' programs."""
# ruff: noqa: PLC0415  # heavy imports wait until the command that needs them runs

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Annotated

import typer

from learncraft.cli import console
from learncraft.cli.options import JsonOption

app = typer.Typer(help="Install and try what runs learners' programs.", no_args_is_help=True)


@app.command()
def install() -> None:
    """Fetch Python for the sandbox, once, into the environment that LearnCraft is installed in.

    It comes from the npm registry that npm's own settings name, and is checked by its hash. `make setup` does this.

    Example: [bold]learncraft sandbox install[/]
    """
    from learncraft.sandbox import installing

    was_missing = installing.install()
    state = "is installed" if was_missing else "was installed already"
    console.done(f"The sandbox {state}: Python in {installing.folder()}")


@app.command()
def run(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A Python program; its input is yours.")],
    as_json: JsonOption = False,
) -> None:
    """Run a program as a learner's would be. The exit code is 1 when it doesn't end well.

    Example: [bold]learncraft sandbox run program.py < input.txt[/]
    """
    from dataclasses import asdict

    from learncraft.sandbox.port import MAIN, Ending, Program, Step
    from learncraft.sandbox.wasm import WasmRuntime

    given = "" if sys.stdin.isatty() else sys.stdin.read()
    runtime = WasmRuntime(at_once=1, warm=0)
    started = time.monotonic()
    try:
        [outcome] = runtime.run(Program({MAIN: file.read_text("utf-8")}, [Step("run", given)]), who="operator")
    finally:
        runtime.stop()
    if as_json:
        console.print_json(asdict(outcome))
    else:
        sys.stdout.write(outcome.output)
        console.err.print(f"[dim]{outcome.ending}, {time.monotonic() - started:.1f} s with the start[/]")
        if outcome.error:
            console.complain(outcome.error)
    if outcome.ending != Ending.FINISHED:
        raise typer.Exit(1)
