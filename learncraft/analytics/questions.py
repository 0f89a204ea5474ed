"""The questions that charts answer: each is one SQL file of its own name and one function that gives typed rows.

`QUESTIONS` is the register that pages, the benchmark, the guide docs/analytics.md and the truth tests go by.
"""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Generic, TypeVar

from learncraft import sql
from learncraft.analytics.scope import Scope
from learncraft.analytics.store import EventStore

Row = TypeVar("Row")

# The files whose functions are questions.
FILES = ("engagement", "funnel", "lessons", "video", "items", "retention", "at_risk", "practice", "tutor", "learner")
FILES_OF_PLATFORM = ("platform",)


class Of(StrEnum):
    """What a question can be asked of. One about lessons or questions has rows that mean something in one course."""

    COURSE = "course"
    PLATFORM = "platform"
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class Question(Generic[Row]):
    """One question: what a person asks, how the answer is counted, and the function that asks it."""

    key: str
    title: str
    counted: str
    function: Callable[..., list[Row]]
    of: Of
    needs: tuple[str, ...]  # what it wants to know beyond the scope

    def __call__(self, store: EventStore, scope: Scope, **more: object) -> list[Row]:
        """The answer for a scope.

        Raises:
            EventStoreUnavailable: the store doesn't answer, or the question takes more than it may.
        """
        return self.function(store, scope, **more)

    def sql(self, scope: Scope) -> str:
        """The SQL as it is sent for a scope, to read."""
        return scope.render(sql.text(f"charts/{self.key}"))


QUESTIONS: dict[str, Question[Any]] = {}


def question(title: str, *, counted: str, of: Of = Of.COURSE) -> Callable[[Callable[..., list[Row]]], Question[Row]]:
    """Register a function as the one that answers a question; sql/charts has a file of its name."""

    def register(function: Callable[..., list[Row]]) -> Question[Row]:
        needs = tuple(
            name
            for name, parameter in inspect.signature(function).parameters.items()
            if parameter.kind is inspect.Parameter.KEYWORD_ONLY and parameter.default is inspect.Parameter.empty
        )
        made = Question(function.__name__, title, counted, function, of, needs)
        QUESTIONS[made.key] = made
        return made

    return register


def every_question() -> dict[str, Question[Any]]:
    """All questions by key, in the order of their files, whichever of them was imported first."""
    files = [f"learncraft.analytics.{file}" for file in (*FILES, *FILES_OF_PLATFORM)]
    for file in files:
        importlib.import_module(file)
    return dict(sorted(QUESTIONS.items(), key=lambda one: files.index(one[1].function.__module__)))


def rows(store: EventStore, row_class: type[Row], key: str, scope: Scope, **more: object) -> list[Row]:
    """The answer of sql/charts/<key>.sql within a scope."""
    statement = scope.render(sql.text(f"charts/{key}"))
    return store.rows_of(row_class, statement, **scope.parameters(), **more)
