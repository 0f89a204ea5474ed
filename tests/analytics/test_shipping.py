"""From PostgreSQL to the event store: each event exactly once, whatever fails in between."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from psycopg.types.json import Jsonb
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import OperationalError

from learncraft.analytics import batches, shipping
from learncraft.analytics.embedded import EmbeddedStore
from learncraft.analytics.errors import EventStoreUnavailable, ShippingError
from learncraft.analytics.schema import migrate
from learncraft.analytics.store import EventStore
from learncraft.db import Database
from tests.event_store import ship

_INSERT = text(
    "INSERT INTO learning_events (id, user_id, event_type, course_id, occurred_at, score, event_data) "
    "VALUES (:id, :user_id, :event_type, :course_id, :occurred_at, :score, :event_data)"
)


@pytest.fixture
def engine(fresh_database: Database) -> Engine:
    return fresh_database.engine


def record(connection: Connection, count: int = 1, **columns: object) -> list[UUID]:
    """Write events in the caller's transaction and return their ids."""
    ids = [uuid4() for _ in range(count)]
    defaults = {
        "user_id": uuid4(),
        "event_type": "lesson_opened",
        "course_id": uuid4(),
        "occurred_at": datetime.now(UTC),
        "score": None,
        "event_data": Jsonb({}),
    }
    connection.execute(_INSERT, [{**defaults, **columns, "id": event_id} for event_id in ids])
    return ids


def record_now(engine: Engine, count: int = 1, **columns: object) -> list[UUID]:
    with engine.begin() as connection:
        return record(connection, count, **columns)


def ship_all(engine: Engine, store: EventStore, **options: int) -> int:
    total = 0
    while shipped := ship(engine, store, **options).events:
        total += shipped
    return total


def stored(store: EventStore) -> set[UUID]:
    """The events in the store; that none is there twice, in the table or in the roll-up, is asserted."""
    ids = [row[0] for row in store.query("SELECT event_id FROM learning_events")]
    assert len(ids) == len(set(ids))
    assert store.command("SELECT sum(events) FROM activity") == len(ids)
    return set(ids)


def nested(depth: int) -> list[object]:
    inner: list[object] = []
    for _ in range(depth):
        inner = [inner]
    return inner


def eventually(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(0.05)


def test_events_arrive_with_all_they_carry(engine: Engine, event_store: EventStore) -> None:
    columns = {
        name: uuid4() for name in ["module_id", "lesson_id", "object_id", "attempt_id", "cohort_id", "course_id"]
    }
    columns |= {"id": uuid4(), "user_id": uuid4()}
    at = datetime(2026, 3, 29, 1, 30, 0, 123_000, tzinfo=UTC)
    with engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO learning_events (id, user_id, event_type, occurred_at, course_id, module_id, lesson_id, "
                "object_id, attempt_id, cohort_id, score, max_score, duration_ms, position_start, position_end, "
                "is_correct, event_data) VALUES (:id, :user_id, 'answer_graded', :at, :course_id, :module_id, "
                ":lesson_id, :object_id, :attempt_id, :cohort_id, 1.25, 2, 900, 0.5, 7.25, true, :data)"
            ),
            {**columns, "at": at, "data": Jsonb({"response": "tab\t, newline\n, back\\slash, ü"})},
        )
    record_now(engine, occurred_at=at)
    assert ship(engine, event_store).events == 2
    [row] = event_store.query(
        "SELECT event_id, actor_id, course_id, module_id, lesson_id, object_id, attempt_id, cohort_id, occurred_at, "
        "toString(score), toString(max_score), duration_ms, position_start, position_end, is_correct, "
        "data.response.:String FROM learning_events WHERE event_type = 'answer_graded'"
    )
    names = ["id", "user_id", "course_id", "module_id", "lesson_id", "object_id", "attempt_id", "cohort_id"]
    assert row[:8] == tuple(columns[name] for name in names)
    assert row[8:] == (at, "1.25", "2", 900, 0.5, 7.25, True, "tab\t, newline\n, back\\slash, ü")
    [(lesson, score, correct)] = event_store.query(
        "SELECT lesson_id, score, is_correct FROM learning_events WHERE event_type = 'lesson_opened'"
    )
    assert (lesson, score, correct) == (UUID(int=0), None, None)


def test_nothing_is_sent_twice_and_nothing_when_nothing_is_new(engine: Engine, event_store: EventStore) -> None:
    first = record_now(engine, 10)
    assert ship_all(engine, event_store) == 10
    assert shipping.ship_once(engine, event_store) == batches.Shipped()
    second = record_now(engine, 5)
    assert ship_all(engine, event_store) == 5
    assert stored(event_store) == {*first, *second}


