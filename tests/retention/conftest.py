"""A partitioned table of every type, with months that are long over."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import text

from learncraft import schema
from learncraft.db import Database
from learncraft.retention import archiving, partitions, policy
from learncraft.retention.partitions import Partition
from learncraft.settings import Settings

TABLE = """
CREATE TABLE things (
    id uuid NOT NULL DEFAULT new_id(),
    recorded_at timestamptz NOT NULL,
    happened_at timestamptz,
    note text,
    short varchar(20),
    fixed char(5),
    data jsonb,
    raw json,
    amount numeric(10, 2),
    anything numeric,
    small smallint,
    whole integer,
    big bigint,
    ratio double precision,
    rough real,
    yes boolean,
    address inet,
    tags text[],
    bytes bytea,
    day date,
    span interval,
    xid xid8,
    mood mood,
    halved integer GENERATED ALWAYS AS (whole / 2) STORED,
    PRIMARY KEY (id, recorded_at)
) PARTITION BY RANGE (recorded_at)
"""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path)


@pytest.fixture
def things(fresh_database: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    """The table `things`, registered and kept for 12 months, with a partition of January 2024."""
    monkeypatch.setattr(schema, "_PARTITIONED", ("learning_events", "things"))
    monkeypatch.setitem(policy.MONTHS, "things", 12)
    with fresh_database.transaction() as session:
        session.execute(text("CREATE TYPE mood AS ENUM ('glad', 'sad')"))
        session.execute(text(TABLE))
        session.execute(text("CREATE TABLE things_default PARTITION OF things DEFAULT"))
        make_month(session, "things", date(2024, 1, 1))
    yield fresh_database


def make_month(session: object, table: str, month: date) -> None:
    end = (month.replace(day=28) + (date(2000, 1, 5) - date(2000, 1, 1))).replace(day=1)
    session.execute(  # type: ignore[attr-defined]
        text(
            f"CREATE TABLE {table}_{month:%Y_%m} PARTITION OF {table} "
            f"FOR VALUES FROM ('{month} 00:00:00+00') TO ('{end} 00:00:00+00')"
        )
    )


def fill(database: Database, rows: int, *, month: str = "2024-01", table: str = "things") -> None:
    with database.transaction() as session:
        session.execute(
            text(
                f"INSERT INTO {table} (recorded_at, note, whole, data, ratio) "
                "SELECT CAST(:begin AS timestamptz) + n * interval '1 minute', 'note ' || n, n, "
                "jsonb_build_object('n', n), n / 3.0 FROM generate_series(1, :rows) AS n"
            ),
            {"begin": f"{month}-01 00:00:00+00", "rows": rows},
        )


def partition_of(database: Database, month: str = "2024-01", table: str = "things") -> Partition:
    with database.engine.connect() as connection:
        return next(found for found in partitions.partitions_of(connection, table) if found.label == month)


def months_of(database: Database, table: str = "things") -> list[str]:
    with database.engine.connect() as connection:
        return [found.label for found in partitions.partitions_of(connection, table)]


def rows_of(database: Database, table: str = "things") -> list[str]:
    """Every row in PostgreSQL's own spelling, for an exact comparison."""
    with database.engine.connect() as connection:
        connection.execute(text("SET timezone = 'UTC'"))
        return list(connection.scalars(text(f"SELECT t::text FROM {table} AS t ORDER BY 1")))


def archive_all(database: Database, settings: Settings) -> list[str]:
    found = archiving.expired(database, settings)
    return [archiving.archive(database, settings, item.partition).file for item in found if item.stays is None]
