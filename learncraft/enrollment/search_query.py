"""What somebody typed, as PostgreSQL's text search understands it. Nothing that is typed can break it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, cast, func, text
from sqlalchemy.dialects.postgresql import TSQUERY, TSVECTOR
from sqlalchemy.orm import Session

Snippet = tuple[tuple[str, bool], ...]  # pieces of a text, each with whether it is a hit

_START, _STOP = "\x02", "\x03"  # search_plain takes them out of what is shown
_HEADLINE = f"StartSel={_START}, StopSel={_STOP}, MaxWords=28, MinWords=14, MaxFragments=1"

# Both readings of the words in each language that published courses are in: what has stems in one has none in another.
# The last word may go on as the most frequent words do that begin like it: what is stored are stems, which a word
# that is typed half doesn't begin with ("organiz" and "organ"). The readings come back as text, since a constant is
# parsed once, and to_tsquery would be called for each row.
_READ = text(
    r"""
    WITH ends AS (
        SELECT string_agg(' | ''' || word || '''', '') AS words
        FROM (
            SELECT word FROM search_words
            WHERE word >= :beginning AND word < :beginning || U&'\+10FFFF' AND word ~ '^[[:alnum:]]+$'
            ORDER BY documents DESC, word
            LIMIT 8
        ) AS completions
    ),
    spoken AS (
        SELECT DISTINCT language FROM courses WHERE status = 'published' AND deleted_at IS NULL
        UNION
        SELECT 'en'  -- while nothing is published, drafts are looked for
    ),
    readings AS (
        SELECT
            to_tsquery(config, :whole || :last) AS exact,
            to_tsquery(config, :whole || '(' || :last || ':*' || coalesce(ends.words, '') || ')') AS loose
        FROM ends, (SELECT DISTINCT search_config(language) AS config FROM spoken) AS configurations
    )
    SELECT
        coalesce(string_agg(DISTINCT '(' || exact::text || ')', ' | ') FILTER (WHERE numnode(exact) > 0), ''),
        coalesce(string_agg(DISTINCT '(' || loose::text || ')', ' | ') FILTER (WHERE numnode(loose) > 0), '')
    FROM readings
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
    *whole, last = [f"'{word}'" for word in words]
    given = {"beginning": words[-1], "whole": "".join(f"{word} & " for word in whole), "last": last}
    exact, loose = session.execute(_READ, given).one()
    return SearchQuery(words, cast(exact, TSQUERY), cast(loose, TSQUERY))


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
