"""What an answer is made of, whichever way it was asked for. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from learncraft.tutor import citing
from learncraft.tutor.extracting import CitedSentence
from learncraft.tutor.inert import one_line
from learncraft.tutor.retrieval import Passage

READ_ON = "Read on in **{place}**."


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence with its source: word for word, or in words of ours about it."""

    text: str
    passage: Passage
    is_quote: bool = True


@dataclass(frozen=True, slots=True)
class Material:
    """What the tutor has to say without a model, and what a model may say it from."""

    lines: tuple[Line, ...] = ()
    opening: str = ""
    closing: str = ""
    sources: tuple[Passage, ...] = ()  # for a model; without any it isn't asked
    task: str = ""  # what a model is told beside the question
    comparisons: int = 0  # sentences of a model's own that it may add, marked as such
    is_refused: bool = False
    about: Passage | None = None  # where in the courses the question belongs


def quotes(sentences: tuple[CitedSentence, ...]) -> tuple[Line, ...]:
    """Sentences of the course, word for word."""
    return tuple(Line(one.text, one.passage) for one in sentences)


def read_on(sentences: tuple[CitedSentence, ...]) -> str:
    """Where the best of them stands."""
    return READ_ON.format(place=one_line(citing.place(sentences[0].passage))) if sentences else ""


def pieces(material: Material, used: dict[int, Passage], said: dict[int, str]) -> Iterator[str]:
    """The material in words of its own. `used` and `said` learn which number stands for which passage and quote."""
    numbers = {passage.embedding_id: number for number, passage in used.items()}
    if material.opening:
        yield f"{material.opening}\n\n"
    for line in material.lines:
        number = numbers.setdefault(line.passage.embedding_id, max(numbers.values(), default=0) + 1)
        used[number] = line.passage
        said.setdefault(number, line.text)
        yield f"{'> ' if line.is_quote else ''}{one_line(line.text)} [{number}]\n\n"
    if material.closing:
        yield material.closing
