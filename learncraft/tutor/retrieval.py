"""Finding what answers a question, in what the person may read and nowhere else.

Two searches go side by side: BM25 over words, and vectors of a model. Their scores are fused, not their ranks: ranks
hide by how much the first one is better. Then the best are looked into, sentence by sentence. Permission is in the SQL,
before anything is scored.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import TextClause, text
from sqlalchemy.orm import Session

from learncraft import sql
from learncraft.accounts.viewer import Viewer
from learncraft.tutor import embedding, gate
from learncraft.tutor.embedding import Embedder, EmbedderError
from learncraft.tutor.gate import Coverage
from learncraft.tutor.sentences import Sentence, Told, weighed

LONGEST_QUESTION = 2_000  # characters that are read of a question
LOOKED_INTO = 12  # of the fused ones, sentence by sentence
SENTENCE_WEIGHT = 0.3  # of the best sentence's words, and of its vector, beside the passage's score
_TYPES = {"embedding": "vector(1536)", "embedding_small": "halfvec(256)"}


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of a lesson, video, lab, file or material, and how well it fits the question (1 is best)."""

    embedding_id: UUID
    course_id: UUID | None  # None: a material of the person's own
    course_title: str
    module_id: UUID | None
    lesson_id: UUID | None
    lesson_title: str
    content_type: str
    block_id: str | None
    headings: tuple[str, ...]
    text: str
    start_offset: int
    end_offset: int
    start_seconds: float | None
    end_seconds: float | None
    score: float


@dataclass(frozen=True, slots=True)
class Evidence:
    """What was found for a question, the best first, and whether it is enough to answer from."""

    question: str
    passages: tuple[Passage, ...]
    coverage: Coverage
    is_enough: bool

    @property
    def nearest(self) -> Passage | None:
        """What to point at when there isn't enough."""
        return self.passages[0] if self.passages else None


@dataclass(frozen=True, slots=True)
class _Signals:
    """What says how much of the question a passage covers."""

    bm25: float
    covered: float  # the rarity of the question's words that it has
    cosine: float | None
    asked: float | None  # the rarity of all words of the question


def find(
    session: Session,
    viewer: Viewer,
    question: str,
    *,
    course_ids: Sequence[UUID] | None = None,
    lesson_id: UUID | None = None,
    persona: str | None = None,
    limit: int = 8,
    embedder: Embedder | None = None,
) -> Evidence:
    """The passages that answer the question best, among those that the viewer may read. Two queries.

    Those are the published lessons of courses they are in, all of courses they teach, and their own materials.
    `course_ids` and `lesson_id` narrow that down; then free lessons of those courses count too. What is told for
    `persona` counts beside what was chosen. Without an embedder,
    the built-in one is asked. When it doesn't answer, words alone decide.
    """
    asked = _clean(question)
    model = embedder or embedding.built_in()
    scope = {
        "viewer_id": viewer.id,
        "reviews_content": viewer.reviews_content,
        "teaches": viewer.teaches,
        "course_ids": list(course_ids) if course_ids is not None else None,
        "lesson_id": lesson_id,
        "persona": persona,
    }
    passages, signals = _search(session, asked, model, scope, most=max(limit, LOOKED_INTO))
    told = weighed(asked, [Told(one.headings, one.text) for one in passages], embedding.built_in())
    coverage = _coverage(signals, told)
    return Evidence(asked, _by_sentences(passages, told)[:limit], coverage, gate.is_enough(coverage))


def _by_sentences(passages: tuple[Passage, ...], told: list[Sentence]) -> tuple[Passage, ...]:
    """The passages in a better order: those come forward one sentence of which answers.

    The built-in model reads the sentences whatever made the chunks' vectors: a hundred of them take it milliseconds.
    """
    overlaps, cosines = [0.0] * len(passages), [0.0] * len(passages)
    for one in told:
        overlaps[one.place] = max(overlaps[one.place], one.overlap)
        cosines[one.place] = max(cosines[one.place], one.cosine)
    scores = [
        (one.score + SENTENCE_WEIGHT * (overlap + cosine)) / (1 + 2 * SENTENCE_WEIGHT)
        for one, overlap, cosine in zip(passages, overlaps, cosines, strict=True)
    ]
    ordered = sorted(zip(scores, passages, strict=True), key=lambda pair: (-pair[0], pair[1].embedding_id))
    return tuple(replace(one, score=score) for score, one in ordered)


def _clean(question: str) -> str:
    """A question as PostgreSQL can hold it, cut where nobody asks any more."""
    return question.replace("\x00", " ").encode("utf-8", "ignore").decode()[:LONGEST_QUESTION].strip()


def _search(
    session: Session, question: str, model: Embedder, scope: dict[str, Any], *, most: int
) -> tuple[tuple[Passage, ...], list[_Signals]]:
    """The best passages by both searches, the best first, and what says how much they cover."""
    spoken = session.execute(text(sql.text("tutor/question_words")), {"question": question, **scope}).all()
    pairs = [(language, word) for language, words in spoken for word in words]
    rows = session.execute(
        _finding(model.column),
        {
            "languages": [language for language, _ in pairs],
            "quoted": [_quoted(word) for _, word in pairs],
            "vector": _vector(question, model),
            "model": model.name,
            "weight": model.weight,
            "most": most,
            **scope,
        },
    ).mappings()
    passages, signals = [], []
    for row in rows:
        values = {**row, "headings": tuple(row["headings"])}
        signals.append(_Signals(*values.pop("signals")))
        passages.append(Passage(**values))
    return tuple(passages), signals


@cache
def _finding(column: str) -> TextClause:
    return text(sql.text("tutor/find").format(column=column, type=_TYPES[column]))


def _quoted(word: str) -> str:
    """A word as a tsquery writes it. There are no backslashes: chunk_words takes them out."""
    return "'" + word.replace("'", "''") + "'"


def _vector(question: str, model: Embedder) -> str | None:
    """The question's vector as the database reads it; None when the model has nothing to say."""
    try:
        [vector] = model.embed([question])
    except EmbedderError:
        return None
    return "[" + ",".join(f"{number:.6g}" for number in vector) + "]" if vector.any() else None


def _coverage(best: list[_Signals], told: list[Sentence]) -> Coverage:
    """How much of the question they cover, each in its own language."""
    worded = [(one, one.asked) for one in best if one.asked]
    return Coverage(
        bm25_share=max((one.bm25 / asked for one, asked in worded), default=0.0),
        idf_coverage=max((one.covered / asked for one, asked in worded), default=0.0),
        cosine=max((one.cosine or 0.0 for one in best), default=0.0),
        sentence_cosine=max((one.cosine for one in told), default=0.0),
        has_words=bool(worded),
    )
