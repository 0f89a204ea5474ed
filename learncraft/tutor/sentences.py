"""The sentences of passages, and how well each answers a question. Pure.

A passage is about several things; one sentence of it answers. So passages are told apart, and answers made, by their
best sentences: by the question's words in them, the rarer the more, and by the vectors of both.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import log

import numpy as np

from learncraft.tutor.embedding import Embedder, Vectors

LONGEST = 600  # characters of one sentence; what is longer is a table or a listing

_END = re.compile(
    r"(?<=[.!?…])[\"')\]]*\s+(?=[\"'(\[¿¡]*[^\W_a-zà-ÿ])"  # a full stop, and what may begin a sentence
    r"|(?<=[。！？])"
    r"|\n[ \t]*\n"
    r"|\n(?=[ \t]*(?:[-*+]|\d{1,3}[.)]|\|)[ \t])"  # an item of a list, a row of a table
)
_ITEM = re.compile(r"^(?:[-*+]|\d{1,3}[.)])[ \t]+")
_WORD = re.compile(r"[^\W_]+")
_HUMP = re.compile(r"[a-z][A-Z]")
_NAME = re.compile(r"[^\W_]+(?:_[^\W_]+)+|[a-z]+(?:[A-Z][^\W_]*)+")
_UNSAID = ("#", "```", "~~~")
_ENDINGS = ("ing", "ies", "ed", "es", "s")
_SHORTEST_STEM = 3


@dataclass(frozen=True, slots=True)
class Told:
    """A text to take sentences from, with the headings that it stands under."""

    headings: tuple[str, ...]
    text: str


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of one of the texts: `overlap` is the share of the question's words, `cosine` that of the vectors."""

    place: int  # which text
    text: str
    overlap: float
    cosine: float


def split(text: str) -> Iterator[str]:
    """The sentences of a text in order, and rows of tables, word for word; headings and fences of code aside."""
    for piece in _END.split(text):
        said = _ITEM.sub("", piece.strip(), count=1)
        if said.startswith("|"):
            said = said.strip("| \t\n")
        if any(letter.isalnum() for letter in said) and not said.startswith(_UNSAID):
            yield said


def weighed(question: str, texts: Sequence[Told], embedder: Embedder) -> list[Sentence]:
    """All sentences of the texts in order, weighed against the question.

    Raises:
        EmbedderError: the model for vectors doesn't answer.
    """
    read = [_read(told, embedder) for told in texts]
    said = [(place, one) for place, (one_text, _, _) in enumerate(read) for one in one_text]
    if not said:
        return []
    overlaps = _overlaps(words(question), [one for _, one_text, _ in read for one in one_text])
    [asked] = embedder.embed([question])
    cosines = (np.concatenate([vectors for _, _, vectors in read]) @ asked).tolist()
    return [
        Sentence(place, one, overlap, cosine)
        for (place, one), overlap, cosine in zip(said, overlaps, cosines, strict=True)
    ]


@lru_cache(maxsize=2_000)
def _read(told: Told, embedder: Embedder) -> tuple[tuple[str, ...], tuple[frozenset[str], ...], Vectors]:
    """The sentences of a text, the words of each and its vector, headings included.

    Kept for texts that were looked into lately (about 8 kB each): a course's are asked for again and again. Who may
    see a text was decided before it comes here.
    """
    said = tuple(one for one in split(told.text) if len(one) <= LONGEST)
    above = " ".join(told.headings)
    above_words = words(above)
    vectors = embedder.embed([f"{above}\n{one}".strip() for one in said])
    return said, tuple(frozenset(words(one) | above_words) for one in said), vectors


def _overlaps(asked: set[str], said: list[frozenset[str]]) -> list[float]:
    """The share of the asked words in each sentence, by their rarity among the sentences."""
    counted = Counter(word for one in said for word in one & asked)
    rarity = {word: log(1 + len(said) / (0.5 + counted[word])) for word in asked}
    whole = sum(rarity.values()) or 1.0
    return [sum(rarity[word] for word in one & asked) / whole for one in said]


def words(text: str) -> set[str]:
    """The words of a text in lower case, shorn of the commonest endings, so that "joins" meets "join".

    Names of programs are whole, too, as in the database's chunk_words: read_csv is read, csv and readcsv.
    """
    # Few sentences have one, and looking for one takes longer than all the rest.
    found = _NAME.findall(text) if "_" in text or _HUMP.search(text) else ()
    names = (name.replace("_", "").lower() for name in found)
    return {*(_stem(word) for word in _WORD.findall(text.lower())), *names}


@lru_cache(maxsize=20_000)
def _stem(word: str) -> str:
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST_STEM:
            return word[: -len(ending)]
    return word
