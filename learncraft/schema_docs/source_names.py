"""Which of the five documents names what, and what serves it here: `source_names.tsv`, one line a name.

`decisions.tsv` has the rules that are kept in another way than a document says.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

# The schema merges five documents, each of which describes a learning platform.
DOCUMENTS = {
    "L": "LearnCraft",
    "S": "study platform",
    "P": "AI tutor platform",
    "Q": "course and quiz platform",
    "A": "AI course platform",
}
NOTHING = "-"


@dataclass(frozen=True, slots=True)
class SourceName:
    """A table or column as documents name it, and the tables or columns that serve it."""

    name: str
    sources: str
    served_by: tuple[str, ...]
    why: str


@dataclass(frozen=True, slots=True)
class Decision:
    """A rule, index or type that documents ask for and that another one serves."""

    asked: str
    sources: str
    served_by: str
    why: str


@cache
def source_names() -> tuple[SourceName, ...]:
    """All names, in the order of the file."""
    return tuple(
        SourceName(row["name"], row["sources"], tuple((row["served_by"] or row["name"]).split()), row["why"])
        for row in _rows("source_names.tsv")
    )


@cache
def decisions() -> tuple[Decision, ...]:
    """What is decided otherwise than a document says, in the order of the file."""
    return tuple(Decision(**row) for row in _rows("decisions.tsv"))


def _rows(file: str) -> list[dict[str, str]]:
    text = files(__package__).joinpath(file).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE))


@cache
def by_target() -> dict[str, list[SourceName]]:
    """The names that each table or column serves."""
    found: dict[str, list[SourceName]] = defaultdict(list)
    for name in source_names():
        for target in name.served_by:
            found[target].append(name)
    return dict(found)


def sources_of(target: str) -> str:
    """The letters of the documents that ask for a table or column, in the order of DOCUMENTS."""
    asked = {letter for name in by_target().get(target, []) for letter in name.sources}
    return " ".join(letter for letter in DOCUMENTS if letter in asked)


def also_known_as(target: str) -> list[str]:
    """Other names of a table or column in the documents."""
    return sorted({name.name for name in by_target().get(target, [])} - {target})
