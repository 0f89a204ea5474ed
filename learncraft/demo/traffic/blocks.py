"""Told events in the order of receipt, with identifiers of their own, as each store takes them: Arrow for the event
store, columns for PostgreSQL's COPY."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from learncraft.demo.traffic.telling import Told
from learncraft.demo.traffic.visits import DAY_MS, Moments
from learncraft.demo.traffic.world import Ids

_LATE = 0.01  # the share that comes hours later: a telephone that was offline
_IDENTIFIERS = {
    "course_id": "course",
    "module_id": "module",
    "lesson_id": "lesson",
    "object_id": "object",
    "attempt_id": "attempt",
    "cohort_id": "cohort",
}
_NUMBERS = ("score", "max_score", "duration_ms", "position_start", "position_end", "is_correct")


@dataclass(frozen=True, slots=True)
class Block:
    """Events with their identifiers and moments of receipt, in the order of these."""

    ids: Ids
    received_at: Moments
    told: Told

    def __len__(self) -> int:
        return len(self.received_at)

    @property
    def last_id(self) -> bytes:
        """The greatest identifier."""
        return bytes(self.ids[-1])

    def part(self, first: int, last: int) -> Block:
        """Some of the rows."""
        columns = {field.name: getattr(self.told, field.name)[first:last] for field in fields(Told)}
        return Block(self.ids[first:last], self.received_at[first:last], Told(**columns))


def block(random: np.random.Generator, told: Told, *, until: int, most: int | None = None) -> Block:
    """The told events that have come by `until`, at most so many of them."""
    delay = random.exponential(300, len(told)).astype(np.int64)
    late = random.random(len(told)) < _LATE
    delay[late] += random.integers(60_000, 2 * DAY_MS, int(late.sum()))
    received = told.occurred_at + delay
    order = np.argsort(received, kind="stable")
    order = order[received[order] < until][:most]
    columns = {field.name: getattr(told, field.name)[order] for field in fields(Told)}
    return Block(_version_7(random, received[order]), received[order], Told(**columns))


def _version_7(random: np.random.Generator, moments: Moments) -> Ids:
    """UUIDv7 in strictly rising order, as the product makes them: milliseconds, a place among them, chance."""
    rows = random.integers(0, 256, (len(moments), 16), dtype=np.uint8)
    for place in range(6):
        rows[:, place] = moments >> (8 * (5 - place)) & 0xFF
    starts = np.maximum.accumulate(np.where(np.diff(moments, prepend=-1) != 0, np.arange(len(moments)), 0))
    among = np.minimum(np.arange(len(moments)) - starts, 4095)
    rows[:, 6], rows[:, 7] = 0x70 | among >> 8, among & 0xFF
    rows[:, 8] = 0x80 | (rows[:, 8] & 0x3F)
    return rows


def arrow(rows: Block, *, batch_id: int) -> bytes:
    """The rows in Arrow's streaming format, with the columns of the event store."""
    told = rows.told
    columns: dict[str, Any] = {
        "event_id": _fixed(rows.ids),
        "occurred_at": pa.array(told.occurred_at).cast(pa.timestamp("ms", tz="UTC")),
        "received_at": pa.array(rows.received_at).cast(pa.timestamp("ms", tz="UTC")),
        "event_type": pa.array(told.event_type, type=pa.string()).dictionary_encode(),
        "actor_id": _fixed(told.actor),
        **{name: _fixed(getattr(told, short)) for name, short in _IDENTIFIERS.items()},
        **{name: _number(name, getattr(told, name)) for name in _NUMBERS},
        "data": pa.array(told.data, type=pa.string()),
        "batch_id": pa.array(np.full(len(rows), batch_id, dtype=np.uint64)),
    }
    table = pa.table(columns)
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as stream:
        stream.write_table(table)
    return bytes(sink.getvalue())


def columns(rows: Block) -> dict[str, Any]:
    """The rows as columns of PostgreSQL's table."""
    told = rows.told
    return {
        "id": _hexadecimal(rows.ids),
        "created_at": rows.received_at.astype("datetime64[ms]"),
        "occurred_at": told.occurred_at.astype("datetime64[ms]"),
        "user_id": _hexadecimal(told.actor),
        "event_type": told.event_type,
        **{name: _hexadecimal_or_none(getattr(told, short)) for name, short in _IDENTIFIERS.items()},
        **{name: _number(name, getattr(told, name)) for name in _NUMBERS},
        "event_data": told.data,
    }


COLUMNS = [
    *["event_id", "occurred_at", "received_at", "event_type", "actor_id", *_IDENTIFIERS, *_NUMBERS],
    *["data", "batch_id"],
]


def _fixed(ids: Ids) -> Any:
    return pa.FixedSizeBinaryArray.from_buffers(
        pa.binary(16), len(ids), [None, pa.py_buffer(np.ascontiguousarray(ids).tobytes())]
    )


def _number(name: str, values: NDArray[np.float64]) -> Any:
    found = pa.array(values, from_pandas=True)  # NaN is none
    if name in {"score", "max_score"}:
        return found.cast(pa.decimal128(10, 2))
    if name == "duration_ms":
        return found.cast(pa.int32())
    return found.cast(pa.bool_()) if name == "is_correct" else found


def _hexadecimal(ids: Ids) -> Any:
    return np.frombuffer(np.ascontiguousarray(ids).tobytes().hex().encode("ascii"), dtype="S32")


def _hexadecimal_or_none(ids: Ids) -> Any:
    return np.ma.masked_array(_hexadecimal(ids), mask=~ids.any(axis=1))
