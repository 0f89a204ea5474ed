"""An answer in the words of the course: the sentences that answer best, each with where it stands. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from learncraft.tutor.embedding import Embedder, EmbedderError
from learncraft.tutor.retrieval import Evidence, Passage

SENTENCES = 3
PASSAGES = 5  # the best, whose sentences are looked at
SHORTEST, LONGEST = 20, 600  # characters of a sentence that can stand alone
_END = re.compile(
    r"(?<=[.!?…])[\"')\]]*\s+(?=[\"'(\[]*[A-Z0-9À-ÞΑ-ΩА-Я¿¡])|\n\s*\n|\n(?=\s*(?:[-*+]|\d+[.)])\s)|(?<=[。！？])"
)
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class CitedSentence:
    """A sentence of a passage, word for word."""

    text: str
    passage: Passage
    score: float = 0.0


@dataclass(frozen=True, slots=True)
class Extract:
    """The sentences of an answer, the best first."""

    sentences: tuple[CitedSentence, ...] = ()


def extract(evidence: Evidence, embedder: Embedder) -> Extract:
    """The sentences that answer the question best.

    A sentence counts by the question's words in it, the rarer the more; by its vector; and by its passage's score.
    """
    found = [
        CitedSentence(sentence, passage)
        for passage in evidence.passages[:PASSAGES]
        for sentence in sentences(passage.text)
        if SHORTEST <= len(sentence) <= LONGEST
    ]
    if not found:
        return Extract()
    overlaps = _overlaps(evidence.question, [one.text for one in found])
    cosines = _cosines(evidence.question, [one.text for one in found], embedder)
    scored = [
        CitedSentence(one.text, one.passage, float(overlap + 0.5 * cosine + 0.5 * one.passage.score))
        for one, overlap, cosine in zip(found, overlaps, cosines, strict=True)
    ]
    best: dict[str, CitedSentence] = {}
    for one in sorted(scored, key=lambda one: -one.score):
        best.setdefault(" ".join(one.text.split()).lower(), one)  # chunks overlap
    return Extract(tuple(best.values())[:SENTENCES])


def sentences(text: str) -> Iterator[str]:
    """The sentences of a text, headings and empty lines aside; each is found in the text word for word."""
    for piece in _END.split(text):
        said = (piece or "").strip()
        if said and not said.startswith(("#", "```", "|")):
            yield said


def _overlaps(question: str, texts: list[str]) -> NDArray[np.float64]:
    """The share of the question's words in each text, by their rarity among the texts."""
    words = [_words(text) for text in texts]
    asked = _words(question)
    rarity = {word: np.log(1 + len(texts) / (0.5 + sum(word in one for one in words))) for word in asked}
    whole = sum(rarity.values()) or 1.0
    return np.array([sum(rarity[word] for word in asked & one) / whole for one in words])


def _words(text: str) -> set[str]:
    """Words in lower case, shorn of the commonest endings, so that "joins" meets "join"."""
    return {_stem(word) for word in _WORD.findall(text.lower())}


def _stem(word: str) -> str:
    for ending in ("ing", "ies", "ed", "es", "s"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word


def _cosines(question: str, texts: list[str], embedder: Embedder) -> NDArray[np.float64]:
    try:
        vectors = embedder.embed([question, *texts])
    except EmbedderError:
        return np.zeros(len(texts))
    cosines: NDArray[np.float64] = np.matmul(vectors[1:], vectors[0]).astype(np.float64)
    return cosines
