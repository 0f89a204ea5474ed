"""Workers of the product, kinds of jobs that only tests have, and a worker in a process that can be killed."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Row, text

from learncraft import background
from learncraft.background import Kind
from learncraft.db import Database
from learncraft.jobs import app, work
from learncraft.jobs.worker import Worker
from learncraft.settings import Settings

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path)


@pytest.fixture
def kind(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Adds a kind of job for one test; its retries come at once, and no schedule runs."""
    monkeypatch.setattr(app, "FIRST_PAUSE_SECONDS", 0.0)
    monkeypatch.setattr(app, "FILES", ())
    monkeypatch.setattr(work, "FUNCTIONS", {})
    monkeypatch.setattr(app, "FUNCTIONS", work.FUNCTIONS)

    def add(name: str, function: Callable[..., None], **values: Any) -> None:
        monkeypatch.setitem(background.KINDS, name, Kind(name, **values))
        work.FUNCTIONS[name] = function

    return add


@contextmanager
def working(database: Database, settings: Settings, **options: Any) -> Iterator[Worker]:
    """A worker for the length of a block."""
    worker = Worker(database, settings, **{"heartbeat": 0.2, "silence": 1.0} | options)
    worker.start()
    try:
        yield worker
    finally:
        worker.stop()


def state(database: Database, job_id: int) -> Row[Any]:
    with database.reading() as session:
        return session.execute(text("SELECT * FROM background_jobs WHERE job_id = :id"), {"id": job_id}).one()


def until(condition: Callable[[], object], seconds: float = 20) -> None:
    """Wait until something holds."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


def wait_for(database: Database, job_id: int, *statuses: str, seconds: float = 20) -> Row[Any]:
    until(lambda: state(database, job_id).status in statuses, seconds)
    return state(database, job_id)


def in_a_process(code: str, database: Database, home: Path) -> subprocess.Popen[bytes]:
    """Run a piece of Python with `database` and `settings` in it."""
    beginning = (
        "from pathlib import Path\nfrom learncraft.db import Database\nfrom learncraft.settings import Settings\n"
        f"database = Database({database.url!r}.replace('postgresql+psycopg', 'postgresql'), pool_size=3)\n"
        f"settings = Settings(home=Path({str(home)!r}))\n"
    )
    kept = {name: value for name, value in os.environ.items() if not name.startswith("LEARNCRAFT_")}
    return subprocess.Popen([sys.executable, "-c", beginning + code], cwd=ROOT, env=kept | {"PYTHONPATH": str(ROOT)})
