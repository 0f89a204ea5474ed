"""What two people's words don't share, line by line; and word by word inside a line that both have."""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, groupby

BETWEEN = " …"  # stands for lines that are the same in both

_WORD = re.compile(r"\s*\w+|\s*[^\w\s]|\s+")  # with the space before it: a space alone would be like all others
_ALIKE = 0.4  # of the signs of two lines, from which on one counts as the other, changed
# Lines beside lines, and words beside the same words, that are looked at; beyond, whoever reads gets whole lines.
_MOST_LINES, _MOST_WORDS = 1_000, 1_500_000


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a line. What is changed in a line that stays is marked."""

    text: str
    is_changed: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a difference: its sign (a minus, a plus, or a space for both), and what it says."""

    sign: str
    pieces: tuple[Piece, ...]


def lines(theirs: Iterable[str], mine: Iterable[str], *, around: int = 0) -> tuple[str, ...]:
    """The lines that differ: theirs begin with a minus, one's own with a plus.

    With `around`, so many lines beside them are shown too, after a space, and `BETWEEN` stands for those left out
    between two changes.
    """
    found = list(difflib.unified_diff(list(theirs), list(mine), lineterm="", n=around))[3:]
    between = [BETWEEN] if around else []
    return tuple(shown for line in found for shown in (between if line.startswith("@@") else [line]))


def marked(difference: Iterable[str]) -> list[Line]:
    """The same lines with the words marked that went or came inside a line that is in both, somewhat changed."""
    runs = [(sign, [line[1:] for line in run]) for sign, run in groupby(difference, key=lambda line: line[:1])]
    found: list[Line] = []
    while runs:
        sign, said = runs.pop(0)
        if sign == "-" and runs and runs[0][0] == "+":
            found += _beside(said, runs.pop(0)[1])
        else:
            found += [Line(sign, (Piece(one),)) for one in said]
    return found


def _beside(gone: list[str], came: list[str]) -> Iterator[Line]:
    """Lines that went, then those that came for them."""
    before: list[tuple[Piece, ...]] = [(Piece(one),) for one in gone]
    after: list[tuple[Piece, ...]] = [(Piece(one),) for one in came]
    cut = [_WORD.findall(one) for one in gone], [_WORD.findall(one) for one in came]
    if len(gone) * len(came) <= _MOST_LINES and _meetings(*cut) <= _MOST_WORDS:
        for left, right, match in _pairs(*cut):
            before[left], after[right] = _pieces(match, cut[0][left], cut[1][right])
    yield from (Line("-", pieces) for pieces in before)
    yield from (Line("+", pieces) for pieces in after)


def _meetings(gone: list[list[str]], came: list[list[str]]) -> int:
    """How often a word of one side meets the same word of the other: what it costs to compare both."""
    there = Counter(chain.from_iterable(came))
    return sum(there[word] for word in chain.from_iterable(gone))


def _pairs(gone: list[list[str]], came: list[list[str]]) -> Iterator[tuple[int, int, difflib.SequenceMatcher[str]]]:
    """Which line became which: to each in turn the most alike of those that are left, if it is alike enough."""
    first = 0
    for left, words in enumerate(gone):
        best, found = _ALIKE, None
        for right in range(first, len(came)):
            match = difflib.SequenceMatcher(None, words, came[right], autojunk=False)
            # Lines that share hardly any word are seen so by a quick look.
            if match.quick_ratio() > _ALIKE / 2 and (alike := _alike(match, words, came[right])) > best:
                best, found = alike, (right, match)
        if found is not None:
            yield left, *found
            first = found[0] + 1


def _alike(match: difflib.SequenceMatcher[str], before: list[str], after: list[str]) -> float:
    """Which share of the signs of two lines is the same in both."""
    same = sum(len("".join(before[at : at + size])) for at, _other, size in match.get_matching_blocks())
    return 2 * same / max(1, len("".join(before)) + len("".join(after)))


def _pieces(
    match: difflib.SequenceMatcher[str], before: list[str], after: list[str]
) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    """Both lines in pieces. A sign that stays alone between two changed words isn't left out of the mark."""
    codes = match.get_opcodes()
    found: tuple[list[Piece], list[Piece]] = ([], [])
    for place, (code, *ends) in enumerate(codes):
        cuts = "".join(before[ends[0] : ends[1]]), "".join(after[ends[2] : ends[3]])
        is_inside = 0 < place < len(codes) - 1
        is_changed = code != "equal" or (is_inside and not re.search(r"\w", cuts[0]))
        for pieces, cut in zip(found, cuts, strict=True):
            if cut:
                pieces.append(Piece(cut, is_changed))
    return _joined(found[0]), _joined(found[1])


def _joined(pieces: Sequence[Piece]) -> tuple[Piece, ...]:
    """Neighbours that are both changed, or both not, as one."""
    runs = groupby(pieces, key=lambda piece: piece.is_changed)
    return tuple(Piece("".join(piece.text for piece in run), is_changed) for is_changed, run in runs)
