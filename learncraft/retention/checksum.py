"""One number for the content of many rows, whatever their order: PostgreSQL computes it from a table, Python from a
file.

A row is spelled as the length and text of each value, `-` standing for none, and hashed; the four quarters of all
hashes are added up. A row more, less, twice or changed shows.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, text

from learncraft.retention.columns import KEPT, Column


@dataclass(frozen=True, slots=True)
class Content:
    """What is compared."""

    rows: int
    checksum: str


def of_table(connection: Connection, name: str, columns: Sequence[Column]) -> Content:
    """The content of a table's columns, as PostgreSQL sees it."""
    spelled = " || ".join(
        "coalesce(octet_length({0}) || ':' || {0}, '-')".format(KEPT[column.kept].spelling.format(column.quoted))
        for column in columns
    )
    quarters = ", ".join(
        f"coalesce(sum(('x' || substr(hash, {start}, 8))::bit(32)::bigint), 0)::text" for start in (1, 9, 17, 25)
    )
    question = f"SELECT count(*), {quarters} FROM (SELECT md5({spelled}) AS hash FROM {name}) AS hashed"  # noqa: S608
    count, *sums = connection.execute(text(question)).one()
    return Content(count, "-".join(sums))


class Adding:
    """Adds up the content of rows as they are read from a file."""

    def __init__(self, columns: Sequence[Column]) -> None:
        self._spell = [KEPT[column.kept].spell for column in columns]
        self._rows = 0
        self._sums = [0, 0, 0, 0]

    def add(self, rows: Iterable[Sequence[Any]]) -> None:
        """Count these rows in."""
        for row in rows:
            parts = []
            for spell, value in zip(self._spell, row, strict=True):
                if value is None:
                    parts.append(b"-")
                else:
                    written = spell(value).encode()
                    parts.append(b"%d:%b" % (len(written), written))
            digest = hashlib.md5(b"".join(parts), usedforsecurity=False).digest()
            for place in range(4):
                self._sums[place] += int.from_bytes(digest[4 * place : 4 * place + 4])
            self._rows += 1

    @property
    def content(self) -> Content:
        """Of all rows so far."""
        return Content(self._rows, "-".join(str(number) for number in self._sums))
