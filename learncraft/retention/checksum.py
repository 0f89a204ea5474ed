"""One number for the content of many rows, whatever their order: PostgreSQL computes it from a table, Python from a
file.

A row is spelled as the length and text of each value, `-` standing for none, and hashed; the four quarters of all
hashes are added up. A row more, less, twice or changed shows.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import Connection, text

from learncraft.retention.columns import KEPT, Column

_QUARTERS = struct.Struct(">4I")


@dataclass(frozen=True, slots=True)
class Content:
    """What is compared."""

    rows: int
    checksum: str


def of_table(connection: Connection, name: str, columns: Sequence[Column]) -> Content:
    """The content of a table's columns, as PostgreSQL sees it."""
    spelled = ", ".join(
        f"{KEPT[column.kept].spelling.format(column.quoted)} AS c{place}" for place, column in enumerate(columns)
    )
    row = " || ".join(f"coalesce(octet_length(c{place}) || ':' || c{place}, '-')" for place in range(len(columns)))
    quarters = ", ".join(
        f"coalesce(sum(('x' || substr(hash, {start}, 8))::bit(32)::bigint), 0)::text" for start in (1, 9, 17, 25)
    )
    # OFFSET 0 has each value spelled once, and not once for its length and once for itself.
    rows = f"SELECT md5({row}) AS hash FROM (SELECT {spelled} FROM {name} OFFSET 0) AS spelled"  # noqa: S608
    question = f"SELECT count(*), {quarters} FROM ({rows}) AS hashed"  # noqa: S608
    count, *sums = connection.execute(text(question)).one()
    return Content(count, "-".join(sums))


class Adding:
    """Adds up the content of rows as they are read from a file."""

    def __init__(self, columns: Sequence[Column]) -> None:
        self._columns = columns
        self._rows = 0
        self._sums = [0, 0, 0, 0]

    def add(self, rows: pa.RecordBatch) -> None:
        """Count these rows in."""
        parts = [_spelled(KEPT[column.kept].spell(rows.column(column.name))) for column in self._columns]
        for row in pc.binary_join_element_wise(*parts, "").to_pylist():
            digest = hashlib.md5(row.encode(), usedforsecurity=False).digest()
            for place, quarter in enumerate(_QUARTERS.unpack(digest)):
                self._sums[place] += quarter
        self._rows += rows.num_rows

    @property
    def content(self) -> Content:
        """Of all rows so far."""
        return Content(self._rows, "-".join(str(number) for number in self._sums))


def _spelled(values: pa.Array) -> pa.Array:
    lengths = pc.binary_length(values).cast(pa.string())
    return pc.fill_null(pc.binary_join_element_wise(lengths, values, ":"), "-")
