"""Documents become rows of content_embeddings: only what changed is cut and embedded again.

What a chunk was, it stays: a chunk whose text and headings are still there keeps its identifier, which citations hold,
and its vector.
"""

from __future__ import annotations

import hashlib
import struct
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, delete, func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from learncraft.db import new_id
from learncraft.tutor import chunking
from learncraft.tutor.chunking import Chunk, Source
from learncraft.tutor.embedding import Embedder
from learncraft.tutor.models import ContentEmbedding, EmbeddedContent, IndexedContent
from learncraft.tutor.sources import Document

PART = 128  # rows that are embedded at once

Cut = Callable[[Source], list[Chunk]]

_COLUMNS = {  # of what is copied, and what PostgreSQL is told that they are: a type of ours receives text
    "id": "uuid",
    "content_type": "text",
    "content_id": "uuid",
    "persona_key": "text",
    "course_id": "uuid",
    "lesson_id": "uuid",
    "owner_id": "uuid",
    "chunk_index": "int4",
    "chunk_text": "text",
    "headings": "text[]",
    "content_hash": "text",
    "block_id": "text",
    "start_offset": "int4",
    "end_offset": "int4",
    "start_seconds": "float8",
    "end_seconds": "float8",
    "language": "text",
    "model": "text",
}
_NUMBERS = {"embedding": ">f4", "embedding_small": ">f2"}
_SENT = {"embedding": "vector_send", "embedding_small": "halfvec_send"}


@dataclass(frozen=True, slots=True)
class Indexed:
    """What an indexing did."""

    documents: int = 0  # that were looked at
    changed: int = 0  # of which these were cut anew
    chunks: int = 0  # that were written
    embedded: int = 0  # of which these needed a vector
    removed: int = 0  # documents that are no more

    def __add__(self, other: Indexed) -> Indexed:
        return Indexed(
            self.documents + other.documents,
            self.changed + other.changed,
            self.chunks + other.chunks,
            self.embedded + other.embedded,
            self.removed + other.removed,
        )


@dataclass(frozen=True, slots=True)
class _Row:
    """One chunk on its way into the table; `vector` is the one it had, as PostgreSQL sends it."""

    document: Document
    place: int
    chunk: Chunk
    content_hash: str
    id: UUID
    vector: bytes | None


def write(session: Session, documents: Sequence[Document], embedder: Embedder, *, cut: Cut = chunking.cut) -> Indexed:
    """Bring the chunks of the documents up to date.

    Raises:
        EmbedderError: the model for vectors doesn't answer; nothing is to be kept of the transaction.
    """
    new = changed(session, documents, embedder.name)
    session.execute(
        update(IndexedContent)
        .where(IndexedContent.content_id.in_({one.content_id for one in documents}))
        .values(indexed_at=func.now())
    )
    if not new:
        return Indexed(documents=len(documents))
    rows = _rows(new, _kept(session, new, embedder), cut)
    for one in new:
        _delete_chunks(session, one)
    embedded = _copy(session, rows, embedder)
    counts = Counter(id(row.document) for row in rows)
    for one in new:
        _note(session, one, embedder.name, chunks=counts[id(one)])
    return Indexed(len(documents), len(new), len(rows), embedded)


def changed(session: Session, documents: Sequence[Document], model: str) -> list[Document]:
    """Those of the documents whose chunks aren't made of what they say."""
    known = _fingerprints(session, documents)
    return [one for one in documents if known.get((*one.key, one.lesson_id)) != one.fingerprint(model)]


def refuse(session: Session, document: Document, model: str, problem: str) -> None:
    """Note why nothing can be found in a document; what was found in it before is forgotten."""
    _delete_chunks(session, document)
    _note(session, document, model, chunks=0, problem=problem)


def _note(session: Session, document: Document, model: str, *, chunks: int, problem: str | None = None) -> None:
    """Remember what a document's chunks were made of, or why it has none."""
    values = {
        "fingerprint": document.fingerprint(model),
        "chunk_count": chunks,
        "problem": problem,
        "indexed_at": func.now(),
    }
    session.execute(
        insert(IndexedContent)
        .values(
            id=new_id(),
            content_type=document.content_type,
            content_id=document.content_id,
            persona_key=document.persona_key,
            lesson_id=document.lesson_id,
            owner_id=document.owner_id,
            **values,
        )
        .on_conflict_do_update(constraint="uq_indexed_contents_content", set_=values)
    )


def remove_others(session: Session, lesson_ids: Sequence[UUID], documents: Iterable[Document]) -> int:
    """Forget what lessons no longer have: a removed video, a variant taken back. Returns how many documents went."""
    kept = {(*one.key, one.lesson_id) for one in documents}
    gone = [
        row
        for row in session.scalars(select(IndexedContent).where(IndexedContent.lesson_id.in_(lesson_ids)))
        if (row.content_type.value, row.content_id, row.persona_key, row.lesson_id) not in kept
    ]
    for row in gone:
        session.execute(
            delete(ContentEmbedding).where(
                ContentEmbedding.content_type == row.content_type,
                ContentEmbedding.content_id == row.content_id,
                ContentEmbedding.persona_key.is_not_distinct_from(row.persona_key),
                ContentEmbedding.lesson_id == row.lesson_id,
            )
        )
        session.delete(row)
    session.flush()
    return len(gone)


