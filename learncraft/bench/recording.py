"""Writes down each statement that pages send, with its parameters, while they run."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, event

from learncraft.acting import SYSTEM, Acting
from learncraft.db import Database

_LIST = re.compile(r"\((%\(\w+_1\)s(?:::[\w ]+)?)(?:, %\(\w+?_\d+\)s(?:::[\w ]+)?)+\)")
_READS = re.compile(r"\s*(--[^\n]*\s*)*(SELECT|WITH)\b", re.I)


@dataclass(frozen=True, slots=True)
class Said:
    """One execution: the statement, what was given to it, how long it took then, and in whose name it was asked."""

    statement: str
    parameters: Any
    milliseconds: float
    who: Acting = SYSTEM

    @property
    def shape(self) -> str:
        """The statement with lists of any length as one, so that the same question counts as one."""
        return _LIST.sub(r"(\1, ...)", self.statement)

    @property
    def is_read(self) -> bool:
        """Whether it may be asked again without changing anything."""
        return _READS.match(self.statement) is not None and " FOR UPDATE" not in self.statement.upper()


@dataclass(slots=True)
class PageRun:
    """One run of a page, and all that it asked."""

    page: str
    milliseconds: float
    said: list[Said]


@dataclass(slots=True)
class Recorder:
    """Listens to a database's connections; `run` names what is being recorded."""

    database: Database
    runs: list[PageRun] = field(default_factory=list)
    _said: list[Said] | None = None
    _begun: float = 0.0

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Listen for the length of the block."""
        engines = {self.database.engine, self.database.confined().engine}
        for engine in engines:
            event.listen(engine, "before_cursor_execute", self._before)
            event.listen(engine, "after_cursor_execute", self._after)
        try:
            yield
        finally:
            for engine in engines:
                event.remove(engine, "before_cursor_execute", self._before)
                event.remove(engine, "after_cursor_execute", self._after)

    @contextmanager
    def run(self, page: str) -> Iterator[None]:
        """Record one run of a page."""
        said: list[Said] = []
        self._said = said
        begun = time.perf_counter()
        try:
            yield
        finally:
            self.runs.append(PageRun(page, (time.perf_counter() - begun) * 1000, said))
            self._said = None

    def _before(self, *_: Any) -> None:
        self._begun = time.perf_counter()

    def _after(self, connection: Connection, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if self._said is not None:
            took = (time.perf_counter() - self._begun) * 1000
            self._said.append(Said(statement, parameters, took, connection.info.get("acting", SYSTEM)))