def test_a_transaction_that_commits_late_is_never_lost(engine: Engine, event_store: EventStore) -> None:
    with engine.connect() as slow, slow.begin() as transaction:
        late = record(slow, 3)  # the older transaction id, still open
        early = record_now(engine, 3)  # newer, and committed
        assert ship_all(engine, event_store) == 0  # what is newer waits, so that the order holds
        status = shipping.status(engine, event_store)
        assert status.queued == 3
        assert status.lag_seconds > 0
        transaction.commit()
    assert ship_all(engine, event_store) == 6
    assert stored(event_store) == {*late, *early}


def test_a_long_transaction_in_another_database_holds_up_nothing(
    engine: Engine, event_store: EventStore, database: Database
) -> None:
    with database.engine.connect() as neighbour, neighbour.begin():
        neighbour.execute(text("SELECT pg_current_xact_id()"))
        ids = record_now(engine, 3)
        assert ship_all(engine, event_store) == 3
    assert stored(event_store) == set(ids)


def test_transactions_that_commit_in_any_order_all_arrive(engine: Engine, event_store: EventStore) -> None:
    choose = random.Random(7)
    expected: set[UUID] = set()
    open_ones = []
    for _ in range(60):
        if len(open_ones) < 4:
            connection = engine.connect()
            transaction = connection.begin()
            open_ones.append((connection, transaction, record(connection, choose.randint(1, 5))))
        else:
            connection, transaction, ids = open_ones.pop(choose.randrange(len(open_ones)))
            if choose.random() < 0.8:
                transaction.commit()
                expected.update(ids)
            else:
                transaction.rollback()
            connection.close()
        shipping.ship_once(engine, event_store, max_events=choose.randint(1, 10))
    for connection, transaction, ids in open_ones:
        transaction.commit()
        connection.close()
        expected.update(ids)
    ship_all(engine, event_store, max_events=7)
    assert stored(event_store) == expected


def test_a_batch_ends_inside_a_transaction_when_it_is_full(engine: Engine, event_store: EventStore) -> None:
    ids = record_now(engine, 25)
    assert [ship(engine, event_store, max_events=10).events for _ in range(4)] == [10, 10, 5, 0]
    assert stored(event_store) == set(ids)


def test_a_batch_is_limited_in_bytes_too(
    engine: Engine, event_store: EventStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches, "MAX_BYTES", 25_000)
    ids = record_now(engine, 10, event_data=Jsonb({"query": "x" * 10_000}))
    sizes = []
    while events := ship(engine, event_store).events:
        sizes.append(events)
    assert sizes == [3, 3, 3, 1]
    assert stored(event_store) == set(ids)


def test_batches_sent_again_change_nothing(engine: Engine, event_store: EventStore) -> None:
    ids = record_now(engine, 50)
    ship_all(engine, event_store, max_events=8)
    for _ in range(2):  # as if no acknowledgement had been written
        with engine.begin() as connection:
            connection.execute(text("UPDATE event_batches SET acknowledged_at = NULL"))
        assert ship_all(engine, event_store, max_events=8) == 50
    assert stored(event_store) == set(ids)
    checks = shipping.status(engine, event_store).checks
    assert checks is not None
    assert len(checks) == 7
    assert all(check.drift == 0 for check in checks)


_KILLED_AFTER_SENDING = """
import os, signal, sys
from sqlalchemy import create_engine
from learncraft.analytics import shipping
from learncraft.analytics.store import EventStore

class KilledAfterSending(EventStore):
    sent = 0

    def insert_block(self, *args, **options):
        super().insert_block(*args, **options)
        KilledAfterSending.sent += 1
        if KilledAfterSending.sent == int(sys.argv[3]):
            os.kill(os.getpid(), signal.SIGKILL)

shipping.ship_waiting(create_engine(sys.argv[1]), KilledAfterSending.connect(sys.argv[2]), max_events=int(sys.argv[4]))
"""


def test_a_shipper_killed_between_sending_and_acknowledging_loses_and_doubles_nothing(
    fresh_database: Database, event_store: EventStore
) -> None:
    engine = fresh_database.engine
    ids = record_now(engine, 500)
    arguments = [fresh_database.url, event_store._url(), "1", "1000"]
    killed = subprocess.run([sys.executable, "-c", _KILLED_AFTER_SENDING, *arguments], check=False)
    assert killed.returncode == -signal.SIGKILL
    assert stored(event_store) == set(ids)
    assert shipping.status(engine, event_store).unacknowledged == 1
    more = record_now(engine, 5)
    assert ship_all(engine, event_store) == 505
    assert stored(event_store) == {*ids, *more}
    assert shipping.status(engine, event_store).unacknowledged == 0


