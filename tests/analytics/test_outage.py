"""The event store away for "an hour" under load, in seconds: a process is really killed while people really write."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import text

from learncraft import events
from learncraft.analytics import asking, engagement, schema, shipping
from learncraft.analytics.embedded import EmbeddedStore
from learncraft.analytics.errors import EventStoreUnavailable
from learncraft.analytics.scope import Scope
from learncraft.analytics.shipping import Shipper
from learncraft.analytics.store import EventStore
from learncraft.db import Database, new_id
from tests.analytics.test_shipping import eventually, stored

WRITERS = 3
COURSE = UUID(int=8)
OUTAGE_SECONDS = 2.0


@pytest.fixture
def process(tmp_path: Path) -> Iterator[EmbeddedStore]:
    process = EmbeddedStore(tmp_path / "store")
    process.start()
    yield process
    process.stop()


class People:
    """Writers that record events of one course, one small transaction after another, and count those that committed."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._write) for _ in range(WRITERS)]
        self.written: set[UUID] = set()
        self.failed: list[BaseException] = []
        for thread in self._threads:
            thread.start()

    def _write(self) -> None:
        while not self._stop.is_set():
            ids = [new_id() for _ in range(20)]
            try:
                with self._database.transaction() as session:
                    for event_id in ids:
                        events.record(session, "course_viewed", new_id(), event_id=event_id, course_id=COURSE)
            except BaseException as error:  # told by the test
                self.failed.append(error)
                return
            self.written.update(ids)
            time.sleep(0.02)

    def stop(self) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()


def test_a_store_that_is_away_under_load_loses_nothing_and_catches_up(
    fresh_database: Database, process: EmbeddedStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = fresh_database.engine
    monkeypatch.setattr(shipping, "INTERVAL_SECONDS", 0.1)
    monkeypatch.setattr(shipping, "FIRST_PAUSE_SECONDS", 0.05)
    monkeypatch.setattr(shipping, "LONGEST_PAUSE_SECONDS", 0.5)  # instead of half a minute
    store = EventStore.connect(lambda: process.url)
    schema.migrate(store)
    shipper, people = Shipper(engine, store, max_events=1_000), People(fresh_database)
    shipper.start()
    try:
        eventually(lambda: int(store.command("SELECT count() FROM learning_events")) > 500)
        assert process.pid is not None
        os.kill(process.pid, signal.SIGKILL)  # in the middle of whatever it was writing
        killed_at, before = datetime.now(UTC), len(people.written)
        time.sleep(OUTAGE_SECONDS)
        status = shipping.status(engine, store)
        assert len(people.written) > before  # nobody waits for the store
        assert status.checks is None
        assert status.queued > 0
        assert status.last_error
        assert shipping.freshness(engine).moment <= killed_at  # what pages show as "as of"
        today = datetime.now(UTC).date()
        chart = asking.Asking().ask(
            store, engagement.active_learners_by_day, Scope((COURSE,), today, today), state="away"
        )
        with pytest.raises(EventStoreUnavailable, match="No event was lost"):
            chart.rows()
        process.stop()
        process.start()
        people.stop()
        assert not people.failed
        eventually(lambda: shipping.status(engine, store).queued == 0)
    finally:
        people.stop()
        shipper.stop()
    assert stored(store) == people.written
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM learning_events")) == len(people.written)
    assert store.command("SELECT sum(events) FROM presence") == len(people.written)
    [day] = engagement.active_learners_by_day(store, Scope((COURSE,), killed_at.date(), killed_at.date()))
    assert day.events == len(people.written)
    store.close()
