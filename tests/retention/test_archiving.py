"""An archive holds what the table held, and nothing leaves the database before that is sure."""

from __future__ import annotations

import json
import threading
from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from sqlalchemy import text

from learncraft import schema
from learncraft.db import Database
from learncraft.errors import InvalidInputError, NotFoundError
from learncraft.retention import archiving, manifest, partitions, policy, restoring
from learncraft.retention.errors import ArchiveError, PartitionChangedError
from learncraft.settings import Settings
from tests.retention.conftest import archive_all, fill, months_of, partition_of, rows_of

STRANGE = """
INSERT INTO things
    (recorded_at, happened_at, note, short, fixed, data, raw, amount, anything, small, whole, big, ratio, rough, yes,
     address, tags, bytes, day, span, xid, mood)
VALUES
    ('2024-01-05 10:11:12.123456+00', '1815-12-10 00:00:00.000001+00', E'line\\nand "quotes", tab\\t and \\\\ ∑ 😀',
     'x', 'ab', '{"b": [1, 2.50, null, "\\u00e9"], "a": {"deep": true}}', '{"kept":   "as written"}', 12345678.90,
     1.2300000000000000000000000000000000000000000001, -32768, -2147483648, 9223372036854775807, 0.1, 0.1, true,
     '2001:db8::1/64', ARRAY['a', NULL, 'with, comma', '"', ''], '\\x00ff', '2024-02-29', '1 mon 3 days 00:00:01.5',
     '18446744073709551615', 'glad'),
    ('2024-01-31 23:59:59.999999+00', NULL, '', NULL, NULL, 'null', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
     NULL, NULL, '{}', '', NULL, NULL, NULL, NULL),
    ('2024-01-01 00:00:00+00', '2024-01-01 00:00:00+14', '-', '1:a', '', '[]', 'null', -0.01, 'NaN', 0, 0, 0, '-0',
     'NaN', false, '10.0.0.0/8', '{{1,2},{3,4}}', NULL, 'infinity', '-1 years', '0', 'sad'),
    ('2024-01-02 00:00:00+00', NULL, NULL, NULL, NULL, NULL, NULL, 0.00, 0.000, 1, 1, 1, 'Infinity', 1e-40, NULL,
     '127.0.0.1', NULL, NULL, '-infinity', '0', '1', NULL),
    ('2024-01-02 00:00:00+00', NULL, NULL, NULL, NULL, NULL, NULL, 99999999.99, -0, 1, 1, 1, 'NaN', 3.4e38, NULL,
     '::ffff:1.2.3.4', NULL, NULL, NULL, NULL, NULL, NULL)
"""
WILD = """
INSERT INTO things (recorded_at, happened_at, amount) VALUES
    ('2024-01-03', 'infinity', 'NaN'), ('2024-01-03', '-infinity', 1), ('2024-01-03', '4713-01-01 00:00:00+00 BC', 2.5),
    ('2024-01-03', '294276-12-31 23:59:59.999999+00', NULL)
"""


@pytest.mark.parametrize("rows", [STRANGE, STRANGE + ";" + WILD], ids=["typed", "as text"])
def test_every_type_comes_back_as_it_was(things: Database, settings: Settings, rows: str) -> None:
    with things.engine.begin() as connection:
        for statement in rows.split(";\n"):
            connection.exec_driver_sql(statement)
    before = rows_of(things)
    [file] = archive_all(things, settings)
    assert (rows_of(things), months_of(things)) == ([], [])
    _, added = restoring.restore(things, settings.archive_dir / "things" / file)
    assert added == len(before)
    assert rows_of(things) == before


def test_the_manifest_says_what_is_in_the_file(things: Database, settings: Settings) -> None:
    fill(things, 500)
    [file] = archive_all(things, settings)
    path = settings.archive_dir / "things" / file
    assert path.name == "things_2024_01.parquet"
    said = json.loads(manifest.path_of(path).read_text())
    assert (said["rows"], said["bytes"], said["sha256"]) == (500, path.stat().st_size, manifest.sha256_of(path))
    assert (said["min"], said["max"]) == ("2024-01-01 00:01:00+00", "2024-01-01 08:20:00+00")
    assert said["schema_revision"] == schema.newest()
    with pq.ParquetFile(path) as parquet:
        assert parquet.metadata.num_rows == 500
        assert parquet.metadata.row_group(0).column(0).compression == "ZSTD"
        assert str(parquet.schema_arrow.field("recorded_at").type) == "timestamp[us, tz=UTC]"
    assert not list(path.parent.glob("*.partial"))


