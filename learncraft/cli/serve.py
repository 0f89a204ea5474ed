"""`learncraft serve`: everything that LearnCraft is, in one command."""
# ruff: noqa: PLC0415  # heavy imports wait until the command that needs them runs

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from socket import socket
from typing import TYPE_CHECKING, Annotated, NoReturn, Protocol

import typer

from learncraft.cli import console
from learncraft.cli.options import HomeOption, settings_for

if TYPE_CHECKING:
    from learncraft.cli.signals import Stopping
    from learncraft.demo.seed import DemoAccount
    from learncraft.runtime import Runtime
    from learncraft.settings import Settings
    from learncraft.supervisor.locks import HomeLock

log = logging.getLogger(__name__)


def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on; 0.0.0.0 lets other machines in.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on; 0 takes a free one.")] = None,
    home: HomeOption = None,
    processes: Annotated[
        int | None, typer.Option(min=1, max=64, help="Processes that serve pages; more learners take one per core.")
    ] = None,
    demo: Annotated[bool, typer.Option("--demo", help="Fill in courses, learners and 12 weeks of history.")] = False,
    dev: Annotated[bool, typer.Option("--dev", help="Show edits of the code at once, and errors in full.")] = False,
) -> None:
    """Start LearnCraft and serve it until Ctrl-C.

    PostgreSQL and the event store are started in the home folder, unless LEARNCRAFT_DATABASE_URL or
    LEARNCRAFT_CLICKHOUSE_URL name servers of yours. The address is printed when it answers.

    Example: [bold]learncraft serve --demo[/]

    Example: [bold]learncraft serve --host 0.0.0.0 --port 8080 --home /srv/learncraft[/]

    Example: [bold]learncraft serve --processes 4[/]
    """
    from learncraft.cli.signals import Stopping
    from learncraft.supervisor.errors import StoppedError

    code = 0
    with Stopping() as stopping:
        settings = settings_for(home, host=host, port=port, processes=processes)
        try:
            _serve(settings, stopping, demo=demo, dev=dev)
        except StoppedError as stopped:
            console.err.print(str(stopped))
            code = 1
    _leave(code)


def _serve(settings: Settings, stopping: Stopping, *, demo: bool, dev: bool) -> None:
    from learncraft.supervisor import logs
    from learncraft.supervisor.locks import HomeLock, Serving
    from learncraft.supervisor.opening import open_runtime
    from learncraft.supervisor.preflight import check_space, clear_leftovers, listen

    with ExitStack() as parts:
        # First all that can refuse, so that a refusal has started and changed nothing.
        lock = parts.enter_context(HomeLock(settings.home))
        check_space(settings.home)
        clear_leftovers(settings.workspace)
        listener = parts.enter_context(listen(settings.host, settings.port))
        settings = settings.model_copy(update={"port": listener.getsockname()[1]})
        logs.set_up(settings, serving=True)
        lock.announce(Serving(os.getpid(), settings.host, settings.port))
        # The interface takes as long to import as the databases to start, so both happen at once.
        with ThreadPoolExecutor(1, thread_name_prefix="interface") as pool:
            loading = pool.submit(_load_interface if settings.processes == 1 else _load_work)
            runtime = parts.enter_context(open_runtime(settings, serving=True))
            loading.result()
        accounts = _seed(runtime) if demo else ()
        _run(runtime, parts, stopping, lock, listener, accounts, dev=dev)


def _load_interface() -> None:
    """Import what takes longest."""
    import pandas  # noqa: F401

    import learncraft.web.app  # noqa: F401

    _load_work()


def _load_work() -> None:
    """Import what a server does that leaves pages to other processes."""
    import learncraft.jobs.worker  # noqa: F401


def _seed(runtime: Runtime) -> Sequence[DemoAccount]:
    from learncraft.demo.seed import seed

    with console.progress() as progress:
        return seed(runtime.database, runtime.settings, progress=progress)


def _run(
    runtime: Runtime,
    parts: ExitStack,
    stopping: Stopping,
    lock: HomeLock,
    listener: socket,
    accounts: Sequence[DemoAccount],
    *,
    dev: bool,
) -> None:
    """Serve until asked to stop. The parts are left to the caller, except when the server itself hangs."""
    from learncraft.analytics.shipping import Shipper
    from learncraft.cli.ready import announce
    from learncraft.jobs.sweeping import Sweeper
    from learncraft.jobs.worker import Worker
    from learncraft.sandbox import current as sandbox

    def ready() -> None:
        announce(lock, runtime.settings, accounts)

    server = (_here if runtime.settings.processes == 1 else _in_processes)(runtime, listener, ready, dev=dev)
    parts.callback(server.kill)
    shipper = Shipper(runtime.database.engine, runtime.store)
    sweeper = Sweeper(runtime.database)
    parts.callback(shipper.stop, timeout=0.5)
    parts.callback(sweeper.stop, timeout=0.5)
    parts.callback(sandbox.stop)
    shipper.start()
    sweeper.start()
    if runtime.settings.jobs_in_server:
        worker = Worker(runtime.database, runtime.settings)
        parts.callback(worker.stop, timeout=2)
        worker.start()

    def last_resort() -> None:
        log.error("the web server does not end; its threads are left behind")
        parts.close()
        _leave(0)

    stopping.serving(server.ask, last_resort)
    try:
        server.run()
    finally:
        stopping.served()
    console.err.print("LearnCraft has stopped; everything is saved.")


class Server(Protocol):
    """What serves pages until it is asked to stop."""

    def run(self) -> None:
        """Serve. Raises StartError when it can't."""

    def ask(self) -> None:
        """Ask it to stop, from a signal."""

    def kill(self) -> None:
        """Leave nothing behind."""


def _here(runtime: Runtime, listener: socket, ready: Callable[[], None], *, dev: bool) -> Server:
    """Pages are served in this process."""
    from learncraft import runtime as process
    from learncraft.web.app import create_app
    from learncraft.web.server import WebServer
    from learncraft.web.streamlit_options import configure

    configure(runtime.settings, dev=dev)
    process.use(runtime)
    return WebServer(create_app(runtime), runtime.settings, ready, listener)


def _in_processes(runtime: Runtime, listener: socket, ready: Callable[[], None], *, dev: bool) -> Server:
    """Pages are served by several processes of their own."""
    from learncraft.secrets import secret_key
    from learncraft.supervisor.web_processes import WebProcesses

    settings = runtime.settings
    secret_key(settings)  # made once, before several look for it
    what_all_share = (
        *("--processes", str(settings.processes), "--host", settings.host, "--port", str(settings.port)),
        *("--home", str(settings.home), *(["--dev"] if dev else [])),
    )

    def command(number: int, channel: int) -> list[str]:
        return [
            *(sys.executable, "-m", "learncraft", "web-process"),
            *("--number", str(number), "--channel", str(channel), *what_all_share),
        ]

    return WebProcesses(listener, settings.processes, command, ready)


def _leave(code: int) -> NoReturn:
    """End the process now: a thread that is busy with a page must not keep it."""
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
