"""The words of all published courses and lessons: collected now and then, asked at each search."""

from __future__ import annotations

import re
from datetime import timedelta

from sqlalchemy import delete, func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from learncraft.enrollment import spelling
from learncraft.enrollment.models import SearchRefresh, SearchWord

MOST_WORDS = 50_000
REFRESH_AFTER = timedelta(minutes=5)
_KEPT = re.compile(r"[^\W\d_][^\W_]{1,39}")
_ROWS = 2_000

_CHANGED = text(
    """
    SELECT EXISTS (SELECT 1 FROM courses WHERE updated_at > :since)
        OR EXISTS (SELECT 1 FROM lessons WHERE updated_at > :since)
    """
)
# Drafts aside: their words are nobody's business yet.
_COLLECT = text(
    r"""
    SELECT word, ndoc
    FROM ts_stat($documents$
        SELECT to_tsvector('simple', concat_ws(' ', title, short_description, search_sentences(tags),
            search_sentences(learning_objectives), search_plain(description)))
        FROM courses
        WHERE status = 'published' AND deleted_at IS NULL
        UNION ALL
        SELECT to_tsvector('simple', concat_ws(' ', l.title, search_sentences(l.learning_objectives),
            lesson_plain(l.content)))
        FROM lessons AS l
        JOIN modules AS m ON m.id = l.module_id
        JOIN courses AS c ON c.id = m.course_id
        WHERE l.is_published AND m.is_published AND c.status = 'published' AND c.deleted_at IS NULL
    $documents$)
    ORDER BY ndoc DESC, word
    LIMIT :most
    """
)


def refresh(session: Session, *, only_if_older: timedelta | None = None) -> int | None:
    """Collect the words anew; returns how many there are.

    None when somebody else is at it, or when nothing changed or it was done within `only_if_older`.
    """
    last = session.scalar(select(SearchRefresh).where(SearchRefresh.id == 1).with_for_update(skip_locked=True))
    if last is None:
        return None
    now = session.execute(select(func.now())).scalar_one()
    if only_if_older is not None and (
        now - last.refreshed_at < only_if_older or not session.scalar(_CHANGED, {"since": last.refreshed_at})
    ):
        return None
    session.execute(text("SET LOCAL statement_timeout = 0"))
    found = {word: documents for word, documents in session.execute(_COLLECT, {"most": MOST_WORDS}) if _fits(word)}
    known = dict(session.execute(select(SearchWord.word, SearchWord.documents)).all())
    _write(session, found, known)
    last.refreshed_at = now
    session.flush()
    return len(found)


def _fits(word: str) -> bool:
    return _KEPT.fullmatch(word) is not None


def _write(session: Session, found: dict[str, int], known: dict[str, int]) -> None:
    """Bring the table from the known words to the found ones; words that stay as they are are not written."""
    new = [
        {"word": word, "documents": documents, "variants": spelling.variants(word)}
        for word, documents in sorted(found.items())
        if word not in known
    ]
    for first in range(0, len(new), _ROWS):
        session.execute(insert(SearchWord).on_conflict_do_nothing(), new[first : first + _ROWS])
    gone = sorted(known.keys() - found.keys())
    for first in range(0, len(gone), _ROWS):
        session.execute(delete(SearchWord).where(SearchWord.word.in_(gone[first : first + _ROWS])))
    changed = [
        {"word": word, "documents": documents}
        for word, documents in found.items()
        if word in known and known[word] != documents
    ]
    if changed:
        session.execute(update(SearchWord), changed)


def corrected(session: Session, words: tuple[str, ...]) -> tuple[str, ...] | None:
    """The words with mistyped ones put right; None when there is nothing to mend. Two queries."""
    known = set(session.scalars(select(SearchWord.word).where(SearchWord.word.in_(words))))
    unknown = [word for word in words if word not in known and spelling.allowed_errors(word)]
    if not unknown:
        return None
    remains = sorted({variant for word in unknown for variant in spelling.variants(word)})
    rows = session.execute(
        select(SearchWord.word, SearchWord.documents)
        .where(SearchWord.variants.overlap(remains))
        .order_by(SearchWord.documents.desc())
        .limit(400)
    )
    candidates = [(word, documents) for word, documents in rows]
    mended = tuple((spelling.best(word, candidates) or word) if word in unknown else word for word in words)
    return mended if mended != words else None
