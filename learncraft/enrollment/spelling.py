"""The words of a search, and which word was meant by a mistyped one. Pure.

Errors are counted as Damerau (1964) did: a letter too many, too few, another, or two neighbours exchanged. Up to
two are forgiven, fewer in short words. Candidates are found by what remains of a word without one or two of its
first letters (Garbe's symmetric deletes), so that an index over such remains answers, on any PostgreSQL.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import combinations

MAX_WORDS = 10
MAX_LENGTH = 40
MOST_ERRORS = 2
_PREFIX = 7  # letters that remains are made of; an error after them is found by the equal beginnings
_WORD = re.compile(r"[^\W_]+")


def words_of(query: str) -> tuple[str, ...]:
    """The first ten words of what somebody typed, in lower case: letters and digits, whatever else is there."""
    return tuple(word[:MAX_LENGTH] for word in _WORD.findall(storable(query[:2_000]).lower())[:MAX_WORDS])


def storable(typed: str) -> str:
    """What was typed, without what PostgreSQL can't hold: the zero character and halves of characters."""
    return typed.replace("\x00", " ").encode("utf-8", "ignore").decode("utf-8")


def allowed_errors(word: str) -> int:
    """How many errors are forgiven: none in up to two letters, one in up to five, else two."""
    return 0 if len(word) < 3 else 1 if len(word) < 6 else MOST_ERRORS


def variants(word: str) -> list[str]:
    """The beginning of a word, and what is left of it without one or two letters; in order."""
    start = word[:_PREFIX]
    remains = {start}
    for gone in range(1, min(allowed_errors(word), len(start) - 1) + 1):
        remains.update("".join(kept) for kept in combinations(start, len(start) - gone))
    return sorted(remains)


def distance(one: str, other: str, most: int) -> int | None:
    """The errors between two words; None when there are more than `most`."""
    if abs(len(one) - len(other)) > most:
        return None
    one, other = _without_common_ends(one, other)
    before: list[int] = []
    row = list(range(len(other) + 1))
    for place, letter in enumerate(one, 1):
        older, before, row = before, row, [place]
        for column, wanted in enumerate(other, 1):
            cost = min(before[column] + 1, row[-1] + 1, before[column - 1] + (letter != wanted))
            if place > 1 and column > 1 and letter == other[column - 2] and one[place - 2] == wanted:
                cost = min(cost, older[column - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return None
    return row[-1] if row[-1] <= most else None


def _without_common_ends(one: str, other: str) -> tuple[str, str]:
    """What is left of two words without their equal beginnings and ends; it has all the errors."""
    start = _alike(one, other)
    one, other = one[start:], other[start:]
    end = _alike(one[::-1], other[::-1])
    return one[: len(one) - end], other[: len(other) - end]


def _alike(one: str, other: str) -> int:
    """How many letters two words begin with in common."""
    return next(
        (place for place, (letter, wanted) in enumerate(zip(one, other, strict=False)) if letter != wanted),
        min(len(one), len(other)),
    )


def _may_be_near(letters: frozenset[str], other: frozenset[str], most: int) -> bool:
    """Whether so few errors could lead from one set of letters to another. Quick, for most words are far away."""
    return len(letters - other) <= most and len(other - letters) <= most


def best(word: str, known: Iterable[tuple[str, int]]) -> str | None:
    """The word that was meant, of known ones with the number of documents that have them; None when none is near.

    The fewest errors win, then the same first letter, then the more frequent word.
    """
    most, letters = allowed_errors(word), frozenset(word)
    near = [
        (errors, candidate[0] != word[0], -documents, candidate)
        for candidate, documents in known
        if candidate != word
        and _may_be_near(letters, frozenset(candidate), most)
        and (errors := distance(word, candidate, most)) is not None
    ]
    return min(near)[-1] if near else None
