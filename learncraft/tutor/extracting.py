"""An answer in the words of the course: the sentences that answer best, each with where it stands. Pure."""

from __future__ import annotations

import re
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from learncraft.tutor import sentences
from learncraft.tutor.embedding import Embedder, EmbedderError, built_in
from learncraft.tutor.retrieval import Evidence, Passage
from learncraft.tutor.sentences import Sentence

SENTENCES = 3
PASSAGES = 5  # the best, whose sentences are looked at
SHORTEST = 20  # characters of a sentence that can stand alone
LEADING_ON = 0.3  # what a sentence loses that asks, or tells what will be told
WORTH_SAYING = 0.6  # of the best sentence's score, for what is said after it was
EXAMPLE = 0.3  # what one gains that gives an example, where one is wanted

_EXAMPLE = re.compile(r"\b(?:for example|for instance|e\.g\.|such as|imagine|suppose|like an?|compare)\b|`|=", re.I)


@dataclass(frozen=True, slots=True)
class CitedSentence:
    """A sentence of a passage, word for word."""

    text: str
    passage: Passage
    score: float


@dataclass(frozen=True, slots=True)
class Extract:
    """The sentences of an answer, the best first."""

    sentences: tuple[CitedSentence, ...] = ()


def extract(
    evidence: Evidence,
    embedder: Embedder | None = None,
    *,
    unlike: AbstractSet[str] = frozenset(),
    likes_examples: bool = False,
) -> Extract:
    """The sentences that answer the question best; none when there are none to choose from.

    A sentence counts by the question's words in it, by its vector, and by its passage's score. `unlike` are sentences
    that were said before, in lower case.
    """
    passages = evidence.passages[:PASSAGES]
    told = [sentences.Told(one.headings, one.text) for one in passages]
    try:
        weighed = sentences.weighed(evidence.question, told, embedder or built_in())
    except EmbedderError:
        weighed = sentences.weighed(evidence.question, told, built_in())
    scored = [
        CitedSentence(
            one.text,
            passages[one.place],
            _score(one, passages[one.place]) + (EXAMPLE if likes_examples and _EXAMPLE.search(one.text) else 0.0),
        )
        for one in weighed
        if len(one.text) >= SHORTEST
    ]
    best: dict[str, CitedSentence] = {}
    for one in sorted(scored, key=lambda one: -one.score):
        best.setdefault(" ".join(one.text.split()).lower(), one)  # chunks overlap
    enough = WORTH_SAYING * max((one.score for one in scored), default=0.0) if unlike else 0.0
    left = (one for said, one in best.items() if said not in unlike and one.score >= enough)
    return Extract(tuple(left)[:SENTENCES])


def _score(one: Sentence, passage: Passage) -> float:
    score = one.overlap + 0.5 * one.cosine + 0.5 * passage.score
    leads_on = one.text.endswith((":", "?")) or _is_about_lesson(passage)
    return score - LEADING_ON if leads_on else score


def _is_about_lesson(passage: Passage) -> bool:
    """Whether it is a lesson's description and objectives: they lead to the lesson, and rarely answer."""
    return passage.content_type == "lesson" and passage.block_id is None
