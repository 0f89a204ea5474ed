"""An expired partition becomes a Parquet file, is read back, and only then leaves the database.

At every moment there is the partition, or an archive of it that was read back and found equal; a kill between any two
steps leaves one of them. An archive is never written over: should rows come later, they get a file of their own.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import IntegrityError, OperationalError

from learncraft import schema
from learncraft.db import Database
from learncraft.retention import checksum, manifest, parquet, partitions
from learncraft.retention.columns import Column, columns_of
from learncraft.retention.errors import ArchiveError, PartitionChangedError
from learncraft.retention.manifest import Manifest
from learncraft.retention.partitions import Partition
from learncraft.retention.policy import SHIPPED_FIRST, cutoff
from learncraft.settings import Settings

_LOCK = 7_101_845  # any number, the same in every process

Step = Callable[[str], None]

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Expired:
    """A partition whose time is over, and why it stays nevertheless, if it does."""

    partition: Partition
    stays: str | None = None


def expired(
    database: Database, settings: Settings, *, table: str | None = None, before: date | None = None
) -> list[Expired]:
    """The partitions whose time in the database is over; with `before`, all those of earlier months instead."""
    found: list[Expired] = []
    with database.engine.connect() as connection:
        for name in [table] if table else schema.partitioned():
            limit = before or cutoff(name, settings)
            if limit is None:
                continue
            for partition in partitions.partitions_of(connection, name):
                if partition.end <= limit:
                    found.append(Expired(partition, _why_it_stays(connection, partition, by_hand=before is not None)))
    return found


def _why_it_stays(connection: Connection, partition: Partition, *, by_hand: bool) -> str | None:
    if not by_hand and partitions.is_kept(partition):
        return f"it was brought back and is kept until {partition.kept_until:%Y-%m-%d}"
    if partition.table in SHIPPED_FIRST and (waiting := partitions.unshipped(connection, partition)):
        return f"{waiting} of its events have not reached the event store"
    return None


def sort_defaults(database: Database, *, table: str | None = None) -> int:
    """Give rows that came before their month had a partition one, so that they grow old like all others."""
    moved = 0
    for name in [table] if table else schema.partitioned():
        with database.engine.begin() as connection:
            connection.execute(text("SET LOCAL lock_timeout = '5s'"))
            connection.execute(text("SET LOCAL statement_timeout = 0"))
            moved += partitions.sort_default(connection, name)
    return moved


def archive(database: Database, settings: Settings, partition: Partition, *, step: Step = lambda _: None) -> Manifest:
    """Archive one partition, read the archive back, and drop the partition. Safe to repeat after a kill.

    `step` is told what is about to be done.

    Raises:
        ArchiveError: the archive isn't what the table is, or another archiver is at work; nothing was dropped.
    """
    folder = settings.archive_dir / partition.table
    folder.mkdir(parents=True, exist_ok=True)
    snapshot = database.engine.execution_options(isolation_level="REPEATABLE READ")
    with alone(database.engine):
        with snapshot.begin() as connection:
            long_read(connection)
            found = keep(connection, partition, partition.name, folder, step)
        _drop(database, partition, found, step)
    return found


@contextmanager
def alone(engine: Engine) -> Iterator[None]:
    """One archiver at a time; the lock goes with the connection, however the process ends."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if not connection.scalar(text("SELECT pg_try_advisory_lock(:key)"), {"key": _LOCK}):
            raise ArchiveError("Another archiver is at work. Try again when it has finished.")
        try:
            yield
        finally:
            connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": _LOCK})


def long_read(connection: Connection) -> None:
    """No page's limits, and one way to spell values."""
    for name, value in {
        "statement_timeout": "0",
        "idle_in_transaction_session_timeout": "0",
        "datestyle": "ISO, YMD",
        "intervalstyle": "postgres",
        "extra_float_digits": "1",
        "bytea_output": "hex",
        "timezone": "UTC",
    }.items():
        connection.execute(text("SELECT set_config(:name, :value, true)"), {"name": name, "value": value})


def keep(
    connection: Connection, partition: Partition, rows_of: str, folder: Path, step: Step = lambda _: None
) -> Manifest:
    """An archive of some rows of a partition's month, written and read back, or one that an earlier try finished.

    `rows_of` is the table that holds them: the partition, or one of the caller's with the same columns.

    Raises:
        ArchiveError: the file does not hold what the table does.
    """
    return _finished(connection, partition, rows_of, folder) or _export(connection, partition, rows_of, folder, step)


