"""The event-store process, reached by an unmodified clickhouse-connect."""

from __future__ import annotations

import gzip
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import clickhouse_connect
import psutil
import pytest
from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import DatabaseError

from learncraft import sql
from learncraft.analytics import schema
from learncraft.analytics.batches import SETTINGS
from learncraft.analytics.embedded import EmbeddedStore, state_file
from learncraft.analytics.errors import EventStoreUnavailable
from learncraft.analytics.store import EventStore
from learncraft.errors import InvalidInputError
from learncraft.retention import policy
from learncraft.settings import Settings
from tests.event_store import SharedEventStore


def client_of(url: str, **options: object) -> Client:
    parts = urlsplit(url)
    given = {
        "host": parts.hostname,
        "port": parts.port,
        "username": parts.username,
        "password": parts.password,
        "database": parts.path.strip("/"),
        **options,
    }
    return clickhouse_connect.get_client(**given)  # type: ignore[arg-type]


@pytest.fixture
def client(event_store: EventStore, shared_event_store: SharedEventStore) -> Iterator[Client]:
    """clickhouse-connect with nothing set but where to connect: compression and sessions are on."""
    client = client_of(shared_event_store.url(event_store.database))
    yield client
    client.close()


@pytest.fixture
def own_store(tmp_path: Path) -> Iterator[EmbeddedStore]:
    """A process for one test that kills it."""
    store = EmbeddedStore(tmp_path / "store")
    store.start()
    yield store
    store.stop()


def wait_until_gone(pid: int) -> None:
    deadline = time.monotonic() + 30
    while psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE:
        assert time.monotonic() < deadline, "the process is still there"
        time.sleep(0.05)


def test_a_command_returns_its_value_and_ddl_a_summary(client: Client) -> None:
    assert client.command("SELECT 41 + 1") == 42
    assert client.command("SELECT 1 WHERE 0") == ""
    client.command("CREATE TABLE words (word String) ENGINE = MergeTree ORDER BY word")
    assert client.command("EXISTS TABLE words") == 1


def test_parameters_are_bound_by_the_server_and_come_back_unchanged(client: Client) -> None:
    who, words, day = uuid4(), "it's a\ttab\nand a \\ with {braces:String} — ü", date(2026, 2, 28)
    result = client.query(
        "SELECT {who:UUID} AS who, {words:String} AS words, {day:Date} AS day, {many:Array(UInt64)} AS many",
        parameters={"who": who, "words": words, "day": day, "many": [1, 2]},
    )
    assert result.column_names == ("who", "words", "day", "many")
    assert result.result_rows == [(who, words, day, [1, 2])]


def test_long_parameters_travel_in_a_form(client: Client) -> None:
    assert client.query("SELECT length({t:String})", parameters={"t": "x" * 100_000}).result_rows == [(100_000,)]


def test_a_setting_holds_for_its_own_statement_only(client: Client) -> None:
    asked = "SELECT getSetting('max_threads')"
    assert client.query(asked, settings={"max_threads": 1}).result_rows == [(1,)]
    for _ in range(20):  # whichever handle answers
        assert client.query(asked).result_rows != [(1,)] or os.cpu_count() == 1


def test_a_setting_given_beside_an_unknown_one_is_not_left_behind(client: Client) -> None:
    for _ in range(20):
        with pytest.raises(DatabaseError, match="UNKNOWN_SETTING"):
            client.query("SELECT 1", settings={"insert_deduplication_token": "left", "no_such_setting": 1})
    for _ in range(20):
        assert client.query("SELECT getSetting('insert_deduplication_token')").result_rows == [("",)]


def test_an_error_arrives_as_an_exception_with_its_code(client: Client) -> None:
    with pytest.raises(DatabaseError, match="UNKNOWN_TABLE") as caught:
        client.query("SELECT * FROM nowhere")
    assert caught.value.code == 60


def test_a_database_that_does_not_exist_is_an_error(shared_event_store: SharedEventStore) -> None:
    with pytest.raises(DatabaseError, match="UNKNOWN_DATABASE"):
        client_of(shared_event_store.url("nowhere")).command("SHOW TABLES")


