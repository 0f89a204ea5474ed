"""How well the tutor finds and answers: nDCG, recall, refusals, answers in the extract, supported citations."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import log2
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from learncraft.accounts.viewer import Viewer
from learncraft.bench.question_sets import Question, QuestionSet
from learncraft.bench.tutor_world import World
from learncraft.db import Database
from learncraft.tutor.embedding import Embedder
from learncraft.tutor.extracting import Extract, extract
from learncraft.tutor.gate import Coverage, is_enough
from learncraft.tutor.retrieval import Evidence, Passage, find

RANKED = 10
FALSE_REFUSALS = 0.05


@dataclass(frozen=True, slots=True)
class Retrieval:
    """How well a set's evidence is found."""

    name: str
    chunks: int
    questions: int
    ndcg_at_10: float
    recall_at_5: float


@dataclass(frozen=True, slots=True)
class Answering:
    """How answers made of sentences turn out, on questions whose answer is one phrase."""

    answer_in_best_three: float
    supported_citations: float
    refused_unanswerable: float  # as the gate stands
    refused_answerable: float
    refused_unanswerable_at_5_percent: float  # at the threshold that refuses 5 % of answerable questions
    threshold_at_5_percent: float


def retrieval(database: Database, world: World, embedder: Embedder, one: QuestionSet) -> Retrieval:
    """Ask all questions of a set, as a learner of the course that has its texts."""
    gains, recalls = [], []
    course = world.course_of(one)
    with database.reading() as session:
        chunks = _chunks(session, course.id)
        for question in one.questions:
            relevant = {
                key for key, lesson, start, end in chunks if _answers(question, course.texts[lesson], start, end)
            }
            found = find(session, world.learner, question.words, course_ids=[course.id], limit=10, embedder=embedder)
            hits = [passage.embedding_id in relevant for passage in found.passages]
            best = sum(1 / log2(rank + 2) for rank in range(min(RANKED, len(relevant))))
            gains.append(sum(hit / log2(rank + 2) for rank, hit in enumerate(hits)) / best)
            recalls.append(sum(hits[:5]) / min(5, len(relevant)))
    return Retrieval(one.name, len(chunks), len(gains), _mean(gains), _mean(recalls))


def _chunks(session: Session, course_id: UUID) -> list[tuple[UUID, UUID, int, int]]:
    rows = session.execute(
        text("SELECT id, lesson_id, start_offset, end_offset FROM content_embeddings WHERE course_id = :id"),
        {"id": course_id},
    )
    return [(row.id, row.lesson_id, row.start_offset, row.end_offset) for row in rows]


def _answers(question: Question, place: int, start: int, end: int) -> bool:
    return any(at == place and start < last and first < end for at, first, last in question.evidence)


def answering(database: Database, world: World, embedder: Embedder, one: QuestionSet) -> Answering:
    """Ask each question in a course that has its answer, and in one that has other articles."""
    answered: list[tuple[Question, Evidence, Extract]] = []
    strangers: list[Coverage] = []
    halves = world.halves_of(one)
    with database.reading() as session:
        for question in one.questions:
            home = next(half for half in halves if question.evidence[0][0] in half.texts.values())
            away = next(half for half in halves if half is not home)
            ask: Callable[[UUID], Evidence] = _asking(session, world.learner, question.words, embedder)
            found = ask(home.id)
            answered.append((question, found, extract(found, embedder)))
            strangers.append(ask(away.id).coverage)
    known = sorted(found.coverage.strength for _, found, _ in answered)
    threshold = known[int(len(known) * FALSE_REFUSALS)]
    cited = [sentence for _, _, answer in answered for sentence in answer.sentences]
    places = halves[0].texts | halves[1].texts
    return Answering(
        answer_in_best_three=_mean([_has(answer, question.answer or "") for question, _, answer in answered]),
        supported_citations=_mean([_is_supported(one.texts, places, it.passage, it.text) for it in cited]),
        refused_unanswerable=_mean([not is_enough(coverage) for coverage in strangers]),
        refused_answerable=_mean([not found.is_enough for _, found, _ in answered]),
        refused_unanswerable_at_5_percent=_mean([coverage.strength < threshold for coverage in strangers]),
        threshold_at_5_percent=threshold,
    )


def _asking(session: Session, viewer: Viewer, words: str, embedder: Embedder) -> Callable[[UUID], Evidence]:
    return lambda course_id: find(session, viewer, words, course_ids=[course_id], embedder=embedder)


def _has(answer: Extract, phrase: str) -> bool:
    said = " ".join(" ".join(one.text.split()) for one in answer.sentences).lower()
    return " ".join(phrase.split()).lower() in said


def _is_supported(texts: tuple[str, ...], places: dict[UUID, int], passage: Passage, sentence: str) -> bool:
    """Whether a cited sentence stands, word for word, in the source at the offsets of its passage."""
    if passage.lesson_id is None:
        return False
    source = texts[places[passage.lesson_id]]
    return sentence in source[passage.start_offset : passage.end_offset]


def _mean(values: list[float] | list[bool]) -> float:
    return sum(values) / len(values) if values else 0.0
