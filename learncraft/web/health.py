"""What machines ask: is it alive (/healthz), and how is it doing (/metrics, for this machine or who has the token)."""

from __future__ import annotations

import logging
from collections.abc import Callable

import psutil
import streamlit.runtime
from sqlalchemy.pool import QueuePool
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from learncraft.analytics import shipping
from learncraft.errors import LearnCraftError
from learncraft.runtime import Runtime
from learncraft.settings import Settings
from learncraft.web.protection import may_measure

_log = logging.getLogger(__name__)

_EVENTS = "learncraft_events"
_SHARED = (_EVENTS, "learncraft_event_store")  # the same, whichever process is asked

Metric = tuple[str, str, str, float]  # name, type, help, value


class Health:
    """Routes of /healthz and /metrics."""

    def __init__(self, runtime: Runtime, settings: Settings, *, number: int | None = None) -> None:
        """`number` is this process's own among several; what each measures for itself then carries it."""
        self._runtime = runtime
        self._settings = settings
        self._label = "" if number is None else f'{{process="{number}"}}'
        self._process = psutil.Process()

    def routes(self) -> list[Route]:
        """The routes."""
        return [Route("/healthz", self.healthz, methods=["GET"]), Route("/metrics", self.metrics, methods=["GET"])]

    async def healthz(self, request: Request) -> Response:
        """200 while people can work. Without the event store they can: events wait and charts say so."""
        database, store = await run_in_threadpool(self._ask)
        status = "ok" if database and store else "degraded" if database else "unavailable"
        parts = {"database": _word(alive=database), "event_store": _word(alive=store)}
        return JSONResponse(
            {"status": status, **parts}, status_code=200 if database else 503, headers={"Cache-Control": "no-store"}
        )

    async def metrics(self, request: Request) -> Response:
        """Numbers in Prometheus' text format."""
        if not may_measure(request, self._settings):
            return PlainTextResponse("Ask from the machine itself, or with the token.", status_code=403)
        lines: list[str] = []
        for name, kind, words, value in await run_in_threadpool(self._measure):
            label = "" if name.startswith(_SHARED) else self._label
            lines += [f"# HELP {name} {words}", f"# TYPE {name} {kind}", f"{name}{label} {value:.15g}"]
        return PlainTextResponse("\n".join(lines) + "\n", media_type="text/plain; version=0.0.4")

    def _ask(self) -> tuple[bool, bool]:
        return _answers(self._runtime.database.ping), _answers(self._runtime.store.ping)

    def _measure(self) -> list[Metric]:
        with self._process.oneshot():
            used = self._process.cpu_times()
            measured: list[Metric] = [
                ("process_resident_memory_bytes", "gauge", "Memory in use.", self._process.memory_info().rss),
                ("process_cpu_seconds_total", "counter", "Processor time spent.", used.user + used.system),
                ("process_start_time_seconds", "gauge", "When the process began.", self._process.create_time()),
                ("process_threads", "gauge", "Threads.", self._process.num_threads()),
            ]
        pool = self._runtime.database.engine.pool
        if isinstance(pool, QueuePool):
            measured += [
                ("learncraft_db_connections_used", "gauge", "Connections in use.", pool.checkedout()),
                ("learncraft_db_connections_idle", "gauge", "Connections waiting.", pool.checkedin()),
                ("learncraft_db_connections_size", "gauge", "Connections kept open.", pool.size()),
            ]
        return measured + _open_pages() + self._events()

    def _events(self) -> list[Metric]:
        """How events get into the event store. What only the store can tell is left out while it is away."""
        try:
            found = shipping.status(self._runtime.database.engine, self._runtime.store)
        except Exception:  # whatever is wrong with the queue, the other numbers are wanted most then
            _log.exception("The state of events could not be measured")
            return []
        is_up = found.checks is not None
        measured: list[Metric] = [
            (f"{_EVENTS}_lag_seconds", "gauge", "Age of the oldest event not yet in the store.", found.lag_seconds),
            (f"{_EVENTS}_queued", "gauge", "Events not yet in the store.", found.queued),
            (f"{_EVENTS}_unconfirmed_batches", "gauge", "Batches sent and not confirmed.", found.unacknowledged),
            (f"{_EVENTS}_quarantined", "gauge", "Events that were refused and kept aside.", found.quarantined),
            ("learncraft_event_store_up", "gauge", "Whether the event store answers.", float(is_up)),
        ]
        if found.checks is not None:
            drift = sum(abs(check.drift) for check in found.checks)
            measured.append((f"{_EVENTS}_drift", "gauge", "Events by which recent batches differ from ours.", drift))
        return measured


def _open_pages() -> list[Metric]:
    if not streamlit.runtime.exists():
        return []
    count = streamlit.runtime.get_instance()._session_mgr.num_active_sessions()
    return [("learncraft_open_pages", "gauge", "Browser tabs that are connected.", count)]


def _answers(ask: Callable[[], object]) -> bool:
    try:
        ask()
    except LearnCraftError:
        return False
    except Exception:
        _log.exception("A part failed its health check")
        return False
    return True


def _word(*, alive: bool) -> str:
    return "ok" if alive else "unavailable"
