"""Runs commands in this process, on a home folder of their own; and homes for servers."""

from __future__ import annotations

import io
import json
import logging
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import fasteners
import pytest

from learncraft.cli import main
from tests.server import copy, start


@dataclass(frozen=True)
class Answer:
    """What a command did."""

    code: int
    out: str
    err: str

    @property
    def data(self) -> Any:
        """The JSON that it printed."""
        return json.loads(self.out)


Run = Callable[..., Answer]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One home folder for the tests of a file: making the database takes a second."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="session")
def once_served(shared_base: Path) -> Path:
    """A home that was served, and is no more: made by whichever worker comes first, as copying one is quicker."""
    home = shared_base / "once served"
    with fasteners.InterProcessLock(shared_base / "once-served.lock"):
        if not (home / "postgres").is_dir():
            start(home).stop()
    return home


@pytest.fixture
def served_before(once_served: Path, tmp_path: Path) -> Path:
    """A home for one test that starts a server and isn't about the first start."""
    copy(once_served, tmp_path / "home")
    return tmp_path / "home"


@pytest.fixture
def run(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    """Run a command on the home folder; `stdin` is what is typed."""
    for name in ("DATABASE_URL", "CLICKHOUSE_URL", "HOME", "PORT"):
        monkeypatch.delenv(f"LEARNCRAFT_{name}", raising=False)
    before = list(logging.getLogger().handlers)

    def run_it(*arguments: str, stdin: str = "", with_home: bool = True) -> Answer:
        out, err = io.StringIO(), io.StringIO()
        place = ["--home", str(home)] if with_home else []
        with monkeypatch.context() as patch:
            patch.setattr(sys, "argv", ["learncraft", *arguments, *place])
            patch.setattr(sys, "stdin", io.StringIO(stdin))
            patch.setattr(sys, "stdout", out)
            patch.setattr(sys, "stderr", err)
            patch.setenv("COLUMNS", "200")
            with pytest.raises(SystemExit) as ended:
                main()
        return Answer(ended.value.code if isinstance(ended.value.code, int) else 0, out.getvalue(), err.getvalue())

    yield run_it
    for handler in [handler for handler in logging.getLogger().handlers if handler not in before]:
        logging.getLogger().removeHandler(handler)
        handler.close()
