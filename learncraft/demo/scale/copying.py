"""Columns of numbers and texts into tables: identifiers by the million, and COPY from Arrow's CSV writer."""

from __future__ import annotations

import time
from collections.abc import Mapping
from io import BytesIO
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from psycopg import Connection, sql
from pyarrow import csv

Ids = NDArray[np.bytes_]  # hexadecimal, without dashes
Numbers = NDArray[Any]

_A_MILLISECOND = 4_000  # identifiers that share one, about what a busy server makes
_CSV = csv.WriteOptions(include_header=False, quoting_style="needed")


class IdMaker:
    """UUIDv7 in rising order, as the product makes them, so that they land beside each other in every index."""

    def __init__(self, random: np.random.Generator) -> None:
        self._random = random
        self._made = 0
        self._begun = int(time.time() * 1000) - 86_400_000

    def make(self, count: int) -> Ids:
        """The next identifiers."""
        rows = self._random.integers(0, 256, (count, 16), dtype=np.uint8)
        numbers = np.arange(self._made, self._made + count, dtype=np.int64)
        moments = self._begun + numbers // _A_MILLISECOND
        for place in range(6):
            rows[:, place] = moments >> (8 * (5 - place)) & 0xFF
        order = numbers % _A_MILLISECOND  # fits the twelve bits after the version
        rows[:, 6], rows[:, 7] = 0x70 | order >> 8, order & 0xFF
        rows[:, 8] = 0x80 | (rows[:, 8] & 0x3F)
        self._made += count
        return np.frombuffer(rows.tobytes().hex().encode("ascii"), dtype="S32")


def copy_columns(connection: Connection[Any], table: str, columns: Mapping[str, Any]) -> int:
    """Store rows given as columns by COPY; returns their number. Masked entries and None are NULL."""
    arrays = [_array(values) for values in columns.values()]
    target = BytesIO()
    csv.write_csv(pa.Table.from_arrays(arrays, names=list(columns)), target, _CSV)
    statement = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT csv)").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        view = target.getbuffer()
        for first in range(0, len(view), 1 << 20):
            copy.write(view[first : first + (1 << 20)])
    return len(arrays[0])


def _array(values: Any) -> pa.Array:
    if isinstance(values, np.ma.MaskedArray):
        found = _array(np.ma.getdata(values))
        return pa.compute.if_else(pa.array(~np.ma.getmaskarray(values)), found, pa.scalar(None, found.type))
    if not isinstance(values, np.ndarray):
        return pa.array(values)
    if values.dtype.kind == "S":
        return pa.array(values, type=pa.binary()).cast(pa.string())
    if values.dtype.kind == "M":
        return pa.array(values.astype("datetime64[ms]")).cast(pa.timestamp("ms", tz="UTC"))
    return pa.array(values)