def test_only_months_that_are_wholly_over_go(things: Database, settings: Settings) -> None:
    now = datetime(2026, 11, 20, tzinfo=UTC)
    assert policy.cutoff("things", settings, now=now) == date(2025, 11, 1)
    assert policy.cutoff("learning_events", settings, now=now) == date(2021, 11, 1)
    assert policy.cutoff("audit_logs", settings, now=now) == date(2024, 11, 1)
    assert policy.cutoff("progress_metrics", settings, now=now) == date(2021, 11, 1)
    with things.engine.begin() as connection:
        schema.make_partitions(connection)
    before = months_of(things)
    assert [item.partition.label for item in archiving.expired(things, settings)] == ["2024-01"]
    archive_all(things, settings)
    assert months_of(things) == before[1:]


def test_a_partitioned_table_without_a_retention_is_made_ahead_and_kept(
    things: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(policy.MONTHS, "things")
    with things.engine.begin() as connection:
        schema.make_partitions(connection)
    assert len(months_of(things)) == 1 + 2 + schema.MONTHS_AHEAD
    assert archiving.expired(things, settings) == []


def test_rows_that_came_before_their_month_had_a_partition_grow_old_like_all_others(
    things: Database, settings: Settings
) -> None:
    fill(things, 50, month="2023-05")
    fill(things, 30, month="2023-06")
    with things.transaction() as session:
        session.execute(text("INSERT INTO things (recorded_at) VALUES ('infinity'), ('1970-01-01')"))
    before = rows_of(things)
    assert archiving.sort_defaults(things) == 82
    assert rows_of(things) == before
    assert months_of(things) == ["2023-05", "2023-06", "2024-01"]
    with things.reading() as session:
        assert session.scalar(text("SELECT count(*) FROM things_default")) == 2
    assert archiving.sort_defaults(things) == 0
    assert archive_all(things, settings) == [
        "things_2023_05.parquet",
        "things_2023_06.parquet",
        "things_2024_01.parquet",
    ]


def test_events_stay_until_the_event_store_has_confirmed_them(fresh_database: Database, tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, events_ttl_months=1)
    with fresh_database.transaction() as session:
        session.execute(
            text("INSERT INTO learning_events (user_id, event_type, created_at) VALUES (new_id(), 'x', '2024-01-05')")
        )
    archiving.sort_defaults(fresh_database)
    [found] = archiving.expired(fresh_database, settings)
    assert found.stays == "1 of its events have not reached the event store"
    with pytest.raises(PartitionChangedError, match="have not reached"):
        archiving.archive(fresh_database, settings, found.partition)
    assert len(rows_of(fresh_database, "learning_events")) == 1
    with fresh_database.transaction() as session:
        session.execute(
            text(
                "INSERT INTO event_batches (from_xid, from_id, to_xid, to_id, event_count, acknowledged_at) "
                "SELECT '0', new_id(), xid, id, 1, now() FROM learning_events"
            )
        )
    [found] = archiving.expired(fresh_database, settings)
    assert found.stays is None
    archiving.archive(fresh_database, settings, found.partition)
    assert rows_of(fresh_database, "learning_events") == []


def test_a_row_that_comes_while_the_archive_is_made_keeps_the_partition(things: Database, settings: Settings) -> None:
    fill(things, 20)
    partition = partition_of(things)

    def late(said: str) -> None:
        if said.startswith("Locking"):
            fill(things, 1)

    with pytest.raises(PartitionChangedError):
        archiving.archive(things, settings, partition, step=late)
    assert len(rows_of(things)) == 21
    made = archiving.archive(things, settings, partition)
    assert (made.file, made.rows) == ("things_2024_01.2.parquet", 21)


def test_rows_that_come_after_the_archive_get_a_file_of_their_own(things: Database, settings: Settings) -> None:
    fill(things, 20)
    archive_all(things, settings)
    fill(things, 3)
    archiving.sort_defaults(things)
    assert archive_all(things, settings) == ["things_2024_01.2.parquet"]
    folder = settings.archive_dir / "things"
    for path in manifest.of_month(folder, "things", "2024-01"):
        restoring.restore(things, path)
    assert len(rows_of(things)) == 23


def test_a_damaged_file_is_found_before_anything_is_dropped(
    things: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(things, 20)
    write = archiving.parquet.write

    def lose_a_row(connection: object, name: str, *rest: object) -> None:
        connection.execute(text(f"CREATE TEMP TABLE most AS SELECT * FROM {name} LIMIT 19"))  # type: ignore[attr-defined]
        write(connection, "most", *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(archiving.parquet, "write", lose_a_row)
    with pytest.raises(ArchiveError, match="does not hold the rows"):
        archiving.archive(things, settings, partition_of(things))
    assert len(rows_of(things)) == 20
    assert not list((settings.archive_dir / "things").glob("*.json"))


def test_an_archive_that_rotted_after_it_was_made_is_made_anew(things: Database, settings: Settings) -> None:
    fill(things, 20)
    partition = partition_of(things)

    def stop(said: str) -> None:
        if said.startswith("Locking"):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        archiving.archive(things, settings, partition, step=stop)
    path = settings.archive_dir / "things" / "things_2024_01.parquet"
    path.write_bytes(path.read_bytes()[:-10] + b"0123456789")
    made = archiving.archive(things, settings, partition)
    assert made.file == "things_2024_01.2.parquet"
    with pytest.raises(ArchiveError, match="not the file"):
        restoring.restore(things, path)


def test_a_long_read_is_not_waited_for_without_end(things: Database, settings: Settings) -> None:
    fill(things, 20)
    with things.engine.connect() as reader:
        reader.execute(text("SELECT count(*) FROM things"))  # holds its lock until the end of the transaction
        with pytest.raises(PartitionChangedError, match="in use"):
            archiving.archive(things, settings, partition_of(things))
    assert archiving.archive(things, settings, partition_of(things)).file == "things_2024_01.parquet"


def test_a_month_that_other_rows_point_at_stays_with_a_sentence(things: Database, settings: Settings) -> None:
    fill(things, 20)
    with things.transaction() as session:
        session.execute(
            text(
                "CREATE TABLE pointing AS SELECT id, recorded_at FROM things LIMIT 1; "
                "ALTER TABLE pointing ADD FOREIGN KEY (id, recorded_at) REFERENCES things"
            )
        )
    with pytest.raises(ArchiveError, match="point at things_2024_01"):
        archiving.archive(things, settings, partition_of(things))
    assert len(rows_of(things)) == 20


def test_two_archivers_do_not_work_at_once(things: Database, settings: Settings) -> None:
    fill(things, 20)
    partition = partition_of(things)
    seen: list[BaseException] = []

    def other() -> None:
        try:
            archiving.archive(things, settings, partition)
        except ArchiveError as error:
            seen.append(error)

    def meanwhile(said: str) -> None:
        if said.startswith("Writing"):
            thread = threading.Thread(target=other)
            thread.start()
            thread.join()

    archiving.archive(things, settings, partition, step=meanwhile)
    assert "Another archiver" in str(seen[0])


def test_bringing_an_archive_back_twice_is_bringing_it_back_once(things: Database, settings: Settings) -> None:
    fill(things, 20)
    before = rows_of(things)
    [file] = archive_all(things, settings)
    path = settings.archive_dir / "things" / file
    with things.transaction() as session:
        session.execute(text("INSERT INTO things (recorded_at, note) VALUES ('2024-01-09', 'late')"))
    assert restoring.restore(things, path)[1] == 20
    assert restoring.restore(things, path)[1] == 20 - 20
    with things.transaction() as session:
        session.execute(text("DELETE FROM things WHERE note IN ('late', 'note 7', 'note 8')"))
    assert restoring.restore(things, path)[1] == 2
    assert rows_of(things) == before
    assert "things_2024_01" in [partition_of(things).name]


def test_what_was_brought_back_stays_for_a_month(things: Database, settings: Settings) -> None:
    fill(things, 5)
    [file] = archive_all(things, settings)
    restoring.restore(things, settings.archive_dir / "things" / file)
    [found] = archiving.expired(things, settings)
    assert "kept until" in (found.stays or "")
    assert not partitions.is_kept(found.partition, today=date(2100, 1, 1))
    [by_hand] = archiving.expired(things, settings, before=date(2024, 2, 1))
    assert by_hand.stays is None
    assert archiving.archive(things, settings, by_hand.partition).file == file  # the file that is there serves


def test_an_archive_of_an_older_schema_comes_back_and_one_of_a_newer_is_refused(
    things: Database, settings: Settings
) -> None:
    fill(things, 5)
    [file] = archive_all(things, settings)
    path = settings.archive_dir / "things" / file
    with things.transaction() as session:
        session.execute(text("ALTER TABLE things ADD COLUMN extra text DEFAULT 'new'"))
    assert restoring.restore(things, path)[1] == 5
    with things.transaction() as session:
        assert session.scalar(text("SELECT count(*) FROM things WHERE extra = 'new'")) == 5
        session.execute(text("DROP TABLE things_2024_01"))
        session.execute(text("ALTER TABLE things DROP COLUMN note"))
    with pytest.raises(ArchiveError, match="has no note any more"):
        restoring.restore(things, path)


def test_what_is_no_archive_is_a_sentence(things: Database, settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(NotFoundError):
        restoring.restore(things, tmp_path / "none.parquet")
    lonely = tmp_path / "lonely.parquet"
    lonely.write_bytes(b"PAR1")
    with pytest.raises(ArchiveError, match="no manifest"):
        restoring.restore(things, lonely)
    for word in ("January", "2026-13", "9999-01"):
        with pytest.raises(InvalidInputError):
            policy.month_of(word)
    with pytest.raises(InvalidInputError):
        policy.check_table("users")
