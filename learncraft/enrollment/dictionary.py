"""The words of all published courses and lessons: counted where a course changed, asked at each search."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from learncraft.enrollment import spelling
from learncraft.enrollment.catalogue_models import SearchCourseWords, SearchRefresh, SearchWord

MOST_OF_A_COURSE = 20_000  # words; a course that has more is a dictionary itself
MOST_NEAR = 400  # words that are compared with mistyped ones
_KEPT = re.compile(r"[^\W\d_][^\W_]{1,39}")
_PIECE = 50  # courses that are read at a time
_ROWS = 2_000

# Drafts aside: their words are nobody's business yet. The mark changes with all that the words come from, and not with
# the number of learners, which touches a course's row each time.
_MARKS = """
    WITH taught AS (
        SELECT m.course_id, count(*) AS lessons, bit_xor(hash_record_extended((l.id, l.updated_at), 0)) AS mark
        FROM lessons AS l
        JOIN modules AS m ON m.id = l.module_id
        WHERE l.is_published AND m.is_published{of_modules}
        GROUP BY m.course_id
    ),
    open AS (
        SELECT c.id, hash_record_extended((
            c.title, c.short_description, c.tags, c.learning_objectives, c.description, taught.lessons, taught.mark
        ), 0) AS mark
        FROM courses AS c
        LEFT JOIN taught ON taught.course_id = c.id
        WHERE c.status = 'published' AND c.deleted_at IS NULL{of_courses}
    )
"""
_CHANGED = text(
    _MARKS.format(of_modules="", of_courses="")  # noqa: S608  # all of it is written here
    + """
    SELECT coalesce(open.id, kept.course_id)
    FROM open
    FULL JOIN search_course_words AS kept ON kept.course_id = open.id
    WHERE open.mark IS DISTINCT FROM kept.mark
    ORDER BY 1
    """
)
_MARKS_OF = text(
    _MARKS.format(  # noqa: S608
        of_modules=" AND m.course_id = ANY(:courses)", of_courses=" AND c.id = ANY(:courses)"
    )
    + "SELECT id, mark FROM open"
)
_WORDS_OF = text(
    """
    WITH documents AS (
        SELECT id AS course_id, to_tsvector('simple', concat_ws(' ', title, short_description, search_sentences(tags),
            search_sentences(learning_objectives), search_plain(description))) AS vector
        FROM courses
        WHERE id = ANY(:courses)
        UNION ALL
        SELECT m.course_id, to_tsvector('simple', concat_ws(' ', l.title, search_sentences(l.learning_objectives),
            lesson_plain(l.content)))
        FROM lessons AS l
        JOIN modules AS m ON m.id = l.module_id
        WHERE m.course_id = ANY(:courses) AND l.is_published AND m.is_published
    )
    SELECT course_id, word, count(*)
    FROM documents, unnest(tsvector_to_array(vector)) AS word
    GROUP BY course_id, word
    ORDER BY course_id, count(*) DESC, word
    """
)
_ADD = text(
    """
    UPDATE search_words AS w
    SET documents = w.documents + more.number
    FROM unnest(CAST(:words AS text[]), CAST(:numbers AS int[])) AS more (word, number)
    WHERE w.word = more.word
    RETURNING w.word
    """
)
_SIMILAR = text(
    """
    SELECT word, similar_word(word) AS found
    FROM unnest(CAST(:words AS text[])) AS word
    WHERE similar_word(word) IS NOT NULL
    """
)


def changed(session: Session) -> list[UUID]:
    """The courses whose words are not those that are counted: new, changed, or no longer open. One query."""
    return list(session.scalars(_CHANGED))


def collect(session: Session, courses: Sequence[UUID]) -> None:
    """Count the words of these courses anew. Who else is at it waits for the end of this transaction."""
    last = session.scalars(select(SearchRefresh).where(SearchRefresh.id == 1).with_for_update()).one()
    more: Counter[str] = Counter()
    for first in range(0, len(courses), _PIECE):
        piece = list(courses[first : first + _PIECE])
        before = session.execute(
            delete(SearchCourseWords)
            .where(SearchCourseWords.course_id.in_(piece))
            .returning(SearchCourseWords.words, SearchCourseWords.documents)
        )
        for words, numbers in before:
            more.subtract(dict(zip(words, numbers, strict=True)))
        after = _read(session, piece)
        if after:
            session.execute(insert(SearchCourseWords), after)
        for course in after:
            more.update(dict(zip(course["words"], course["documents"], strict=True)))
    _add(session, {word: number for word, number in more.items() if number})
    last.refreshed_at = session.execute(select(func.now())).scalar_one()
    session.flush()


def refresh(session: Session) -> int:
    """Count the words of all courses that changed, in the caller's transaction; returns how many courses did."""
    session.execute(text("SET LOCAL statement_timeout = 0"))
    found = changed(session)
    collect(session, found)
    return len(found)


