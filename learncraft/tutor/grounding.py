"""An answer of a language model, held to its sources: what no source bears out doesn't reach anybody. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from secrets import token_hex

import numpy as np

from learncraft.tutor import sentences
from learncraft.tutor.embedding import built_in
from learncraft.tutor.inert import inert, leads
from learncraft.tutor.retrieval import Passage

WORDS_ENOUGH = 0.6  # of a sentence's words in the source that it cites
COSINE_ENOUGH = 0.62  # or this much likeness to a sentence of it

_CITED = re.compile(r"\s*\[(\d{1,2})\]")
_OWN = re.compile(r"\s*\[~(\w*)\]")  # a comparison, which no source can bear out
_ENDS = re.compile(r"(?<=[.!?…])(?:\s*\[(?:\d{1,2}|~\w*)\])+\s*|(?<=[.!?…])\s+|(?<=\])[.!?]?\s+|\n+")


@dataclass(slots=True)
class Checked:
    """What the check has let through and held back so far."""

    used: dict[int, Passage] = field(default_factory=dict)  # by the number that the answer writes
    unsupported: int = 0  # citations, or sentences without any, that no source bears out
    comparisons: int = 0  # how many sentences of its own the model may still add
    mark: str = field(default_factory=lambda: token_hex(3))  # how it marks them; no lesson can know it


def messages(question: str, passages: Sequence[Passage], *, history: str, manner: str = "") -> list[dict[str, str]]:
    """What the model is asked: our rules, and the sources between lines that nobody can guess."""
    fence = f"----- {token_hex(12)} -----"
    sources = "\n\n".join(
        f"[{number}] {' › '.join((one.lesson_title, *one.headings))}\n{one.text}"
        for number, one in enumerate(passages, 1)
    )
    asked = f"{fence}\n{sources}\n{fence}\n\n"
    if history:
        asked += f"So far in this chat:\n{history}\n\n"
    if manner:
        asked += f"{manner}\n\n"
    return [
        {"role": "system", "content": _prompt("answer").format(fence=fence)},
        {"role": "user", "content": f"{asked}Question: {question}"},
    ]


@cache
def _prompt(name: str) -> str:
    return (Path(__file__).parent / "prompts" / f"{name}.md").read_text(encoding="utf-8")


def checked(pieces: Iterable[str], passages: Sequence[Passage], result: Checked) -> Iterator[str]:
    """The sentences of a streamed answer that their sources bear out, each with its citations, as they get whole."""
    rest = ""
    for piece in pieces:
        rest += piece
        *whole, rest = _cut(rest)
        for one in whole:
            yield from _let_through(one, passages, result)
    yield from _let_through(rest, passages, result)


def _cut(text: str) -> list[str]:
    """Sentences with the citations that follow them; the last may not be whole yet."""
    ends = [match.end() for match in _ENDS.finditer(text) if match.end() < len(text) and text[match.end()] != "["]
    return [text[start:end] for start, end in zip([0, *ends], [*ends, len(text)], strict=True)]


def _let_through(sentence: str, passages: Sequence[Passage], result: Checked) -> Iterator[str]:
    cited = [int(number) for number in _CITED.findall(sentence)]
    said = inert(_OWN.sub("", _CITED.sub("", sentence))).strip()
    if not any(letter.isalnum() for letter in said):
        return
    named = [number for number in dict.fromkeys(cited) if 0 < number <= len(passages)]
    result.unsupported += len(set(cited)) - len(named)
    if leads(sentence):  # no answer of ours leads out, so this one isn't ours, whatever else it says
        result.unsupported += 1
        return
    if (own := _OWN.search(sentence)) and not cited:
        is_let_through = own[1] == result.mark and result.comparisons > 0
        result.comparisons -= is_let_through
        result.unsupported += not is_let_through
        if is_let_through:
            yield f"*{said}* "
        return
    borne = [number for number in named if is_supported(said, passages[number - 1])]
    result.unsupported += len(named) - len(borne)
    if not borne:
        borne = [number for number, one in enumerate(passages, 1) if is_supported(said, one)][:1]
    if not borne:
        result.unsupported += not cited
        return
    result.used |= {number: passages[number - 1] for number in borne}
    yield f"{said} {''.join(f'[{number}]' for number in borne)} "


def is_supported(sentence: str, passage: Passage) -> bool:
    """Whether the passage says what the sentence says, as far as words and vectors can tell."""
    told = sentences.words(sentence)
    source = sentences.words(" ".join((*passage.headings, passage.text)))
    if not told:
        return False
    if len(told & source) / len(told) >= WORDS_ENOUGH:
        return True
    if not told & source:
        return False
    vectors = built_in().embed([sentence, *sentences.split(passage.text)])
    return len(vectors) > 1 and float(np.max(vectors[1:] @ vectors[0])) >= COSINE_ENOUGH
