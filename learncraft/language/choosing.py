"""Which languages there are, and which one the reader of this run, request or letter has."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

from babel import Locale

LOCALES = Path(__file__).parent / "locale"
SOURCE = "en"
OFFERED = (SOURCE, *sorted(path.name for path in LOCALES.iterdir() if path.is_dir()))
_ACCEPTED = re.compile(r"\s*([a-zA-Z]{2,3})(?:-[a-zA-Z0-9]+)*\s*(?:;\s*q\s*=\s*([01](?:\.\d{0,3})?))?\s*")

_current: ContextVar[str | None] = ContextVar("language", default=None)
_finders: list[Callable[[], str | None]] = []


def speak(language: str | None) -> None:
    """From here on, in this run or request, messages are in this language; in English when it isn't offered."""
    _current.set(known(language))


@contextmanager
def speaking(language: str | None) -> Iterator[None]:
    """In the block messages are in this language; afterwards in that of before."""
    token = _current.set(known(language))
    try:
        yield
    finally:
        _current.reset(token)


def ask(finder: Callable[[], str | None]) -> None:
    """Name who knows the reader where `speak` wasn't called: a part of a page may run again in a thread of its own."""
    _finders[:] = [finder]


def current() -> str:
    """The language of who reads."""
    named = _current.get()
    if named is not None:
        return named
    for finder in _finders:
        if (found := finder()) is not None:
            speak(found)
            return known(found)
    return SOURCE


def known(language: str | None) -> str:
    """The language if it is offered, else English."""
    return language if language in OFFERED and language is not None else SOURCE


def preferred(accepted: str | None, *, chosen: str | None = None) -> str:
    """What was chosen if it is offered; else what a browser that accepts these likes best; else English."""
    if chosen in OFFERED and chosen is not None:
        return chosen
    wanted = [(-float(one[2] or 1), place, one[1].lower()) for place, one in enumerate(_parts(accepted or "")) if one]
    return next((code for dislike, _, code in sorted(wanted) if dislike and code in OFFERED), SOURCE)


def _parts(accepted: str) -> list[re.Match[str] | None]:
    return [_ACCEPTED.fullmatch(part) for part in accepted[:1000].split(",")]


def name_of(language: str) -> str:
    """What those who speak it call a language, such as 'Deutsch'."""
    return (Locale(language).get_display_name(language) or language).capitalize()
