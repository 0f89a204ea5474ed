"""The sums of token vectors of texts, word by word: a word is taken apart once, and its sum is kept.

The tokenizer knows no token that goes on over a space or the end of a line, so a text's tokens are those of its words,
one after the other. Taking texts apart was four fifths of the work of the built-in model.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import chain
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]

KEPT = 20_000  # words, about 1 kB each; a course has some thousands
LONGEST = 40  # characters of a word; languages without spaces have longer ones, which nobody meets twice

_WORD = re.compile(r" +[^ \n]*|\n[^ \n]*")
_BEFORE = "\n"  # what a word is put behind, as the tokenizer would take the first one of a text for one after a space
_TOKENS_BEFORE = 2  # the space that it puts before everything, and the end of the line


class WordVectors:
    """The vectors of words of one model. Threads share it."""

    def __init__(self, tokenizer: Any, table: Vectors) -> None:
        self._tokenizer = tokenizer
        self._tokenizer.no_padding()
        self._table = table
        self._lock = Lock()
        self._forget()

    def _forget(self) -> None:
        self._places: dict[str, int] = {}
        self._sums = np.zeros((1_024, self._table.shape[1]), np.float32)

    def sums(self, texts: Sequence[str]) -> Vectors:
        """The sum of the vectors of each text's tokens."""
        words = [_WORD.findall(f" {text}") if text else [] for text in texts]
        short = [said if max(map(len, said), default=0) <= LONGEST else [] for said in words]
        with self._lock:
            places, sums = self._known(short)
        made = np.zeros((len(texts), sums.shape[1]), np.float32)
        for row, said in enumerate(short):
            # One text at a time stays in the processor's cache: twenty times as fast as all of them at once.
            np.add.reduce(sums.take([places[word] for word in said], axis=0), axis=0, out=made[row])
        whole = [row for row, said in enumerate(words) if len(said) != len(short[row])]
        if whole:
            self._add_up([texts[row] for row in whole], 0, [made[row] for row in whole])
        return made

    def _known(self, words: list[list[str]]) -> tuple[dict[str, int], Vectors]:
        """The places of all these words, and the sums that stand there; what is returned is only ever added to."""
        new = [word for word in dict.fromkeys(chain.from_iterable(words)) if word not in self._places]
        if len(self._places) + len(new) > KEPT:
            self._forget()
            new = list(dict.fromkeys(chain.from_iterable(words)))
        if new:
            self._add(new)
        return self._places, self._sums

    def _add(self, words: list[str]) -> None:
        first = len(self._places)
        if first + len(words) > len(self._sums):
            grown = np.zeros((max(2 * len(self._sums), first + len(words)), self._sums.shape[1]), np.float32)
            grown[:first] = self._sums[:first]
            self._sums = grown
        self._add_up([f"{_BEFORE}{word}" for word in words], _TOKENS_BEFORE, list(self._sums[first:][: len(words)]))
        self._places.update(zip(words, range(first, first + len(words)), strict=True))

    def _add_up(self, texts: list[str], skipped: int, into: list[Vectors]) -> None:
        """Write the sum of each text's tokens, from one of them on."""
        taken = self._tokenizer.encode_batch_fast(texts, add_special_tokens=False)
        for one, row in zip(taken, into, strict=True):
            np.add.reduce(self._table.take(one.ids[skipped:], axis=0), axis=0, out=row)
