"""The `learncraft` command. Each group of commands has a file; heavy imports wait until a command runs."""
# ruff: noqa: PLC0415  # heavy imports wait until the command that needs them runs

from __future__ import annotations

import errno
import os
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from learncraft.cli import (
    backup,
    bench,
    console,
    courses,
    db,
    doctor,
    events,
    player,
    sandbox,
    serve,
    tutor,
    users,
    web_process,
    worker,
)
from learncraft.errors import LearnCraftError

DISK_FULL = "53100"  # what PostgreSQL calls it
_NO_ROOM = "The disk that holds the database is full. Nothing was changed: free some space, then try again."

app = typer.Typer(
    name="learncraft",
    help="A learning platform that one person starts with one command and a university can keep.\n\n"
    "Start with: learncraft serve --demo",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("serve")(serve.serve)
app.command("worker")(worker.worker)
app.command("web-process", hidden=True)(web_process.web_process)
app.command("import")(courses.import_course)
app.command("doctor")(doctor.doctor)
app.add_typer(db.app, name="db")
app.add_typer(users.app, name="user")
app.add_typer(events.app, name="events")
app.add_typer(backup.app, name="backup")
app.add_typer(sandbox.app, name="sandbox")
app.add_typer(player.app, name="player")
app.add_typer(tutor.app, name="tutor")
app.add_typer(bench.app, name="bench")


def _show_version(wanted: bool) -> None:
    if wanted:
        try:
            console.out.print(f"LearnCraft {version('learncraft')}")
        except PackageNotFoundError:
            console.out.print("LearnCraft, from a checkout")
        raise typer.Exit


@app.callback()
def _learncraft(
    _version: Annotated[bool, typer.Option("--version", callback=_show_version, is_eager=True)] = False,
) -> None:
    pass


def main() -> NoReturn:
    """Run the command line. What a person can mend is one sentence; the rest is in the log under a reference."""
    try:
        app()
    except LearnCraftError as error:
        console.complain(str(error))
    except BrokenPipeError:
        # Whoever read the output has left; Python must not complain about that at its end either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError as error:
        from learncraft.supervisor.errors import of_the_disk

        console.complain(
            str(of_the_disk(error, Path.cwd())) if error.filename or error.errno == errno.ENOSPC else _fault(error)
        )
    except Exception as error:
        full = getattr(getattr(error, "orig", error), "sqlstate", None) == DISK_FULL
        console.complain(_NO_ROOM if full else _fault(error))
    sys.exit(1)


def _fault(error: Exception) -> str:
    from learncraft.supervisor.logs import current_file, record_fault

    reference = record_fault(error)
    place = current_file()
    where = (
        f"The trace is in {place} under reference {reference}." if place else f"Set --home to see the trace: {error}"
    )
    return f"Something unexpected happened in LearnCraft. {where}"
