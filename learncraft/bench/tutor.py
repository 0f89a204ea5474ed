"""All figures of the tutor, in a database made for them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from learncraft.bench import answering, question_sets, tutor_speed
from learncraft.bench.answering import Answering, Retrieval
from learncraft.bench.report import machine
from learncraft.bench.tutor_speed import Speed
from learncraft.bench.tutor_world import World
from learncraft.db import Database
from learncraft.tutor.embedding import Embedder

Progress = Callable[[str, float], None]


@dataclass(frozen=True, slots=True)
class TutorReport:
    """What was measured. `retrieval` and `answering` are empty without the question sets."""

    machine: str
    model: str
    retrieval: tuple[Retrieval, ...]
    answering: Answering | None
    speed: tuple[Speed, ...]


def quality(
    database: Database, embedder: Embedder, folder: Path, progress: Progress
) -> tuple[tuple[Retrieval, ...], Answering | None]:
    """How well the tutor finds and answers, on the sets of a folder."""
    world, sets = World(database, embedder), question_sets.read(folder)
    found: list[Retrieval] = []
    for one in sets:
        progress(one.name, len(found) / (len(sets) + 1))
        found.append(answering.retrieval(database, world, embedder, one))
    phrased = [one for one in sets if all(question.answer for question in one.questions)]
    progress("Answers and refusals", len(found) / (len(sets) + 1))
    return tuple(found), answering.answering(database, world, embedder, phrased[0]) if phrased else None


def speed(database: Database, embedder: Embedder, sizes: Sequence[int], progress: Progress) -> list[Speed]:
    """How fast it is. Each size adds to the one before: give them in rising order."""
    world = World(database, embedder)
    return [tutor_speed.measure(database, world, embedder, size, progress=progress) for size in sizes]


__all__ = ["TutorReport", "machine", "quality", "speed"]
