"""An archive comes back as the partition that it was."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection, text

from learncraft.db import Database
from learncraft.errors import NotFoundError
from learncraft.retention import checksum, manifest, parquet, partitions
from learncraft.retention.archiving import check_file, long_read
from learncraft.retention.columns import columns_of
from learncraft.retention.errors import ArchiveError
from learncraft.retention.manifest import Manifest
from learncraft.retention.policy import check_table

KEPT_DAYS = 30  # after which the scheduled job may archive it again

_STAGE = "restored_rows"


def restore(database: Database, archive: Path) -> tuple[Manifest, int]:
    """Bring an archive back into its table, in one transaction; returns its manifest and how many rows were missing.

    Safe to repeat: rows that are there already are left as they are.

    Raises:
        NotFoundError: there is no such file.
        ArchiveError: the file isn't what its manifest says, or has columns that the table has lost.
    """
    if not archive.is_file():
        raise NotFoundError(f"There is no archive {archive}.")
    found = manifest.read(archive)
    check_table(found.table)
    check_file(archive, found)
    with database.engine.begin() as connection:
        long_read(connection)
        connection.execute(text("SET LOCAL lock_timeout = '5s'"))
        _check_columns(connection, found)
        name = f"{found.table}_{found.month.replace('-', '_')}"
        known = {partition.name: partition for partition in partitions.partitions_of(connection, found.table)}
        if name in known:
            added = _merge(connection, archive, found, name)
        else:
            partitions.sort_default(connection, found.table)
            if name in {partition.name for partition in partitions.partitions_of(connection, found.table)}:
                added = _merge(connection, archive, found, name)
            else:
                added = _attach(connection, archive, found, name)
        until = datetime.now(UTC).date() + timedelta(days=KEPT_DAYS)
        connection.execute(text(f"COMMENT ON TABLE \"{name}\" IS 'Brought back from its archive; kept until {until}'"))
    return found, added


def _check_columns(connection: Connection, found: Manifest) -> None:
    there = {column.name: column.type for column in columns_of(connection, found.table, f"{found.table}_default")}
    if gone := [column.name for column in found.columns if column.name not in there]:
        raise ArchiveError(
            f"{found.table} has no {', '.join(gone)} any more. The archive is of schema {found.schema_revision}."
        )


def _attach(connection: Connection, archive: Path, found: Manifest, name: str) -> int:
    connection.execute(
        text(
            f'CREATE TABLE "{name}" (LIKE "{found.table}" INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING STORAGE '
            "INCLUDING GENERATED)"
        )
    )
    _fill(connection, archive, found, name)
    begin = date.fromisoformat(f"{found.month}-01")
    end = (begin + timedelta(days=32)).replace(day=1)
    connection.execute(
        text(
            f'ALTER TABLE "{found.table}" ATTACH PARTITION "{name}" '
            f"FOR VALUES FROM ('{begin} 00:00:00+00') TO ('{end} 00:00:00+00')"
        )
    )
    return found.rows


def _merge(connection: Connection, archive: Path, found: Manifest, name: str) -> int:
    if checksum.of_table(connection, f'"{name}"', found.columns) == found.content:
        return 0
    connection.execute(text(f'CREATE TEMP TABLE {_STAGE} (LIKE "{found.table}" INCLUDING DEFAULTS) ON COMMIT DROP'))
    _fill(connection, archive, found, _STAGE)
    names = ", ".join(column.quoted for column in found.columns)
    added: int = connection.execute(
        text(f'INSERT INTO "{name}" ({names}) SELECT {names} FROM {_STAGE} ON CONFLICT DO NOTHING')  # noqa: S608
    ).rowcount
    return added


def _fill(connection: Connection, archive: Path, found: Manifest, name: str) -> None:
    """Copy the rows in and compare them with the manifest."""
    names = ", ".join(column.quoted for column in found.columns)
    driver = connection.connection.driver_connection
    assert driver is not None
    with driver.cursor() as cursor, cursor.copy(f'COPY "{name}" ({names}) FROM STDIN') as copy:
        for rows in parquet.rows_in(archive, found.columns):
            copy.write(parquet.copy_text(rows, found.columns))
    if checksum.of_table(connection, f'"{name}"', found.columns) != found.content:
        raise ArchiveError(f"The rows of {archive} did not come back as they were. Nothing was changed.")
