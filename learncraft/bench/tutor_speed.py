"""How fast the tutor indexes and finds, with ten thousand chunks and with a hundred thousand."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from random import Random
from time import perf_counter

from sqlalchemy import text
from sqlalchemy.orm import Session

from learncraft.bench.timing import percentile
from learncraft.bench.tutor_world import World
from learncraft.db import Database
from learncraft.enrollment.models import Enrollment
from learncraft.tutor import indexing
from learncraft.tutor.chunking import Source
from learncraft.tutor.embedding import Embedder
from learncraft.tutor.extracting import extract
from learncraft.tutor.models import EmbeddedContent
from learncraft.tutor.retrieval import find
from learncraft.tutor.sources import Document

COURSES = 200
JOINED = 3
ASKED = 200
LESSON_CHARACTERS = 8_000
_COURSES = Path(__file__).parent.parent / "demo" / "courses"
_SENTENCE = re.compile(r"(?<=[.!?])\s+")


@dataclass(frozen=True, slots=True)
class Speed:
    """Figures of one size."""

    chunks: int
    courses: int
    chunks_a_second: float
    find_p50_ms: float
    find_p95_ms: float
    answer_p50_ms: float  # finding, and the extract
    answer_p95_ms: float


def measure(
    database: Database, world: World, embedder: Embedder, size: int, *, progress: Callable[[str, float], None]
) -> Speed:
    """Fill as many courses as there are with `size` chunks, then ask as a learner who is in three of them."""
    random, spoken = Random(size), _sentences()  # noqa: S311  # chance, not secrecy
    world.leave_all()
    chunks, seconds, joined = 0, 0.0, 0
    while chunks < size:
        progress(f"Indexing {size:,} chunks", chunks / size)
        with database.transaction() as session:
            session.execute(text("SET LOCAL statement_timeout = 0"))
            documents = _course(session, world, random, spoken, size // COURSES, joins=joined < JOINED)
            joined += 1
            began = perf_counter()
            chunks += indexing.write(session, documents, embedder).chunks
            session.flush()
        seconds += perf_counter() - began  # the commit is a part of it
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("SET statement_timeout = 0"))
        connection.execute(text("VACUUM ANALYZE content_embeddings"))
    finding, answering = _ask(database, world, embedder, [_question(random, spoken) for _ in range(ASKED)], progress)
    return Speed(
        chunks,
        joined,
        round(chunks / seconds, 1),
        percentile(finding, 0.5),
        percentile(finding, 0.95),
        percentile(answering, 0.5),
        percentile(answering, 0.95),
    )


def _course(
    session: Session, world: World, random: Random, spoken: list[str], chunks: int, *, joins: bool
) -> list[Document]:
    """A course of about so many chunks, made of sentences of the demo's lessons in any order."""
    texts = []
    for _ in range(max(1, chunks * 850 // LESSON_CHARACTERS)):  # chunks overlap
        said: list[str] = []
        while sum(map(len, said)) < LESSON_CHARACTERS:
            said.append(random.choice(spoken))
        texts.append(" ".join(said))
    course_id, lessons = world.add_course(session, f"Course {random.random()}", texts)
    if joins:
        session.add(Enrollment(user_id=world.learner.id, course_id=course_id))
    return [
        Document(
            EmbeddedContent.LESSON,
            lesson_id,
            "en",
            (Source(said, ((0, f"Lesson {place}"),), "p1"),),
            course_id=course_id,
            lesson_id=lesson_id,
        )
        for place, (lesson_id, said) in enumerate(zip(lessons, texts, strict=True))
    ]


def questions(count: int) -> list[str]:
    """So many questions, always the same."""
    random, spoken = Random(count), _sentences()  # noqa: S311  # chance, not secrecy
    return [_question(random, spoken) for _ in range(count)]


def _sentences() -> list[str]:
    lessons = [file.read_text(encoding="utf-8") for file in sorted(_COURSES.glob("*/*.md"))]
    return [one.strip() for lesson in lessons for one in _SENTENCE.split(lesson) if 20 < len(one) < 300]


def _question(random: Random, spoken: list[str]) -> str:
    """Eight words that stand together somewhere, as a question."""
    words = random.choice(spoken).split()
    first = random.randrange(max(1, len(words) - 8))
    return " ".join(words[first : first + 8]) + "?"


def _ask(
    database: Database, world: World, embedder: Embedder, questions: list[str], progress: Callable[[str, float], None]
) -> tuple[list[float], list[float]]:
    finding, answering = [], []
    for place, question in enumerate(questions):
        progress("Asking", place / len(questions))
        with database.reading() as session:
            session.execute(text("SELECT 1"))  # the connection is there, as in a page that has read before
            began = perf_counter()
            found = find(session, world.learner, question, embedder=embedder)
            finding.append((perf_counter() - began) * 1000)
        extract(found, embedder)
        answering.append((perf_counter() - began) * 1000)
    return finding, answering