def test_each_client_works_in_the_database_it_names(shared_event_store: SharedEventStore) -> None:
    with shared_event_store.database("first") as first, shared_event_store.database("second") as second:
        first.command("CREATE TABLE only_in_first (a UInt8) ENGINE = MergeTree ORDER BY a")
        for _ in range(10):
            assert first.command("SELECT currentDatabase()") == "first"
            assert second.command("SELECT currentDatabase()") == "second"
        assert second.command("EXISTS TABLE only_in_first") == 0


@pytest.mark.parametrize("compress", [True, False, "lz4", "gzip"])
def test_twenty_thousand_rows_are_inserted_natively(
    event_store: EventStore, shared_event_store: SharedEventStore, compress: bool | str
) -> None:
    client = client_of(shared_event_store.url(event_store.database), compress=compress)
    client.command("CREATE TABLE seen (who UUID, at DateTime64(3, 'UTC'), word String) ENGINE = MergeTree ORDER BY who")
    now = datetime.now(UTC)
    rows = [(uuid4(), now, f"word {number}") for number in range(20_000)]
    client.insert("seen", rows, column_names=["who", "at", "word"])
    assert client.command("SELECT uniqExact(who) FROM seen") == 20_000
    client.close()


@pytest.mark.parametrize("compress", [False, "lz4", "gzip"])
def test_an_insert_of_many_compressed_blocks_is_complete(
    event_store: EventStore, shared_event_store: SharedEventStore, compress: bool | str
) -> None:
    client = client_of(shared_event_store.url(event_store.database), compress=compress)
    client.command("CREATE TABLE blobs (a UInt32, blob String) ENGINE = MergeTree ORDER BY a")
    blob = "".join(str(uuid4()) for _ in range(20_000))
    client.insert("blobs", [[number, blob] for number in range(60)], column_names=["a", "blob"])
    assert client.query("SELECT uniqExact(a), sum(length(blob)) FROM blobs").result_rows == [(60, 60 * len(blob))]
    client.close()


def test_a_body_that_ends_too_early_or_is_not_compressed_is_refused(client: Client) -> None:
    whole = gzip.compress(b"0001\n" * 1_000)
    for body in (whole[:-20], b"plain", whole + b"more"):
        with pytest.raises(DatabaseError, match="CANNOT_DECOMPRESS"):
            client.raw_insert("learning_events", ["data"], body, fmt="TabSeparated", compression="gzip")


def test_a_compression_that_is_not_understood_is_refused_in_words(
    event_store: EventStore, shared_event_store: SharedEventStore
) -> None:
    client = client_of(shared_event_store.url(event_store.database))
    with pytest.raises(DatabaseError, match="Send lz4, gzip or deflate"):
        client.raw_insert("learning_events", ["event_id"], b"", fmt="TabSeparated", compression="br")


def test_an_insert_with_bad_data_fails_and_the_next_one_works(client: Client) -> None:
    client.command("CREATE TABLE numbers_seen (a UInt64) ENGINE = MergeTree ORDER BY a")
    for _ in range(20):
        with pytest.raises(DatabaseError, match="Cannot parse"):
            client.raw_insert("numbers_seen", ["a"], b"one\n", fmt="TabSeparated")
        client.raw_insert("numbers_seen", ["a"], b"1\n", fmt="TabSeparated", settings={"async_insert": 0})
    assert client.command("SELECT count() FROM numbers_seen") == 20


def event_rows(count: int) -> tuple[list[tuple[object, ...]], list[str]]:
    course, now = uuid4(), datetime.now(UTC)
    rows: list[tuple[object, ...]] = [(uuid4(), now, now, "lesson_opened", uuid4(), course) for _ in range(count)]
    return rows, ["event_id", "occurred_at", "received_at", "event_type", "actor_id", "course_id"]


def test_the_same_token_twice_is_stored_once_in_the_table_and_in_the_roll_up(event_store: EventStore) -> None:
    rows, columns = event_rows(1_000)
    for _ in range(3):
        event_store.insert("learning_events", rows, columns, settings=SETTINGS | {"insert_deduplication_token": "a"})
    event_store.insert("learning_events", rows, columns, settings=SETTINGS | {"insert_deduplication_token": "b"})
    assert event_store.command("SELECT count() FROM learning_events") == 2_000
    assert event_store.command("SELECT sum(events) FROM activity") == 2_000


