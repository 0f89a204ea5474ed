"""Whether what was found is enough to answer from. Pure.

A tutor that answers from thin evidence makes things up, so thin evidence is refused before any model is asked. No
signal alone is good enough: in a course about one thing every question sounds like it, and a rare word may be there by
chance.
"""

from __future__ import annotations

from dataclasses import dataclass

# Together they refuse about 95 of 100 questions that a course doesn't answer, and 5 of 100 that it does
# (docs/tutor.md; `learncraft bench tutor` measures it).
ENOUGH = 1.2
ENOUGH_WITHOUT_WORDS = 0.9  # vectors alone, when the question has no words to look for


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much of a question the best passages cover. All zero when nothing was found."""

    bm25_share: float = 0.0  # the best BM25 by what all words of the question are worth
    idf_coverage: float = 0.0  # the share of the question's words, by their rarity, that one passage has
    cosine: float = 0.0  # of the best passage's vector
    sentence_cosine: float = 0.0  # of the best sentence's vector
    has_words: bool = False  # whether the question has words to look for

    @property
    def strength(self) -> float:
        """One number for all of it."""
        return self.bm25_share + max(self.cosine, 0.0) + max(self.sentence_cosine, 0.0)


def is_enough(coverage: Coverage) -> bool:
    """Whether to answer at all."""
    return coverage.strength >= (ENOUGH if coverage.has_words else ENOUGH_WITHOUT_WORDS)
