"""What somebody typed, as PostgreSQL's text search understands it. Nothing that is typed can break it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, cast, func, literal, text
from sqlalchemy.dialects.postgresql import REGCONFIG, TSVECTOR
from sqlalchemy.orm import Session

from learncraft.enrollment.spelling import words_of

Snippet = tuple[tuple[str, bool], ...]  # pieces of a text, each with whether it is a hit

_START, _STOP = "\x02", "\x03"  # search_plain takes them out of what is shown
_HEADLINE = f"StartSel={_START}, StopSel={_STOP}, MaxWords=28, MinWords=14, MaxFragments=1"

# The languages that published courses are in, and the most frequent words that begin like the last one typed: what is
# stored are stems, which a word that is typed half doesn't begin with ("organiz" and "organ").
_AROUND = text(
    """
    SELECT
        ARRAY(
            SELECT DISTINCT search_config(language)::text FROM courses
            WHERE status = 'published' AND deleted_at IS NULL ORDER BY 1
        ),
        ARRAY(
            SELECT word FROM search_words
            WHERE word >= :beginning AND word < :beginning || U&'\\+10FFFF'
            ORDER BY documents DESC, word
            LIMIT 8
        )
    """
)


@dataclass(frozen=True, slots=True)
class SearchQuery:
    """A search in words, and its two readings: `exact` has them as they are, `loose` takes the last as a beginning."""

    words: tuple[str, ...]
    exact: ColumnElement[Any]
    loose: ColumnElement[Any]

    def matches(self, vector: Any) -> ColumnElement[bool]:
        """Whether a vector has all words."""
        return vector.bool_op("@@")(self.loose)  # type: ignore[no-any-return]

    def rank(self, vector: Any) -> ColumnElement[float]:
        """How well a vector fits. Words that are there as typed count double against beginnings."""
        kept = cast(vector, TSVECTOR)
        return func.ts_rank(kept, self.loose) + 2 * func.ts_rank(kept, self.exact)

    def headline(self, language: Any, source: Any) -> ColumnElement[str]:
        """The part of a text where the hits are, for `pieces` to read."""
        return func.ts_headline(func.search_config(language), func.left(source, 20_000), self.loose, _HEADLINE)


def read(session: Session, words: tuple[str, ...]) -> SearchQuery:
    """The search for words from `words_of`. One query."""
    configurations, completions = session.execute(_AROUND, {"beginning": words[-1]}).one()
    *whole, last = [f"'{word}'" for word in words]
    ends = " | ".join([f"{last}:*", *(f"'{word}'" for word in completions if words_of(word) == (word,))])
    return SearchQuery(
        words=words,
        exact=_in_all(configurations, " & ".join([*whole, last])),
        loose=_in_all(configurations, " & ".join([*whole, f"({ends})"])),
    )


def _in_all(configurations: list[str], query: str) -> ColumnElement[Any]:
    """The query read in each language at once: what has stems in one language has none in another."""
    first, *others = [
        func.to_tsquery(cast(literal(name), REGCONFIG), query) for name in configurations or ["pg_catalog.simple"]
    ]
    whole: ColumnElement[Any] = first
    for other in others:
        whole = whole.op("||")(other)
    return whole


def pieces(marked: str) -> Snippet:
    """A headline cut at its marks."""
    found: list[tuple[str, bool]] = []
    for number, part in enumerate(marked.split(_START)):
        hit, stop, rest = part.partition(_STOP)
        if number == 0 or not stop:
            found.append((part.replace(_STOP, ""), False))
        else:
            found.extend([(hit, True), (rest.replace(_STOP, ""), False)])
    return tuple((words, is_hit) for words, is_hit in found if words)