def remove_material(session: Session, material_id: UUID) -> int:
    """Forget a person's material; returns 1 when it was there."""
    session.execute(delete(ContentEmbedding).where(_is_material(ContentEmbedding, material_id)))
    gone = session.execute(
        delete(IndexedContent).where(_is_material(IndexedContent, material_id)).returning(IndexedContent.id)
    )
    return len(gone.all())


def _is_material(table: type[ContentEmbedding | IndexedContent], material_id: UUID) -> ColumnElement[bool]:
    return and_(table.content_type == EmbeddedContent.STUDY_MATERIAL, table.content_id == material_id)


def _fingerprints(session: Session, documents: Sequence[Document]) -> dict[tuple[Any, ...], str]:
    rows = session.execute(
        select(
            IndexedContent.content_type,
            IndexedContent.content_id,
            IndexedContent.persona_key,
            IndexedContent.lesson_id,
            IndexedContent.fingerprint,
        ).where(IndexedContent.content_id.in_({one.content_id for one in documents}))
    )
    return {(kind.value, key, persona, lesson): fingerprint for kind, key, persona, lesson, fingerprint in rows}


def _kept(session: Session, documents: Sequence[Document], embedder: Embedder) -> dict[tuple[Any, ...], list[Any]]:
    """The chunks that are there, by their document and their hash: (identifier, vector of the same model)."""
    rows = session.execute(
        text(
            f"SELECT content_type::text, content_id, persona_key, lesson_id, block_id, content_hash, id, "  # noqa: S608
            f"CASE WHEN model = :model THEN {_SENT[embedder.column]}({embedder.column}) END AS vector "
            "FROM content_embeddings WHERE content_id = ANY(CAST(:ids AS uuid[])) ORDER BY chunk_index"
        ),
        {"model": embedder.name, "ids": list({one.content_id for one in documents})},
    )
    kept: dict[tuple[Any, ...], list[Any]] = defaultdict(list)
    for *key, chunk_id, vector in rows:
        kept[tuple(key)].append((chunk_id, vector))
    return kept


def _rows(documents: Sequence[Document], kept: dict[tuple[Any, ...], list[Any]], cut: Cut) -> list[_Row]:
    rows = []
    for document in documents:
        place = 0
        for source in document.sources:
            for chunk in cut(source):
                digest = hashlib.sha256("\n".join((*chunk.headings, "", chunk.text)).encode()).hexdigest()
                same = kept.get((*document.key, document.lesson_id, chunk.block_id, digest))
                chunk_id, vector = same.pop(0) if same else (new_id(), None)
                rows.append(_Row(document, place, chunk, digest, chunk_id, vector))
                place += 1
    return rows


def _delete_chunks(session: Session, document: Document) -> None:
    session.execute(
        delete(ContentEmbedding).where(
            ContentEmbedding.content_type == document.content_type,
            ContentEmbedding.content_id == document.content_id,
            ContentEmbedding.persona_key.is_not_distinct_from(document.persona_key),
            ContentEmbedding.lesson_id.is_not_distinct_from(document.lesson_id),
        )
    )


def _copy(session: Session, rows: list[_Row], embedder: Embedder) -> int:
    """Write the rows, with vectors for those that have none; returns how many those were.

    While PostgreSQL reads one part, the model works on the next.
    """
    connection = session.connection().connection.driver_connection
    assert connection is not None
    statement = f"COPY content_embeddings ({', '.join(_COLUMNS)}, {embedder.column}) FROM STDIN (FORMAT BINARY)"
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        copy.set_types([*_COLUMNS.values(), "bytea"])  # vectors go as they are packed here
        for first in range(0, len(rows), PART):
            part = rows[first : first + PART]
            new = [row for row in part if row.vector is None]
            made = dict(zip((row.id for row in new), _vectors(new, embedder), strict=True))
            for row in part:
                copy.write_row(_values(row, embedder.name, row.vector or made[row.id]))
    return sum(row.vector is None for row in rows)


def _vectors(rows: list[_Row], embedder: Embedder) -> list[bytes]:
    """The vectors of rows as PostgreSQL receives them: how many numbers, nothing, and the numbers, most significant
    byte first. Written out in digits they took a third of the time of indexing.
    """
    vectors = embedder.embed([_said(row.chunk) for row in rows])
    head = struct.pack(">hh", vectors.shape[1], 0)
    return [head + row.tobytes() for row in vectors.astype(_NUMBERS[embedder.column])]


def _said(chunk: Chunk) -> str:
    """What a chunk's vector is made of: a short text means what its headings say."""
    return "\n".join((*chunk.headings, chunk.text))


def _values(row: _Row, model: str, vector: bytes) -> tuple[Any, ...]:
    document, chunk = row.document, row.chunk
    return (
        row.id,
        document.content_type.value,
        document.content_id,
        document.persona_key,
        document.course_id,
        document.lesson_id,
        document.owner_id,
        row.place,
        chunk.text,
        list(chunk.headings),
        row.content_hash,
        chunk.block_id,
        chunk.start,
        chunk.end,
        chunk.start_seconds,
        chunk.end_seconds,
        document.language,
        model,
        vector,
    )
