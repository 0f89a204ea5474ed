"""How well the tutor finds on an installation's own courses, by questions whose lesson somebody knows."""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from learncraft.accounts.viewer import Viewer
from learncraft.db import Database
from learncraft.errors import InvalidInputError
from learncraft.tutor import queries
from learncraft.tutor.embedding import Embedder
from learncraft.tutor.retrieval import Evidence, find

SHOWN = 5


@dataclass(frozen=True, slots=True)
class AskedQuestion:
    """A question, the course that it is asked in (empty: all of the person's), and its lesson (empty: none has it)."""

    question: str
    course: str
    lesson: str


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Shares, 0 to 1, and the questions whose lesson wasn't among the first five passages."""

    asked: int
    first: float
    in_five: float
    refused_answerable: float
    refused_unanswerable: float
    missed: tuple[AskedQuestion, ...]


def read(path: Path) -> list[AskedQuestion]:
    """The questions of a file.

    Raises:
        InvalidInputError: it isn't such a file.
    """
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            rows = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError, csv.Error):
        raise InvalidInputError("{path} can't be read as a .csv file in UTF-8.", path=path) from None
    if not rows or "question" not in rows[0]:
        raise InvalidInputError("{path} needs a first line with the columns question, course and lesson.", path=path)
    return [
        AskedQuestion(row["question"], (row.get("course") or "").strip(), (row.get("lesson") or "").strip())
        for row in rows
    ]


def evaluate(
    database: Database,
    viewer: Viewer,
    asked: Sequence[AskedQuestion],
    embedder: Embedder,
    *,
    progress: Callable[[str, float], None] = lambda _words, _share: None,
) -> Evaluation:
    """Ask all of them as one person.

    Raises:
        NotFoundError: there is no course of a name.
    """
    found: list[tuple[AskedQuestion, Evidence]] = []
    with database.reading() as session:
        for place, one in enumerate(asked):
            progress("Asking", place / len(asked))
            courses = [queries.course_named(session, one.course)] if one.course else None
            found.append((one, find(session, viewer, one.question, course_ids=courses, embedder=embedder)))
    known = [(one, evidence) for one, evidence in found if one.lesson]
    ranks = [_rank(one, evidence) for one, evidence in known]
    return Evaluation(
        asked=len(found),
        first=_share([rank == 0 for rank in ranks]),
        in_five=_share([rank is not None for rank in ranks]),
        refused_answerable=_share([not evidence.is_enough for _, evidence in known]),
        refused_unanswerable=_share([not evidence.is_enough for one, evidence in found if not one.lesson]),
        missed=tuple(one for (one, _), rank in zip(known, ranks, strict=True) if rank is None),
    )


def _rank(one: AskedQuestion, evidence: Evidence) -> int | None:
    titles = [passage.lesson_title.casefold() for passage in evidence.passages[:SHOWN]]
    wanted = one.lesson.casefold()
    return titles.index(wanted) if wanted in titles else None


def _share(outcomes: list[bool]) -> float:
    return sum(outcomes) / len(outcomes) if outcomes else 0.0
