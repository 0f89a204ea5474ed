"""Regular expressions of authors, matched in a time that no pattern can stretch.

`re` backtracks: a pattern such as `(a|a)*b` keeps it busy for years on forty letters, and it can't be interrupted.
So the structure of a pattern (sequence, choice, repetition) is followed here state by state, all possibilities
at once, in time proportional to pattern times text. What one character may be, and where `^`, `$` and `\\b` hold, is
asked of `re`, so the meaning is the same. References back and lookaround can't be matched this way and are refused.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache

from learncraft.language import _

MAX_TEXT = 1_000
MAX_STATES = 3_000  # a character takes two; a repetition such as x{500} counts 500 times

_ATOM = re.compile(
    r"""\\0[0-7]{0,2} | \\[0-7]{3} | \\x[0-9a-fA-F]{2} | \\u[0-9a-fA-F]{4} | \\U[0-9a-fA-F]{8}
      | \\[^0-9A-Za-z] | \\[aAbBdDfnrsStvwWZ]
      | \[\^?\]?(?:\\.|[^\]\\])*\]
      | [^\\()\[|*+?]""",
    re.VERBOSE | re.DOTALL,
)
_GROUP = re.compile(r"\((?!\?)|\(\?:|\(\?P<[A-Za-z_]\w*>")
_REPEAT = re.compile(r"([*+?])|\{(\d*)(,?)(\d*)\}")
_PLACES = {"^", "$", r"\b", r"\B", r"\A", r"\Z"}


class PatternError(ValueError):
    """The pattern can't be matched safely; the message says why."""


@dataclass(slots=True)
class _State:
    """One step: take a character that `atom` allows (or stand where it holds), then go on to all of `after`."""

    atom: re.Pattern[str] | None = None
    is_place: bool = False
    after: list[_State] = field(default_factory=list)


@dataclass(slots=True)
class _Piece:
    """A part of the pattern with its way in and its way out."""

    start: _State
    end: _State


def problem(pattern: str) -> str | None:
    """Why a pattern can't be used, in words; None when it can."""
    try:
        _compiled(pattern, False)
    except PatternError as error:
        return str(error)
    return None


def matches(pattern: str, text: str, *, case_sensitive: bool) -> bool:
    """Whether the whole text matches, as `re.fullmatch` says. A text longer than MAX_TEXT never does.

    Raises:
        PatternError: the pattern is one that `problem` complains about.
    """
    machine = _compiled(pattern, case_sensitive)
    if len(text) > MAX_TEXT:
        return False
    active = _reachable([machine.start], text, 0)
    for position in range(len(text)):
        passed = [state for state in active if state.atom and not state.is_place and state.atom.match(text, position)]
        active = _reachable([after for state in passed for after in state.after], text, position + 1)
        if not active:
            return False
    return any(state is machine.end for state in active)


def _reachable(states: list[_State], text: str, position: int) -> list[_State]:
    """The states and all that can be reached from them without taking a character."""
    seen: dict[int, _State] = {}
    waiting = list(states)
    while waiting:
        state = waiting.pop()
        if id(state) in seen:
            continue
        seen[id(state)] = state
        if state.atom is None or (state.is_place and state.atom.match(text, position)):
            waiting.extend(state.after)
    return list(seen.values())


@lru_cache(maxsize=256)
def _compiled(pattern: str, case_sensitive: bool) -> _Piece:
    source = pattern.removeprefix("(?i)")
    flags = re.NOFLAG if case_sensitive and source == pattern else re.IGNORECASE
    try:
        re.compile(source, flags)
    except (re.error, OverflowError, RecursionError) as error:
        raise PatternError(_("the pattern can't be read: {error}", error=error)) from error
    builder = _Builder(source, flags)
    piece = builder.choice()
    if builder.at < len(source):
        raise PatternError(_("“{part}” can't be used in a pattern", part=source[builder.at :][:20]))
    return piece


class _Builder:
    """Reads a pattern from left to right and builds its states."""

    def __init__(self, source: str, flags: re.RegexFlag) -> None:
        self.source = source
        self.flags = flags
        self.at = 0
        self.made = 0

    def choice(self) -> _Piece:
        """Alternatives between `|`."""
        whole = _Piece(self._state(), self._state())
        while True:
            branch = self._sequence()
            whole.start.after.append(branch.start)
            branch.end.after.append(whole.end)
            if not self._take("|"):
                return whole

    def _sequence(self) -> _Piece:
        start = end = self._state()
        while self.at < len(self.source) and self.source[self.at] not in "|)":
            piece = self._repeated()
            end.after.append(piece.start)
            end = piece.end
        return _Piece(start, end)

    def _repeated(self) -> _Piece:
        begin = self.at
        piece = self._single()
        finish = self.at
        found = _REPEAT.match(self.source, self.at)
        if found is None or found[0] == "{}":
            return piece
        self.at = found.end()
        if self._take("+"):
            raise PatternError(_("possessive repetition can't be used in a pattern"))
        self._take("?")  # whether it repeats much or little first doesn't matter to a whole match
        low, high = _bounds(found)
        copies = [piece]
        resume, self.at = self.at, finish
        while len(copies) < max(low, high or 0, 1):
            self.at = begin
            copies.append(self._single())
        self.at = resume
        return self._chain(copies, low, high)

    def _chain(self, copies: list[_Piece], low: int, high: int | None) -> _Piece:
        """`copies` one after the other, of which the first `low` are needed; the last repeats if `high` is None."""
        whole = _Piece(self._state(), self._state())
        end = whole.start
        for number, copy in enumerate(copies):
            if number >= low:
                end.after.append(whole.end)
            if high != 0:
                end.after.append(copy.start)
                end = copy.end
        end.after.append(whole.end)
        if high is None:
            copies[-1].end.after.append(copies[-1].start)
        return whole

    def _single(self) -> _Piece:
        group = _GROUP.match(self.source, self.at)
        if group is not None:
            self.at = group.end()
            piece = self.choice()
            self._take(")")
            return piece
        atom = _ATOM.match(self.source, self.at)
        if atom is None:
            raise PatternError(_("“{part}” can't be used in a pattern", part=self.source[self.at : self.at + 20]))
        self.at = atom.end()
        state, end = self._state(), self._state()
        state.atom, state.is_place = _atom(atom[0], self.flags), atom[0] in _PLACES
        state.after.append(end)
        return _Piece(state, end)

    def _take(self, sign: str) -> bool:
        if self.source.startswith(sign, self.at):
            self.at += 1
            return True
        return False

    def _state(self) -> _State:
        self.made += 1
        if self.made > MAX_STATES:
            raise PatternError(_("the pattern is too large: write shorter repetitions"))
        return _State()


def _atom(source: str, flags: re.RegexFlag) -> re.Pattern[str]:
    try:
        return re.compile(source, flags)
    except re.error as error:
        raise PatternError(_("“{part}” can't be used in a pattern", part=source)) from error


def _bounds(found: re.Match[str]) -> tuple[int, int | None]:
    """How often at least and at most; None is without end."""
    if found[1]:
        return {"*": (0, None), "+": (1, None), "?": (0, 1)}[found[1]]
    low = int(found[2] or 0)
    if not found[3]:
        return low, low
    return low, int(found[4]) if found[4] else None
