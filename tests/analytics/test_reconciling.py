"""What differs between both databases is found and made anew, while shipping pauses."""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import uuid4

import pytest
from sqlalchemy import Engine, text

from learncraft.analytics import shipping
from learncraft.analytics.reconciling import reconcile
from learncraft.analytics.store import EventStore
from learncraft.db import Database
from tests.analytics.test_shipping import eventually, record_now, ship_all, stored

LONG_AGO = date(2000, 1, 1)


@pytest.fixture
def engine(fresh_database: Database) -> Engine:
    return fresh_database.engine


def record_in(engine: Engine, moment: datetime, count: int) -> None:
    with engine.begin() as connection:
        for _ in range(count):
            connection.execute(
                text(
                    "INSERT INTO learning_events (user_id, event_type, course_id, created_at, occurred_at, event_data) "
                    "VALUES (:user, 'lesson_opened', :course, :moment, :moment, '{}')"
                ),
                {"user": uuid4(), "course": uuid4(), "moment": moment},
            )


@pytest.fixture
def two_months(engine: Engine, event_store: EventStore) -> Engine:
    record_in(engine, datetime(2026, 3, 31, 23, 59, tzinfo=UTC), 7)
    record_in(engine, datetime(2026, 4, 1, tzinfo=UTC), 5)
    ship_all(engine, event_store, max_events=4)
    assert reconcile(engine, event_store, since=LONG_AGO).drifting == ()
    return engine


@pytest.mark.parametrize(
    "damage",
    [
        "DELETE FROM learning_events WHERE batch_id = 1",
        "INSERT INTO learning_events SELECT * FROM learning_events WHERE batch_id = 2",
        "ALTER TABLE activity DROP PARTITION '2026-03-01'",
        "ALTER TABLE receipts DROP PARTITION '2026-03-01'",
    ],
    ids=["lost rows", "doubled rows", "lost activity", "lost receipts"],
)
def test_a_month_that_differs_is_made_anew(two_months: Engine, event_store: EventStore, damage: str) -> None:
    before = {row[0] for row in event_store.query("SELECT event_id FROM learning_events")}
    event_store.command(damage, settings={"insert_deduplicate": 0})
    looked = reconcile(two_months, event_store, since=LONG_AGO, repair=False)
    assert date(2026, 3, 1) in looked.drifting
    assert looked.repaired == ()
    found = reconcile(two_months, event_store, since=LONG_AGO)
    assert date(2026, 3, 1) in found.repaired
    assert stored(event_store) == before
    again = reconcile(two_months, event_store, since=LONG_AGO)
    assert (again.drifting, again.batches, again.repaired) == ((), (), ())
    assert event_store.command("SELECT sum(events) FROM receipts") == 12


def test_events_of_equal_number_but_not_the_same_are_found_too(two_months: Engine, event_store: EventStore) -> None:
    before = stored(event_store)
    event_store.command(
        "INSERT INTO learning_events SELECT * FROM learning_events WHERE batch_id = 1 LIMIT 1",
        settings={"insert_deduplicate": 0},
    )
    event_store.command(
        "DELETE FROM learning_events WHERE event_id = (SELECT event_id FROM learning_events WHERE batch_id = 1 "
        "GROUP BY event_id HAVING count() = 1 LIMIT 1)"
    )
    found = reconcile(two_months, event_store, since=LONG_AGO)
    assert [check.batch_id for check in found.batches] == [1]
    assert stored(event_store) == before


def test_a_running_shipper_steps_back_for_a_repair_and_goes_on(two_months: Engine, event_store: EventStore) -> None:
    shipper = shipping.Shipper(two_months, event_store)
    shipper.start()
    try:
        record_now(two_months, 3)
        eventually(lambda: shipping.status(two_months, event_store).queued == 0)
        event_store.command("ALTER TABLE learning_events DROP PARTITION '2026-04-01'")
        assert date(2026, 4, 1) in reconcile(two_months, event_store, since=LONG_AGO).repaired
        record_now(two_months, 3)
        eventually(lambda: shipping.status(two_months, event_store).queued == 0)
    finally:
        shipper.stop()
    assert len(stored(event_store)) == 18
    assert reconcile(two_months, event_store, since=LONG_AGO).drifting == ()
