"""Asks several questions at the same time, keeps answers until something new has come, and remembers what was slow."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from typing import Any, Generic, TypeVar

from learncraft.analytics.questions import Question
from learncraft.analytics.scope import Scope
from learncraft.analytics.store import EventStore

Row = TypeVar("Row")

AT_ONCE = 12  # questions under way in this process; the store has cores of its own to share out
KEPT_ANSWERS = 1_000
KEPT_ROWS = 5_000  # of one answer; a longer one is asked again


@dataclass(frozen=True, slots=True)
class Answer(Generic[Row]):
    """A question that was asked, and the answer that comes."""

    question: Question[Row]
    scope: Scope
    coming: Future[list[Row]]

    def rows(self) -> list[Row]:
        """The answer, waited for.

        Raises:
            EventStoreUnavailable: the store doesn't answer, or the question takes more than it may.
        """
        return self.coming.result()

    def sql(self) -> str:
        """The SQL, to read."""
        return self.question.sql(self.scope)


@dataclass(frozen=True, slots=True)
class Slowness:
    """How long one question took in this process since it started, in milliseconds."""

    title: str
    times: int
    mean_ms: float
    longest_ms: float


class Asking:
    """The answers and times of one process. Threads share it."""

    def __init__(self, at_once: int = AT_ONCE) -> None:
        self._pool = ThreadPoolExecutor(at_once, thread_name_prefix="charts")
        self._lock = threading.Lock()
        self._kept: OrderedDict[Hashable, list[Any]] = OrderedDict()
        self._times: dict[str, list[float]] = {}

    def ask(
        self, store: EventStore, question: Question[Row], scope: Scope, *, state: Hashable, **more: Any
    ) -> Answer[Row]:
        """Ask, and return at once. `state` names what the store holds: while it is the same, so is the answer."""
        key = (question.key, scope, state, tuple(sorted(more.items())))
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                done: Future[list[Row]] = Future()
                done.set_result(self._kept[key])
                return Answer(question, scope, done)
        return Answer(
            question, scope, self._pool.submit(self._get, key, question, lambda: question(store, scope, **more))
        )

    def slowest(self) -> list[Slowness]:
        """Every question asked so far, the slowest on average first."""
        with self._lock:
            found = [
                Slowness(title, len(all_), sum(all_) / len(all_), max(all_)) for title, all_ in self._times.items()
            ]
        return sorted(found, key=lambda one: -one.mean_ms)

    def _get(self, key: Hashable, question: Question[Row], get: Callable[[], list[Row]]) -> list[Row]:
        begun = time.perf_counter()
        rows = get()
        elapsed = (time.perf_counter() - begun) * 1000
        with self._lock:
            self._times.setdefault(question.title, []).append(elapsed)
            del self._times[question.title][:-1_000]
            if len(rows) <= KEPT_ROWS:
                self._kept[key] = rows
                while len(self._kept) > KEPT_ANSWERS:
                    self._kept.popitem(last=False)
        return rows


@cache
def of_this_process() -> Asking:
    """The one that all pages of this process share."""
    return Asking()