def test_a_retry_completes_the_roll_up_that_a_failed_insert_left_behind(event_store: EventStore) -> None:
    rows, columns = event_rows(1_000)
    settings = SETTINGS | {"insert_deduplication_token": "a"}
    event_store.command(
        "CREATE MATERIALIZED VIEW fails TO activity AS SELECT throwIf(event_type != '') AS events FROM learning_events"
    )
    with pytest.raises(DatabaseError, match="throwIf"):
        event_store.insert("learning_events", rows, columns, settings=settings)
    event_store.command("DROP VIEW fails SYNC")
    for _ in range(2):
        event_store.insert("learning_events", rows, columns, settings=settings)
    assert event_store.command("SELECT count() FROM learning_events") == 1_000
    assert event_store.command("SELECT sum(events) FROM activity") == 1_000


def test_a_table_comes_back_as_a_data_frame(client: Client) -> None:
    frame = client.query_df("SELECT number AS n, toString(number) AS word FROM numbers(3)")
    assert list(frame["n"]) == [0, 1, 2]
    assert list(frame["word"]) == ["0", "1", "2"]


def test_a_long_answer_streams_completely(client: Client) -> None:
    with client.query_rows_stream("SELECT number FROM numbers(300000)") as stream:
        assert sum(1 for _ in stream) == 300_000


def test_a_statement_stops_at_its_time_limit(client: Client) -> None:
    with pytest.raises(DatabaseError) as caught:
        client.query(
            "SELECT count() FROM numbers(1000000000000) WHERE sipHash64(number) = 1", settings={"max_execution_time": 1}
        )
    assert caught.value.code == 159


def test_a_read_stops_when_its_reader_hangs_up(shared_event_store: SharedEventStore, client: Client) -> None:
    url = shared_event_store.process.url
    impatient = client_of(url, send_receive_timeout=1, query_retries=0)
    with pytest.raises(DatabaseError):
        impatient.query("SELECT count() FROM numbers(1000000000000) WHERE sipHash64(number) = 77")
    deadline = time.monotonic() + 30
    running = "SELECT count() FROM system.processes WHERE query LIKE '%= 77%' AND query NOT LIKE '%processes%'"
    while client.command(running):
        assert time.monotonic() < deadline, "the statement still runs"
        time.sleep(0.1)


