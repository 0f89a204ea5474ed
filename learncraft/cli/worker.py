"""`learncraft worker`: background jobs in a process of their own, on as many machines as are needed."""
# ruff: noqa: PLC0415  # heavy imports wait until the command that needs them runs

from __future__ import annotations

import logging
import os
import sys
from contextlib import ExitStack
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from learncraft.cli import console
from learncraft.cli.options import HomeOption, settings_for

if TYPE_CHECKING:
    from learncraft.cli.signals import Stopping
    from learncraft.settings import Settings

log = logging.getLogger(__name__)


def worker(
    concurrency: Annotated[int, typer.Option(min=1, max=64, help="Jobs done at the same time.")] = 2,
    queue: Annotated[
        list[str] | None, typer.Option(help="Only jobs of this queue; repeat it for several. Unset: all of them.")
    ] = None,
    home: HomeOption = None,
) -> None:
    """Do background jobs until Ctrl-C. `serve` does them too, unless LEARNCRAFT_JOBS_IN_SERVER=false.

    On another machine set LEARNCRAFT_DATABASE_URL, and take --queue default unless the home folder is shared.

    Example: [bold]learncraft worker[/]

    Example: [bold]learncraft worker --concurrency 4 --queue default[/]
    """
    from learncraft.cli.signals import Stopping
    from learncraft.supervisor.errors import StoppedError

    code = 0
    with Stopping() as stopping:
        try:
            _work(settings_for(home), stopping, concurrency, queue)
        except StoppedError as stopped:
            console.err.print(str(stopped))
            code = 1
    _leave(code)


def _work(settings: Settings, stopping: Stopping, concurrency: int, queues: list[str] | None) -> None:
    from learncraft.jobs.worker import Worker
    from learncraft.sandbox import current as sandbox
    from learncraft.supervisor.opening import open_database

    with ExitStack() as parts:
        parts.callback(sandbox.stop)
        database = parts.enter_context(open_database(settings))
        working = Worker(database, settings, concurrency=concurrency, queues=queues)

        def last_resort() -> None:
            log.error("a job does not end; another worker takes it up")
            parts.close()
            _leave(0)

        stopping.serving(working.ask, last_resort)
        console.err.print("Jobs are being done. Ctrl-C ends this worker; what it is doing goes on elsewhere.")
        try:
            working.run()
        finally:
            stopping.served()
    console.err.print("The worker has stopped.")


def _leave(code: int) -> NoReturn:
    """End the process now: a thread that is busy with a job must not keep it."""
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
