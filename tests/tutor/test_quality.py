"""How well the tutor finds, on questions that people wrote; every fourth question, for time. `bench tutor` asks all."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from learncraft.bench import answering, first_token, question_sets, tutor, tutor_speed
from learncraft.bench.question_sets import QuestionSet
from learncraft.bench.tutor_world import World
from learncraft.db import Database
from learncraft.tutor.embedding import Embedder


def some(one: QuestionSet, *, every: int) -> QuestionSet:
    return replace(one, questions=one.questions[::every])


def test_evidence_is_found_and_answers_are_in_it(
    fresh_database: Database, embedder: Embedder, shared_data: Path
) -> None:
    sets = question_sets.read(shared_data / "retrieval")
    if not sets:
        pytest.skip("no question sets among the shared data")
    xquad, by_words, _ = sets
    world = World(fresh_database, embedder)
    assert answering.retrieval(fresh_database, world, embedder, some(xquad, every=8)).ndcg_at_10 >= 0.965
    assert answering.retrieval(fresh_database, world, embedder, some(by_words, every=6)).ndcg_at_10 >= 0.735
    answered = answering.answering(fresh_database, world, embedder, some(xquad, every=10))
    assert answered.answer_in_best_three >= 0.87
    assert answered.supported_citations == 1.0
    assert answered.refused_unanswerable_at_5_percent >= 0.88
    assert answered.refused_answerable <= 0.08


def test_speed_is_measured_on_what_it_makes(fresh_database: Database, embedder: Embedder) -> None:
    def silent(words: str, share: float) -> None:
        assert words and 0 <= share <= 1

    world = World(fresh_database, embedder)
    found = tutor_speed.measure(fresh_database, world, embedder, 2_000, progress=silent)
    assert found.chunks >= 2_000
    assert found.chunks_a_second > 0
    assert 0 < found.find_p50_ms <= found.find_p95_ms
    first = first_token.measure(fresh_database, world.learner, embedder, tutor_speed.questions(5))
    assert (first.questions, first.p50_ms > 0) == (5, True)
    assert tutor.tables(tutor.TutorReport("here", "model", (), None, (found,), first))