def test_many_threads_share_one_store(event_store: EventStore) -> None:
    answers: list[int] = []

    def ask(number: int) -> None:
        for _ in range(10):
            answers.append(event_store.query("SELECT {n:UInt64} + count() FROM learning_events", n=number)[0][0])

    threads = [threading.Thread(target=ask, args=[number]) for number in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == sorted(list(range(16)) * 10)


def test_a_wrong_key_is_refused(shared_event_store: SharedEventStore) -> None:
    with pytest.raises(DatabaseError, match="Authentication failed") as caught:
        client_of(shared_event_store.process.url, password="guess")
    assert caught.value.code == 516
    with pytest.raises(DatabaseError, match="Authentication failed"):
        client_of(shared_event_store.process.url, username="default", password="")


def test_the_key_is_readable_by_its_owner_only(shared_event_store: SharedEventStore) -> None:
    mode = state_file(shared_event_store.process.folder).stat().st_mode
    assert mode & 0o077 == 0


def test_a_body_beyond_the_limit_is_refused_also_when_it_was_small_on_the_wire(client: Client) -> None:
    client.command("CREATE TABLE blobs (a String) ENGINE = MergeTree ORDER BY tuple()")
    with pytest.raises(DatabaseError, match="TOO_MANY_BYTES"):
        client.insert("blobs", [["x" * (90 * 1024 * 1024)]] * 3, column_names=["a"])


def test_a_second_process_on_the_same_folder_is_refused_with_a_sentence(own_store: EmbeddedStore) -> None:
    with pytest.raises(EventStoreUnavailable, match="another process is using it"):
        EmbeddedStore(own_store.folder).start()
    command = [sys.executable, "-m", "learncraft.analytics.serve", "--folder", str(own_store.folder)]
    assert subprocess.run(command, capture_output=True, check=False).returncode == 1
    assert own_store.is_running


def test_ensure_running_takes_over_a_process_that_runs_already(own_store: EmbeddedStore) -> None:
    other = EmbeddedStore(own_store.folder)
    other.ensure_running()
    assert other.url == own_store.url
    other.stop()
    assert not own_store.is_running


def test_what_was_inserted_survives_a_kill(own_store: EmbeddedStore) -> None:
    store = EventStore.connect(lambda: own_store.url)
    schema.migrate(store)
    rows, columns = event_rows(5_000)
    settings = SETTINGS | {"insert_deduplication_token": "a"}
    store.insert("learning_events", rows, columns, settings=settings)
    assert own_store.pid is not None
    pid, url = own_store.pid, own_store.url
    os.kill(pid, signal.SIGKILL)
    wait_until_gone(pid)
    assert not own_store.is_running
    with pytest.raises(EventStoreUnavailable):
        store.ping()
    own_store.ensure_running()
    assert own_store.url != url
    assert store.command("SELECT count() FROM learning_events") == 5_000
    store.insert("learning_events", rows, columns, settings=settings)  # the memory of tokens survives too
    assert store.command("SELECT count() FROM learning_events") == 5_000
    assert store.command("SELECT sum(events) FROM activity") == 5_000


def test_it_ends_in_good_order_while_a_statement_runs(own_store: EmbeddedStore) -> None:
    store = EventStore.connect(own_store.url)
    store.ping()
    failures: list[Exception] = []

    def ask() -> None:
        try:
            store.query("SELECT count() FROM numbers(1000000000000) WHERE sipHash64(number) = 1")
        except EventStoreUnavailable as error:
            failures.append(error)

    asking = threading.Thread(target=ask)
    asking.start()
    while not store.command("SELECT count() FROM system.processes WHERE query LIKE '%sipHash64(number) = 1%'") > 1:
        time.sleep(0.05)
    child = own_store._child
    assert child is not None
    own_store.stop()
    asking.join()
    assert child.returncode == 0  # not killed
    assert len(failures) == 1


def test_it_dies_with_its_parent(tmp_path: Path) -> None:
    parent = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    store = EmbeddedStore(tmp_path / "store", parent=parent.pid)
    store.start()
    pid = store.pid
    assert pid is not None
    parent.kill()
    parent.wait()
    wait_until_gone(pid)
    assert not store.is_running


def test_migrating_twice_applies_each_file_once_and_follows_the_months_to_keep(event_store: EventStore) -> None:
    assert schema.migrate(event_store) == []
    assert schema.migrate(event_store, ttl_months=7) == []
    made = event_store.query(
        "SELECT create_table_query FROM system.tables WHERE database = currentDatabase() AND engine LIKE '%MergeTree'"
    )
    assert sum("toIntervalMonth(8)" in text for (text,) in made) == len(schema.TABLES_OF_EVENTS)


def test_the_store_keeps_the_months_that_postgresql_keeps(event_store: EventStore, tmp_path: Path) -> None:
    schema.migrate(event_store, ttl_months=3)
    oldest = policy.cutoff("learning_events", Settings(home=tmp_path, events_ttl_months=3))
    assert oldest is not None
    gone = (oldest - timedelta(days=1)).replace(day=1)
    for month in (gone, oldest):
        event_store.command(
            "INSERT INTO learning_events (event_id, received_at, occurred_at, event_type) "
            "SELECT generateUUIDv4(), {month:DateTime} + INTERVAL 2 DAY AS came, came, 'lesson_opened'",
            month=datetime(month.year, month.month, 1, tzinfo=UTC),
        )
    for table in ("learning_events", "activity", "receipts"):
        event_store.command(f"OPTIMIZE TABLE {table} FINAL")
        assert event_store.query(f"SELECT DISTINCT received_month FROM {table}") == [(oldest,)], table


def test_a_cluster_gets_replicated_tables_on_every_server() -> None:
    text = "CREATE TABLE t{on_cluster} ENGINE = {replicated}MergeTree TTL d + INTERVAL {ttl_months} MONTH {id:UUID}"
    assert schema.Topology("campus").render(text, ttl_months=3) == (
        "CREATE TABLE t ON CLUSTER `campus` ENGINE = ReplicatedMergeTree TTL d + INTERVAL 4 MONTH {id:UUID}"
    )
    assert schema.Topology().render(text, ttl_months=3) == (
        "CREATE TABLE t ENGINE = MergeTree TTL d + INTERVAL 4 MONTH {id:UUID}"
    )


@pytest.mark.parametrize("cluster", [None, "campus"])
def test_the_engine_reads_every_statement_of_both_forms(event_store: EventStore, cluster: str | None) -> None:
    rendered = [
        schema.Topology(cluster).render(sql.text(f"clickhouse/{name}"), ttl_months=60) for name in schema._files()
    ]
    statements = [one for text in rendered for one in text.split(";\n") if one.strip()]
    assert len(statements) > 15
    for written in statements:
        [(read,)] = event_store.query("SELECT formatQuery({written:String})", written=written)
        makes = re.match(r"(CREATE|ALTER|TRUNCATE|DROP)", read) is not None
        assert (" ON CLUSTER campus" in read) == (makes and cluster is not None), read
        assert ("Replicated" in read) == ("ENGINE" in read and cluster is not None), read


def test_several_shards_get_tables_of_their_own_behind_one_name(event_store: EventStore) -> None:
    topology = schema.Topology("campus", is_sharded=True)
    text = ";\n".join(topology.render(sql.text(f"clickhouse/{name}"), ttl_months=60) for name in schema._files())
    read = [
        event_store.query("SELECT formatQuery({written:String})", written=written)[0][0]
        for written in text.split(";\n")
        if written.strip()
    ]
    for table in schema.TABLES_OF_EVENTS:
        [held] = [one for one in read if one.startswith(f"CREATE TABLE IF NOT EXISTS {table}_local ON CLUSTER campus")]
        assert re.search(r"ENGINE = Replicated(Aggregating)?MergeTree", held)
        [whole] = [one for one in read if one.startswith(f"CREATE TABLE IF NOT EXISTS {table} ON CLUSTER campus AS")]
        key = "rand()" if table == "receipts" else "cityHash64(course_id)"
        assert f"Distributed(campus, currentDatabase(), {table}_local, {key})" in whole
    views = [one for one in read if one.startswith("CREATE MATERIALIZED VIEW")]
    assert len(views) == len(schema.TABLES_OF_EVENTS)  # one of them is made twice
    for view in views:
        assert re.search(r" TO \w+_local\b", view), view
        assert "FROM learning_events_local" in view, view
    for fill in (one for one in read if one.startswith("INSERT")):  # over all shards, by the whole
        assert "_local" not in fill
    for empty in (one for one in read if one.startswith("TRUNCATE")):
        assert "_local ON CLUSTER campus" in empty


def test_the_statements_of_a_shard_are_carried_out_by_an_engine(event_store: EventStore) -> None:
    """What one server of the cluster does, but for replication and the names of the others."""
    topology = schema.Topology("campus", is_sharded=True)
    schema.drop(event_store)
    for name in schema._files():
        text = topology.render(sql.text(f"clickhouse/{name}"), ttl_months=60)
        for statement in text.replace(" ON CLUSTER `campus`", "").replace("Replicated", "").split(";\n"):
            if (
                statement.strip()
                and not re.search(r"^INSERT", statement, re.MULTILINE)
                and "Distributed(" not in statement
            ):
                event_store.command(statement)
    rows, columns = event_rows(20)
    event_store.insert("learning_events_local", rows, columns)
    for table in ("activity_local", "presence_local"):
        assert event_store.command(f"SELECT sum(events) FROM {table}") == 20


def test_a_url_that_is_not_clickhouses_is_refused_in_words() -> None:
    for url in ("postgresql://localhost/learncraft", "localhost:8123", "http://host/a/b"):
        with pytest.raises(InvalidInputError, match="Write http://"):
            EventStore.connect(url)


def test_a_store_that_is_away_is_told_in_a_sentence_without_its_key() -> None:
    store = EventStore.connect("http://learncraft:secret-key@127.0.0.1:1/learncraft")
    with pytest.raises(EventStoreUnavailable) as caught:
        store.ping()
    assert "secret-key" not in str(caught.value)


def test_identifiers_and_moments_come_back_typed(event_store: EventStore) -> None:
    rows, columns = event_rows(1)
    event_store.insert("learning_events", rows, columns)
    [(event_id, at)] = event_store.query("SELECT event_id, occurred_at FROM learning_events")
    assert isinstance(event_id, UUID)
    assert at.tzinfo is not None