def test_a_shipper_killed_with_the_next_batch_already_read_loses_and_doubles_nothing(
    fresh_database: Database, event_store: EventStore
) -> None:
    engine = fresh_database.engine
    ids = record_now(engine, 500)
    arguments = [fresh_database.url, event_store._url(), "3", "100"]
    killed = subprocess.run([sys.executable, "-c", _KILLED_AFTER_SENDING, *arguments], check=False)
    assert killed.returncode == -signal.SIGKILL
    assert len(stored(event_store)) == 300
    assert shipping.status(engine, event_store).queued == 300  # the third batch was sent and not confirmed
    assert ship_all(engine, event_store, max_events=100) == 300
    assert stored(event_store) == set(ids)


def test_batches_follow_each_other_in_order_and_stay_when_one_is_not_confirmed(
    engine: Engine, event_store: EventStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    sound, sent = EventStore.insert_block, []

    def away_at_the_third(self: EventStore, *args: object, **options: dict[str, str]) -> None:
        sent.append(options["settings"]["insert_deduplication_token"])
        if len(sent) == 3:
            raise EventStoreUnavailable("away")
        sound(self, *args, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(EventStore, "insert_block", away_at_the_third)
    ids = record_now(engine, 45)
    with pytest.raises(EventStoreUnavailable):
        shipping.ship_waiting(engine, event_store, max_events=10)
    status = shipping.status(engine, event_store)
    assert (status.queued, status.last_error) == (25, "away")
    assert shipping.ship_waiting(engine, event_store, max_events=10).events == 25
    assert sent[2] == sent[3]
    assert sent[:2] + sent[3:] == sorted(set(sent), key=lambda token: int(token.removeprefix("batch-")))
    assert stored(event_store) == set(ids)


def test_a_store_that_is_away_and_comes_back_has_everything(fresh_database: Database, tmp_path_factory) -> None:
    engine = fresh_database.engine
    process = EmbeddedStore(tmp_path_factory.mktemp("away") / "store")
    process.start()
    store = EventStore.connect(lambda: process.url)
    migrate(store)
    try:
        ids = record_now(engine, 10)
        assert ship_all(engine, store) == 10
        assert process.pid is not None
        os.kill(process.pid, signal.SIGKILL)
        ids += record_now(engine, 10)
        for _ in range(2):
            with pytest.raises(EventStoreUnavailable):
                shipping.ship_once(engine, store)
        status = shipping.status(engine, store)
        assert (status.queued, status.unacknowledged, status.checks) == (10, 1, None)
        assert status.last_error
        process.stop()
        process.start()
        assert ship_all(engine, store) == 10
        assert stored(store) == set(ids)
        assert shipping.status(engine, store).last_error is None
    finally:
        process.stop()


def test_one_shipper_works_while_another_waits_and_then_takes_over(engine: Engine, event_store: EventStore) -> None:
    with shipping.shipping_lock(engine) as first:
        assert first is not None
        ids = record_now(engine, 3)
        assert shipping.ship_once(engine, event_store) == batches.Shipped(busy=True)
        assert batches.ship(first, event_store).events == 3
    ids += record_now(engine, 4)
    assert ship(engine, event_store).events == 4
    assert stored(event_store) == set(ids)


def test_a_shipper_takes_over_from_one_whose_connection_was_cut(engine: Engine, event_store: EventStore) -> None:
    ids = record_now(engine, 3)
    with pytest.raises(OperationalError), shipping.shipping_lock(engine) as first, engine.connect() as admin:
        assert first is not None
        pid = first.scalar(text("SELECT pg_backend_pid()"))
        first.rollback()
        admin.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})
        batches.ship(first, event_store)
    assert ship_all(engine, event_store) == 3
    assert stored(event_store) == set(ids)


def test_two_loops_ship_what_is_recorded_meanwhile_exactly_once(engine: Engine, event_store: EventStore) -> None:
    shippers = [shipping.Shipper(engine, event_store, max_events=20) for _ in range(2)]
    for shipper in shippers:
        shipper.start()
    expected = set(record_now(engine, 100))
    eventually(lambda: shipping.status(engine, event_store).queued == 0)
    expected |= set(record_now(engine, 7))
    eventually(lambda: shipping.status(engine, event_store).queued == 0)
    for shipper in shippers:
        shipper.stop()
        assert not shipper._thread.is_alive()
    assert stored(event_store) == expected


