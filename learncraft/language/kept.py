"""Sentences that were kept in English, said in the language of who reads them.

What is written down once and read by several, such as the reason beside a grade, is kept as the English sentence. The
messages that it can have been made of find it again, with what stood in their places; rows of any age are read so.
"""

from __future__ import annotations

import re
from decimal import Decimal

from learncraft.language import numbers
from learncraft.language.messages import _, _n

Told = str | tuple[str, str]  # a message, or one of a thing and many of it
_PLACE = re.compile(r"\{(\w+)\}")
_NUMBER = re.compile(r"\d[\d,]*(?:\.\d{1,3})?")


class Kept:
    """The messages of which sentences of one sort are made; those with more words before those with fewer.

    Numbers in them are written as the reader's language writes them, unless they are kept `verbatim`.
    """

    def __init__(self, *messages: Told, verbatim: bool = False) -> None:
        self._verbatim = verbatim
        forms = [
            (form, message) for message in messages for form in (message if isinstance(message, tuple) else [message])
        ]
        self._known = [(_pattern(form), message) for form, message in forms]

    def said(self, sentence: str) -> str:
        """The sentence in the reader's language; one that nobody knows stays as it is."""
        for pattern, message in self._known:
            if found := pattern.fullmatch(sentence):
                return self._say(message, found.groupdict())
        return sentence

    def _say(self, message: Told, values: dict[str, str]) -> str:
        shown = {name: self._value(value) for name, value in values.items()}
        if isinstance(message, str):
            return _(message, **shown)
        count = int(values.get("count", "1").replace(",", ""))
        return _n(*message, count, **{name: value for name, value in shown.items() if name != "count"})

    def _value(self, value: str) -> str:
        is_number = not self._verbatim and _NUMBER.fullmatch(value)
        return numbers.plain_number(Decimal(value.replace(",", ""))) if is_number else value


def _pattern(message: str) -> re.Pattern[str]:
    parts = _PLACE.split(message)
    return re.compile(
        "".join(
            (r"(?P<count>[\d,]+)" if part == "count" else f"(?P<{part}>.+?)") if place % 2 else re.escape(part)
            for place, part in enumerate(parts)
        ),
        re.S,
    )
