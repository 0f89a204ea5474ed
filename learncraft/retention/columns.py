"""How each type of PostgreSQL is kept in Parquet and brought back as it was, and one spelling for both sides.

A value that Parquet's own type can't hold (an infinite date, NaN among numbers) turns its whole column to text, in
PostgreSQL's spelling, for that file. The manifest says which column is kept how.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import Connection, text

_NUMERIC = re.compile(r"numeric\((\d+),(\d+)\)")
_INTEGERS = {"smallint": pa.int16(), "integer": pa.int32(), "bigint": pa.int64()}
_FLOATS = {"double precision": pa.float64(), "real": pa.float32()}
_MOMENT = "timestamp with time zone"
_MOST_DIGITS = 38  # of Parquet's decimal


@dataclass(frozen=True, slots=True)
class Kept:
    """One way of keeping values."""

    select: str  # what is asked of PostgreSQL, with {} for the column
    spelling: str  # the text that is compared, as PostgreSQL makes it
    spell: Callable[[pa.Array], pa.Array]  # the same text, from the values in the file
    restore: Callable[[pa.Array], pa.Array]  # the text that PostgreSQL reads as the value


def _as_text(values: pa.Array) -> pa.Array:
    return values.cast(pa.string())


def _each(write: Callable[[Any], str]) -> Callable[[pa.Array], pa.Array]:
    def written(values: pa.Array) -> pa.Array:
        return pa.array([None if value is None else write(value) for value in values.to_pylist()], pa.string())

    return written


def _microseconds(values: pa.Array) -> pa.Array:
    return values.cast(pa.int64()).cast(pa.string())


def _moment(values: pa.Array) -> pa.Array:
    written = values.cast(pa.timestamp("us")).cast(pa.string())  # in UTC, which it doesn't say
    return pc.binary_join_element_wise(written, "+00", "")


_digits = _each(lambda value: format(value, "f"))
_hex = _each(lambda value: value.hex())
_bits = _each(lambda value: struct.pack(">d", value).hex())
_flag = _each(lambda value: "1" if value else "0")

KEPT: dict[str, Kept] = {
    "text": Kept("{}::text", "{}::text", _as_text, _as_text),
    "bool": Kept("{}", "({}::int)::text", _flag, _flag),
    "integer": Kept("{}", "{}::text", _as_text, _as_text),
    "float": Kept("{}::float8", "encode(float8send({}::float8), 'hex')", _bits, _each(repr)),
    "uuid": Kept("uuid_send({})", "encode(uuid_send({}), 'hex')", _hex, _hex),
    "moment": Kept(
        "(extract(epoch FROM {}) * 1000000)::bigint",
        "((extract(epoch FROM {}) * 1000000)::bigint)::text",
        _microseconds,
        _moment,
    ),
    "decimal": Kept("{}::text", "{}::text", _digits, _digits),
    "xid8": Kept("{}::text", "{}::text", _as_text, _as_text),
}


@dataclass(frozen=True, slots=True)
class Column:
    """One column of an archive."""

    name: str
    type: str  # PostgreSQL's
    kept: str  # a key of KEPT

    @property
    def quoted(self) -> str:
        """Its name as SQL writes it."""
        return '"' + self.name.replace('"', '""') + '"'

    @property
    def arrow(self) -> pa.DataType:
        """Its type in the file."""
        if self.kept in {"integer", "float"}:
            return (_INTEGERS | _FLOATS)[self.type]
        if self.kept == "decimal":
            precision, scale = _digits_of(self.type)
            return pa.decimal128(precision, scale)
        plain = {
            "bool": pa.bool_(),
            "uuid": pa.binary(16),
            "moment": pa.timestamp("us", tz="UTC"),
            "xid8": pa.uint64(),
        }
        return plain.get(self.kept, pa.string())

    def array(self, values: list[Any]) -> pa.Array:
        """Values as PostgreSQL gave them, for the file."""
        if self.kept == "moment":
            return pa.array(values, pa.int64()).cast(self.arrow)
        if self.kept == "xid8":
            return pa.array([None if value is None else int(value) for value in values], self.arrow)
        if self.kept == "decimal":
            return pa.array(values, pa.string()).cast(self.arrow)
        return pa.array(values, self.arrow)


def columns_of(connection: Connection, table: str, rows_of: str) -> list[Column]:
    """The columns of a table that hold values of their own, and how those of one partition can be kept."""
    found = connection.execute(
        text(
            "SELECT attname AS name, format_type(atttypid, atttypmod) AS type FROM pg_attribute "
            "WHERE attrelid = to_regclass(:table) AND attnum > 0 AND NOT attisdropped AND attgenerated = '' "
            "ORDER BY attnum"
        ),
        {"table": table},
    )
    columns = [Column(row.name, row.type, _best(row.type)) for row in found]
    doubtful = [column for column in columns if column.kept in {"moment", "decimal"}]
    if doubtful:
        fits = ", ".join(f"coalesce(bool_and({_fits(column)}), true)" for column in doubtful)
        answers = connection.execute(text(f'SELECT {fits} FROM "{rows_of}"')).one()  # noqa: S608  # names of the catalogue
        as_text = {column.name for column, fit in zip(doubtful, answers, strict=True) if not fit}
        columns = [Column(c.name, c.type, "text") if c.name in as_text else c for c in columns]
    return columns


def _best(kind: str) -> str:
    if kind in _INTEGERS:
        return "integer"
    if kind in _FLOATS:
        return "float"
    if _NUMERIC.fullmatch(kind):
        precision, scale = _digits_of(kind)
        return "decimal" if scale <= precision <= _MOST_DIGITS else "text"
    return {"boolean": "bool", "uuid": "uuid", _MOMENT: "moment", "xid8": "xid8"}.get(kind, "text")


def _fits(column: Column) -> str:
    if column.kept == "decimal":
        return f"{column.quoted} <> 'NaN'"
    return f"{column.quoted} >= '0001-01-01 00:00:00+00' AND {column.quoted} < '9999-12-31 00:00:00+00'"


def _digits_of(kind: str) -> tuple[int, int]:
    found = _NUMERIC.fullmatch(kind)
    assert found is not None
    return int(found[1]), int(found[2])
