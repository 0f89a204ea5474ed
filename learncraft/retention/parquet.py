"""Rows to a Parquet file and back, a piece at a time."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from sqlalchemy import Connection, text

from learncraft.retention.checksum import Adding, Content
from learncraft.retention.columns import KEPT, Column
from learncraft.retention.errors import ArchiveError

PIECE = 5_000  # rows at a time: few enough that even the longest texts stay below what Arrow holds in one array


def write(connection: Connection, name: str, columns: Sequence[Column], key: str, path: Path) -> None:
    """Write a table's rows, in the order of `key`, and make sure that they are on the disk."""
    selected = ", ".join(f"{KEPT[c.kept].select.format(c.quoted)} AS {c.quoted}" for c in columns)
    question = f'SELECT {selected} FROM "{name}" ORDER BY "{key}"'  # noqa: S608
    shape = pa.schema([pa.field(column.name, column.arrow, metadata={"pg_type": column.type}) for column in columns])
    with pq.ParquetWriter(path, shape, compression="zstd", compression_level=9, write_page_checksum=True) as writer:
        rows = connection.execution_options(stream_results=True, yield_per=PIECE).execute(text(question))
        for piece in rows.partitions(PIECE):
            values = list(zip(*piece, strict=True))
            arrays = [column.array(list(values[place])) for place, column in enumerate(columns)]
            writer.write_batch(pa.record_batch(arrays, schema=shape))
    with path.open("rb") as file:
        os.fsync(file.fileno())


def rows_in(path: Path, columns: Sequence[Column]) -> Iterator[pa.RecordBatch]:
    """The rows of a file, a piece at a time.

    Raises:
        ArchiveError: it can't be read, or lacks a column.
    """
    try:
        with pq.ParquetFile(path, page_checksum_verification=True) as file:
            yield from file.iter_batches(batch_size=PIECE, columns=[column.name for column in columns])
    except (OSError, pa.ArrowException, KeyError) as error:
        raise ArchiveError(f"The archive {path} is damaged. Bring it back from a backup.") from error


def copy_text(rows: pa.RecordBatch, columns: Sequence[Column]) -> str:
    """Rows as COPY reads them: tabs between values, lines between rows, backslashes before what would mislead."""
    values = []
    for column in columns:
        written = KEPT[column.kept].restore(rows.column(column.name))
        for mark, escaped in (("\\", "\\\\"), ("\t", "\\t"), ("\n", "\\n"), ("\r", "\\r")):
            written = pc.replace_substring(written, mark, escaped)
        values.append(pc.fill_null(written, "\\N"))
    return "".join(f"{row}\n" for row in pc.binary_join_element_wise(*values, "\t").to_pylist())


def content_of(path: Path, columns: Sequence[Column]) -> Content:
    """What is in a file, counted by reading it.

    Raises:
        ArchiveError: it can't be read.
    """
    adding = Adding(columns)
    for rows in rows_in(path, columns):
        adding.add(rows)
    return adding.content