def _read(session: Session, courses: list[UUID]) -> list[dict[str, Any]]:
    """The words of those of the courses that are open, as rows."""
    # The marks come first: what changes between the two questions is found changed again the next time.
    rows: dict[UUID, dict[str, Any]] = {
        course_id: {"course_id": course_id, "mark": mark, "words": [], "documents": []}
        for course_id, mark in session.execute(_MARKS_OF, {"courses": courses})
    }
    for course_id, word, documents in session.execute(_WORDS_OF, {"courses": courses}):
        row = rows.get(course_id)
        if row is not None and _KEPT.fullmatch(word) and len(row["words"]) < MOST_OF_A_COURSE:
            row["words"].append(word)
            row["documents"].append(documents)
    return list(rows.values())


def _add(session: Session, more: dict[str, int]) -> None:
    """Add to the numbers of words, in their order; those that nothing has any more go."""
    words = sorted(more)
    known = set(session.scalars(_ADD, {"words": words, "numbers": [more[word] for word in words]}))
    new = [
        {"word": word, "documents": more[word], "variants": spelling.variants(word)}
        for word in words
        if word not in known and more[word] > 0
    ]
    for first in range(0, len(new), _ROWS):
        session.execute(insert(SearchWord), new[first : first + _ROWS])
    fewer = [word for word in words if more[word] < 0]
    session.execute(delete(SearchWord).where(SearchWord.word.in_(fewer), SearchWord.documents <= 0))


def corrected(session: Session, words: tuple[str, ...]) -> tuple[str, ...] | None:
    """The words with mistyped ones put right; None when there is nothing to mend. Two queries at most."""
    long = [word for word in words if spelling.allowed_errors(word)]
    near = _near(session, long)
    unknown = [word for word in long if word not in near]
    meant = {word: found for word in unknown if (found := spelling.best(word, near.items()))}
    if left := [word for word in unknown if word not in meant]:
        meant |= _similar(session, left)
    mended = tuple(meant.get(word, word) for word in words)
    return mended if mended != words else None


def _near(session: Session, words: list[str]) -> dict[str, int]:
    """Those of the words that are known, and known ones that are near to them, with their numbers of documents."""
    if not words:
        return {}
    remains = sorted({variant for word in words for variant in spelling.variants(word)})
    shortest, longest = (bound(len(word) for word in words) for bound in (min, max))
    is_known = SearchWord.word.in_(words)
    rows = session.execute(
        select(SearchWord.word, SearchWord.documents)
        .where(SearchWord.variants.overlap(remains))  # a known word's own remains are among them
        .where(func.length(SearchWord.word).between(shortest - spelling.MOST_ERRORS, longest + spelling.MOST_ERRORS))
        .order_by(is_known.desc(), SearchWord.documents.desc())
        .limit(MOST_NEAR)
    )
    return {row.word: row.documents for row in rows}


def _similar(session: Session, words: list[str]) -> dict[str, str]:
    """Words that are alike in another way, where the server can tell."""
    rows = session.execute(_SIMILAR, {"words": words})
    return {row.word: row.found for row in rows}
