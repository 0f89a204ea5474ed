"""`learncraft web-process`: one of several processes that serve pages. Only `learncraft serve` starts them."""
# ruff: noqa: PLC0415  # heavy imports wait until the command that needs them runs

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
import time
from contextlib import ExitStack
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from learncraft.cli.options import HomeOption, settings_for
from learncraft.errors import LearnCraftError

if TYPE_CHECKING:
    from learncraft.settings import Settings

PATIENCE_SECONDS = 2.0

log = logging.getLogger(__name__)


def web_process(
    number: Annotated[int, typer.Option(help="Its number, which browsers come back to it by.")],
    channel: Annotated[int, typer.Option(help="Descriptor that connections come through.")],
    processes: Annotated[int, typer.Option(help="How many there are.")],
    host: Annotated[str, typer.Option(help="Address that the server listens on.")],
    port: Annotated[int, typer.Option(help="Port that the server listens on.")],
    home: HomeOption = None,
    dev: Annotated[bool, typer.Option("--dev", help="As `serve` has it.")] = False,
) -> None:
    """Serve pages to whom the server hands over. `serve --processes` starts this by itself."""
    code = 0
    try:
        settings = settings_for(home, host=host, port=port, processes=processes)
        _serve(settings, number, channel, dev=dev)
    except LearnCraftError as error:
        log.error("web process %s doesn't start: %s", number, error)
        code = 1
    except Exception:
        log.exception("web process %s failed", number)
        code = 1
    _leave(code)


def _serve(settings: Settings, number: int, channel: int, *, dev: bool) -> None:
    from learncraft import runtime as process
    from learncraft.sandbox import current as sandbox
    from learncraft.supervisor.opening import join_runtime
    from learncraft.supervisor.web_processes import inherited
    from learncraft.web.app import create_app
    from learncraft.web.handed import HandedServer
    from learncraft.web.streamlit_options import configure
    from learncraft.web.warming import warm

    with ExitStack() as parts:
        connections = parts.enter_context(inherited(channel))
        runtime = parts.enter_context(join_runtime(settings))
        parts.callback(sandbox.stop)
        configure(settings, dev=dev)
        process.use(runtime)
        warm()
        server = HandedServer(create_app(runtime, number=number), settings, connections)
        signal.signal(signal.SIGTERM, lambda *_: server.ask())
        threading.Thread(target=_last_resort, args=[server], name="last resort", daemon=True).start()
        server.run()


def _last_resort(server: object) -> None:
    """A page that hangs must not keep the process."""
    while not getattr(server, "should_exit", False):
        time.sleep(0.5)
    time.sleep(PATIENCE_SECONDS)
    log.error("a web process does not end; its threads are left behind")
    _leave(0)


def _leave(code: int) -> NoReturn:
    """End the process now: a thread that is busy with a page must not keep it."""
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
