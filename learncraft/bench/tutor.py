"""All figures of the tutor, in a database made for them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.table import Table

from learncraft.bench import answering, first_token, question_sets, tutor_speed
from learncraft.bench.answering import Answering, Retrieval
from learncraft.bench.first_token import FirstToken
from learncraft.bench.report import machine
from learncraft.bench.tutor_speed import Speed
from learncraft.bench.tutor_world import World
from learncraft.db import Database
from learncraft.tutor.embedding import Embedder

Progress = Callable[[str, float], None]

ASKED = 100  # questions until the first word of a stub model


@dataclass(frozen=True, slots=True)
class TutorReport:
    """What was measured. `retrieval` and `answering` are empty without the question sets."""

    machine: str
    model: str
    retrieval: tuple[Retrieval, ...]
    answering: Answering | None
    speed: tuple[Speed, ...]
    first_token: FirstToken | None


def quality(
    database: Database, world: World, embedder: Embedder, folder: Path, progress: Progress
) -> tuple[tuple[Retrieval, ...], Answering | None]:
    """How well the tutor finds and answers, on the sets of a folder."""
    sets = question_sets.read(folder)
    found: list[Retrieval] = []
    for one in sets:
        progress(one.name, len(found) / (len(sets) + 1))
        found.append(answering.retrieval(database, world, embedder, one))
    phrased = [one for one in sets if all(question.answer for question in one.questions)]
    progress("Answers and refusals", len(found) / (len(sets) + 1))
    return tuple(found), answering.answering(database, world, embedder, phrased[0]) if phrased else None


def measure(
    database: Database, embedder: Embedder, *, sets: Path | None, sizes: Sequence[int], progress: Progress
) -> TutorReport:
    """All of it. The database is filled, and left so: give one that is made for it."""
    world = World(database, embedder)
    found, answered = quality(database, world, embedder, sets, progress) if sets is not None else ((), None)
    speeds = [tutor_speed.measure(database, world, embedder, size, progress=progress) for size in sizes]
    words = first_token.measure(database, world.learner, embedder, tutor_speed.questions(ASKED)) if speeds else None
    return TutorReport(machine(), embedder.name, found, answered, tuple(speeds), words)


def tables(report: TutorReport) -> list[Table]:
    """The report for people."""
    found = _table("Finding", ("Questions", "chunks", "questions", "nDCG@10", "recall@5"))
    for one in report.retrieval:
        found.add_row(
            one.name, f"{one.chunks:,}", f"{one.questions:,}", f"{one.ndcg_at_10:.3f}", f"{one.recall_at_5:.3f}"
        )
    fast = _table("Speed", ("Chunks", "indexed/s", "find p50 ms", "p95 ms", "answer p50 ms", "p95 ms"))
    for size in report.speed:
        figures = (size.find_p50_ms, size.find_p95_ms, size.answer_p50_ms, size.answer_p95_ms)
        fast.add_row(f"{size.chunks:,}", f"{size.chunks_a_second:,.0f}", *(f"{one:.1f}" for one in figures))
    if (first := report.first_token) is not None:
        fast.caption = (
            f"First word of a model that answers at once: p50 {first.p50_ms:.1f} ms, p95 {first.p95_ms:.1f} ms"
        )
    if report.answering is None:
        return [fast]
    answers = _table("Answers", ("", "share"))
    for words, share in (
        ("the answer is in the best three sentences", report.answering.answer_in_best_three),
        ("cited sentences stand in their source", report.answering.supported_citations),
        ("unanswerable questions refused", report.answering.refused_unanswerable),
        ("answerable questions refused", report.answering.refused_answerable),
        ("unanswerable refused where 5 % of answerable are", report.answering.refused_unanswerable_at_5_percent),
    ):
        answers.add_row(words, f"{share:.1%}")
    return [found, answers, fast]


def _table(title: str, columns: Sequence[str]) -> Table:
    table = Table(title=title, title_justify="left")
    for place, column in enumerate(columns):
        table.add_column(column, justify="left" if place == 0 else "right")
    return table