def _finished(connection: Connection, partition: Partition, rows_of: str, folder: Path) -> Manifest | None:
    for path in manifest.of_month(folder, partition.table, partition.label):
        try:
            found = manifest.read(path)
            same = checksum.of_table(connection, f'"{rows_of}"', found.columns) == found.content
            if same and _names(columns_of(connection, partition.table, rows_of)) == _names(found.columns):
                check_file(path, found)
                return found
        except ArchiveError as error:
            log.warning("%s Its rows are archived anew.", error)
    return None


def _names(columns: list[Column] | tuple[Column, ...]) -> list[str]:
    return [column.name for column in columns]


def _export(connection: Connection, partition: Partition, rows_of: str, folder: Path, step: Step) -> Manifest:
    target = _free_name(folder, partition)
    partial = target.with_name(target.name + ".partial")
    step(f"Writing {partition.name}")
    columns = columns_of(connection, partition.table, rows_of)
    content = checksum.of_table(connection, f'"{rows_of}"', columns)
    first, last = _span(connection, partition.key, rows_of)
    revision = connection.scalar(text("SELECT version_num FROM alembic_version"))
    parquet.write(connection, rows_of, columns, partition.key, partial)
    step(f"Reading {partition.name} back")
    found = Manifest(
        table=partition.table,
        month=partition.label,
        file=target.name,
        rows=content.rows,
        bytes=partial.stat().st_size,
        sha256=manifest.sha256_of(partial),
        checksum=content.checksum,
        key=partition.key,
        min=first,
        max=last,
        schema_revision=str(revision),
        archived_at=datetime.now(UTC).isoformat(timespec="seconds"),
        columns=tuple(columns),
    )
    check_file(partial, found)
    step(f"Keeping {target.name}")
    partial.replace(target)
    manifest.sync_folder(folder)
    step(f"Writing the manifest of {target.name}")
    manifest.write(target, found)
    return found


def _free_name(folder: Path, partition: Partition) -> Path:
    """The first name of this month that no finished archive has."""
    begin = f"{partition.table}_{partition.month:%Y_%m}"
    number = 1
    while True:
        path = folder / (f"{begin}.parquet" if number == 1 else f"{begin}.{number}.parquet")
        if not manifest.path_of(path).exists():
            return path
        number += 1


def _span(connection: Connection, key: str, rows_of: str) -> tuple[str | None, str | None]:
    question = f'SELECT min("{key}")::text AS first, max("{key}")::text AS last FROM "{rows_of}"'  # noqa: S608
    span = connection.execute(text(question)).one()
    return span.first, span.last


def check_file(path: Path, said: Manifest) -> None:
    """Read an archive from end to end and compare it with its manifest.

    Raises:
        ArchiveError: it is something else, or can't be read.
    """
    if path.stat().st_size != said.bytes or manifest.sha256_of(path) != said.sha256:
        raise ArchiveError(f"The archive {path} is not the file that its manifest describes.")
    if parquet.content_of(path, said.columns) != said.content:
        raise ArchiveError(f"The archive {path} does not hold the rows that its manifest describes.")


def _drop(database: Database, partition: Partition, archived: Manifest, step: Step) -> None:
    """Take the partition away, if it still is what was archived."""
    try:
        with database.engine.begin() as connection:
            long_read(connection)
            connection.execute(text("SET LOCAL lock_timeout = '5s'"))
            step(f"Locking {partition.name}")
            # Reads go on while the rows are compared once more; writes wait.
            connection.execute(text(f'LOCK TABLE ONLY "{partition.name}" IN SHARE MODE'))
            if checksum.of_table(connection, f'"{partition.name}"', archived.columns) != archived.content:
                raise PartitionChangedError(f"Rows came to {partition.name} while it was archived. Archive it again.")
            if partition.table in SHIPPED_FIRST and partitions.unshipped(connection, partition):
                raise PartitionChangedError(f"Events of {partition.name} have not reached the event store yet.")
            step(f"Detaching {partition.name}")
            connection.execute(text(f'ALTER TABLE "{partition.table}" DETACH PARTITION "{partition.name}"'))
            step(f"Dropping {partition.name}")
            connection.execute(text(f'DROP TABLE "{partition.name}"'))
            step(f"Committing without {partition.name}")
    except IntegrityError as error:
        raise ArchiveError(
            f"Rows of other tables point at {partition.name}. It is archived, and stays until they are gone."
        ) from error
    except OperationalError as error:
        if getattr(error.orig, "sqlstate", None) in {"55P03", "40P01"}:  # a lock that didn't come, or a deadlock
            raise PartitionChangedError(f"{partition.name} is in use. It is archived; drop it next time.") from error
        raise
    step(f"{partition.name} is archived")
