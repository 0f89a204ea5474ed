"""How easily a text reads, in the languages that there is a formula for. A hint for authors, not a judgement.

English: R. Flesch, "A new readability yardstick", Journal of Applied Psychology 32 (1948):
206.835 - 1.015 words/sentences - 84.6 syllables/words.
German: T. Amstad, "Wie verständlich sind unsere Zeitungen?", Zürich 1978: 180 - words/sentences - 58.5 syllables/words.
Both go from about 0 to 100; syllables are counted as groups of vowels. In other languages nothing is measured.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

HARD_TO_READ = 30  # below it a text is for specialists, by either scale
FEWEST_WORDS = 100  # a shorter text has no level to speak of
_SENTENCE_END = re.compile(r"[.!?]+(?:\s|$)")
_LINK_TARGET = re.compile(r"\]\([^)\s]*[^)]*\)|https?://\S+")


@dataclass(frozen=True, slots=True)
class _Formula:
    base: float
    by_sentence: float
    by_word: float
    word: re.Pattern[str]
    vowels: re.Pattern[str]
    silent_end: str


_FORMULAS = {
    "en": _Formula(206.835, 1.015, 84.6, re.compile(r"[A-Za-z']+"), re.compile(r"[aeiouy]+"), "e"),
    # Two vowels that make one sound stand first; any other vowel is a syllable of its own.
    "de": _Formula(
        180.0,
        1.0,
        58.5,
        re.compile(r"[A-Za-zÄÖÜäöüß]+"),
        re.compile(r"aa|ee|oo|ie|ei|ai|au|eu|äu|ey|ay|[aeiouyäöü]"),
        "",
    ),
}


def is_measured(language: str) -> bool:
    """Whether there is a formula for the language, such as `de-AT`."""
    return _base(language) in _FORMULAS


def ease(prose: str, language: str) -> float | None:
    """How easily a text reads, from about 0 to 100; None when it is too short, or its language isn't measured."""
    formula = _FORMULAS.get(_base(language))
    if formula is None:
        return None
    prose = _LINK_TARGET.sub(" ", prose)
    words = formula.word.findall(prose)
    if len(words) < FEWEST_WORDS:
        return None
    sentences = max(1, len(_SENTENCE_END.findall(prose)))
    syllables = sum(
        max(1, len(formula.vowels.findall(word.lower().removesuffix(formula.silent_end)))) for word in words
    )
    return formula.base - formula.by_sentence * len(words) / sentences - formula.by_word * syllables / len(words)


def _base(language: str) -> str:
    return language.partition("-")[0].lower()
