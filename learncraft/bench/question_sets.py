"""Texts with questions that people wrote and where the answers are: what the tutor's search is measured on.

XQuAD's English paragraphs (`xquad-en/xquad.en.json`) and the chunking evaluation of Chroma (`chunking-eval/`): neither
comes with LearnCraft. A folder that has them is given to `learncraft bench tutor`.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from learncraft.tutor import chunking
from learncraft.tutor.chunking import Chunk, Source

WORDS = 150  # of a piece, as the published figures of chunking-eval have it
_WORD = re.compile(r"\S+")


@dataclass(frozen=True, slots=True)
class Question:
    """A question, the stretches of texts that answer it: (text, start, end), and the answer where it is one phrase."""

    words: str
    evidence: tuple[tuple[int, int, int], ...]
    answer: str | None = None


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """Texts in the order of `titles`, and questions about them. Texts of one title are about one thing."""

    name: str
    titles: tuple[str, ...]
    texts: tuple[str, ...]
    questions: tuple[Question, ...]
    cut: Callable[[Source], list[Chunk]]


def read(folder: Path) -> list[QuestionSet]:
    """The sets that the folder has; none is missing loudly, as none comes with LearnCraft."""
    found = []
    if (xquad := folder / "xquad-en" / "xquad.en.json").is_file():
        found.append(_xquad(xquad))
    if (evaluation := folder / "chunking-eval" / "questions.csv").is_file():
        found.append(_chunking_eval(evaluation, f"chunking-eval, {WORDS} words", by_words))
        found.append(_chunking_eval(evaluation, "chunking-eval, cut as lessons are", chunking.cut))
    return found


def _xquad(path: Path) -> QuestionSet:
    titles: list[str] = []
    texts: list[str] = []
    questions: list[Question] = []
    for article in json.loads(path.read_text(encoding="utf-8"))["data"]:
        for paragraph in article["paragraphs"]:
            place = len(texts)
            titles.append(article["title"])
            texts.append(paragraph["context"])
            questions += [
                Question(one["question"], ((place, 0, len(texts[place])),), one["answers"][0]["text"])
                for one in paragraph["qas"]
            ]
    return QuestionSet("XQuAD, English", tuple(titles), tuple(texts), tuple(questions), whole)


def _chunking_eval(path: Path, name: str, cut: Callable[[Source], list[Chunk]]) -> QuestionSet:
    corpora = sorted(file.stem for file in path.parent.glob("*.md"))
    texts = [(path.parent / f"{corpus}.md").read_text(encoding="utf-8") for corpus in corpora]
    with path.open(newline="", encoding="utf-8") as file:
        questions = [
            Question(
                row["question"],
                tuple(
                    (corpora.index(row["corpus_id"]), one["start_index"], one["end_index"])
                    for one in json.loads(row["references"])
                ),
            )
            for row in csv.DictReader(file)
        ]
    return QuestionSet(name, tuple(corpora), tuple(texts), tuple(questions), cut)


def whole(source: Source) -> list[Chunk]:
    """A paragraph as one chunk."""
    return [Chunk(source.text, (), None, 0, len(source.text))]


def by_words(source: Source) -> list[Chunk]:
    """Pieces of so many words, without overlap."""
    spans = [found.span() for found in _WORD.finditer(source.text)]
    pieces = [(part[0][0], part[-1][1]) for part in (spans[at : at + WORDS] for at in range(0, len(spans), WORDS))]
    return [Chunk(source.text[start:end], (), None, start, end) for start, end in pieces]
