"""The monthly parts that a table has, and what may be said of each."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime

from sqlalchemy import Connection, text

from learncraft import schema

_BOUNDS = re.compile(r"FROM \('(\d{4}-\d\d-\d\d)[^']*'\) TO \('(\d{4}-\d\d-\d\d)[^']*'\)")
_KEPT = re.compile(r"kept until (\d{4}-\d\d-\d\d)")


@dataclass(frozen=True, slots=True)
class Partition:
    """One month of one table."""

    table: str
    name: str
    key: str  # the column that the months go by
    month: date
    end: date  # exclusive
    rows: int  # as the database guesses
    kept_until: date | None = None  # after it was brought back from an archive

    @property
    def label(self) -> str:
        """The name of its month, such as 2026-11."""
        return f"{self.month:%Y-%m}"


def partitions_of(connection: Connection, table: str) -> list[Partition]:
    """The monthly parts of a table, oldest first. A table that isn't there has none."""
    rows = connection.execute(
        text(
            """
            SELECT
                child.relname AS name,
                pg_get_expr(child.relpartbound, child.oid) AS bounds,
                greatest(child.reltuples, 0)::bigint AS rows,
                coalesce(obj_description(child.oid, 'pg_class'), '') AS said,
                a.attname AS key
            FROM pg_partitioned_table AS p
            JOIN pg_attribute AS a ON a.attrelid = p.partrelid AND a.attnum = p.partattrs[0]
            JOIN pg_inherits AS i ON i.inhparent = p.partrelid
            JOIN pg_class AS child ON child.oid = i.inhrelid
            WHERE p.partrelid = to_regclass(:name)
            ORDER BY child.relname
            """
        ),
        {"name": table},
    )
    found = []
    for row in rows:
        if bounds := _BOUNDS.search(row.bounds):
            kept = _KEPT.search(row.said)
            found.append(
                Partition(
                    table=table,
                    name=row.name,
                    key=row.key,
                    month=date.fromisoformat(bounds[1]),
                    end=date.fromisoformat(bounds[2]),
                    rows=row.rows,
                    kept_until=date.fromisoformat(kept[1]) if kept else None,
                )
            )
    return sorted(found, key=lambda partition: partition.month)


def sort_default(connection: Connection, table: str) -> int:
    """Give rows outside every month a month of their own, in the caller's transaction; returns how many moved."""
    return int(
        connection.scalar(
            text("SELECT sort_default_partition(:table, :months)"), {"table": table, "months": schema.MONTHS_AHEAD}
        )
        or 0
    )


def is_kept(partition: Partition, *, today: date | None = None) -> bool:
    """Whether somebody brought it back a short while ago and still wants it."""
    return partition.kept_until is not None and (today or datetime.now(UTC).date()) <= partition.kept_until


def unshipped(connection: Connection, partition: Partition) -> int:
    """How many of a partition's events the event store hasn't confirmed."""
    return int(
        connection.scalar(
            text(
                f"""
                WITH confirmed AS (
                    SELECT to_xid, to_id FROM event_batches
                    WHERE acknowledged_at IS NOT NULL ORDER BY id DESC LIMIT 1
                )
                SELECT count(*) FROM "{partition.name}"
                WHERE (xid, id) > (
                    coalesce((SELECT to_xid FROM confirmed), '0'::xid8),
                    coalesce((SELECT to_id FROM confirmed), '00000000-0000-0000-0000-000000000000'::uuid)
                )
                """  # noqa: S608  # the name comes from the catalogue
            )
        )
        or 0
    )