def test_the_loop_goes_on_after_the_store_was_away(
    engine: Engine, event_store: EventStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    sound, failures = EventStore.insert_block, iter(range(2))

    def away_twice(self: EventStore, *args: object, **options: object) -> None:
        if next(failures, None) is not None:
            raise EventStoreUnavailable("away")
        sound(self, *args, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(EventStore, "insert_block", away_twice)
    monkeypatch.setattr(shipping, "FIRST_PAUSE_SECONDS", 0.01)
    ids = record_now(engine, 3)
    shipper = shipping.Shipper(engine, event_store)
    shipper.start()
    eventually(lambda: shipping.status(engine, event_store).queued == 0)
    shipper.stop()
    assert stored(event_store) == set(ids)


@pytest.mark.parametrize(
    "data",
    [
        {"a.b": 1, "a": {"b": 2}},
        {"": 1, ".": 2, "a..b": 3, "`": 4},
        {"deep": nested(80)},
        {"a": 10**400, "b": -(2**63) - 1, "c": 1e-320},
        {"a": [1, "x", {"b": None}, [2], []], "c": None, "d": {}},
        {f"key {number}": number for number in range(1_500)},
    ],
    ids=["paths that meet", "strange keys", "deep", "big numbers", "mixed", "many keys"],
)
def test_strange_data_does_not_hold_up_other_events(engine: Engine, event_store: EventStore, data: object) -> None:
    ids = record_now(engine, 1, event_data=Jsonb(data)) + record_now(engine, 1)
    assert ship_all(engine, event_store) == 2
    assert stored(event_store) == set(ids)


def test_strange_values_do_not_hold_up_other_events(engine: Engine, event_store: EventStore) -> None:
    strange = "{}".join(['{"a":' * 3_000, "}" * 3_000])
    with engine.begin() as connection:
        for expression in ["'infinity'", "'-infinity'", "'0044-03-15 BC'", "'9999-01-01'"]:
            connection.execute(
                text(
                    "INSERT INTO learning_events (user_id, event_type, occurred_at, score, position_start, "
                    f"position_end, event_data) VALUES (:user, 'x\t\\n', {expression}, 'NaN', 'Infinity', 'NaN', "
                    "CAST(:data AS jsonb))"
                ),
                {"user": uuid4(), "data": strange},
            )
    assert ship_all(engine, event_store) == 4
    assert len(stored(event_store)) == 4


def test_events_of_many_months_fit_in_one_batch(engine: Engine, event_store: EventStore) -> None:
    with engine.begin() as connection:
        for month in range(150):
            connection.execute(
                text(
                    "INSERT INTO learning_events (user_id, event_type, created_at, occurred_at) "
                    "VALUES (:user, 'signed_in', :at, :at)"
                ),
                {"user": uuid4(), "at": datetime.now(UTC) - timedelta(days=31 * month)},
            )
    event_store.command("ALTER TABLE learning_events REMOVE TTL")
    event_store.command("ALTER TABLE activity REMOVE TTL")
    assert ship_all(engine, event_store) == 150
    assert len(stored(event_store)) == 150


def test_the_status_tells_of_missing_events(engine: Engine, event_store: EventStore) -> None:
    record_now(engine, 10)
    with engine.begin() as connection:
        connection.execute(
            text("INSERT INTO event_quarantine (event_type, payload, reason) VALUES ('x', '{}', 'unknown type')")
        )
    ship_all(engine, event_store)
    [event_id] = event_store.query("SELECT event_id FROM learning_events LIMIT 1")[0]
    event_store.command("DELETE FROM learning_events WHERE event_id = {id:UUID}", id=event_id)
    status = shipping.status(engine, event_store)
    assert status.checks is not None
    assert [check.drift for check in status.checks] == [-1]
    assert (status.queued, status.lag_seconds, status.unacknowledged, status.quarantined) == (0, 0, 0, 1)
    assert status.last_acknowledged_at is not None


def test_shipped_until_is_the_oldest_event_that_waits(engine: Engine, event_store: EventStore) -> None:
    record_now(engine, 2)
    ship_all(engine, event_store)
    [waiting] = record_now(engine, 1)
    record_now(engine, 1)
    with engine.connect() as connection:
        came = connection.scalar(text("SELECT created_at FROM learning_events WHERE id = :id"), {"id": waiting})
        assert shipping.shipped_until(engine) == came
        ship_all(engine, event_store)
        assert shipping.shipped_until(engine) >= connection.scalar(text("SELECT now()"))


def test_a_database_restored_with_foreign_transaction_numbers_is_refused_in_words(
    engine: Engine, event_store: EventStore
) -> None:
    record_now(engine, 1)
    ship_all(engine, event_store)
    with engine.begin() as connection:
        connection.execute(text("UPDATE event_batches SET to_xid = '900000000000'"))
    with pytest.raises(ShippingError, match="restored from a dump"):
        ship(engine, event_store)


def test_a_batch_that_the_store_refuses_is_kept_with_the_reason(engine: Engine, event_store: EventStore) -> None:
    ids = record_now(engine, 2)
    event_store.command("RENAME TABLE learning_events TO hidden")
    with pytest.raises(ShippingError, match="refuses batch"):
        ship(engine, event_store)
    assert "refuses batch" in (shipping.status(engine, event_store).last_error or "")
    event_store.command("RENAME TABLE hidden TO learning_events")
    assert ship_all(engine, event_store) == 2
    assert len(event_store.query("SELECT event_id FROM learning_events")) == len(ids)
