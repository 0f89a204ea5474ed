"""Whether what was found is enough to answer from. Pure.

A tutor that answers from thin evidence makes things up, so thin evidence is refused before any model is asked.
"""

from __future__ import annotations

from dataclasses import dataclass

# Calibrated so that 5 % of answerable questions are refused; `learncraft bench tutor` measures it.
ENOUGH = 0.30
ENOUGH_WITHOUT_WORDS = 0.45  # cosine alone, when the question has no words that a language knows


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much of a question the best passages cover."""

    bm25_share: float = 0.0  # the best BM25 by what all words of the question are worth
    idf_coverage: float = 0.0  # the share of the question's words, by their rarity, that one passage has
    cosine: float = 0.0  # the best one
    has_words: bool = False  # whether the question has words to look for

    @property
    def strength(self) -> float:
        """One number for all of it."""
        return self.idf_coverage * max(self.cosine, 0.0)


def is_enough(coverage: Coverage) -> bool:
    """Whether to answer at all."""
    if not coverage.has_words:
        return coverage.cosine >= ENOUGH_WITHOUT_WORDS
    return coverage.strength >= ENOUGH
