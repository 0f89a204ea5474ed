"""Invented events are whole, skewed, repeatable, and the same in both stores."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from sqlalchemy import text

from learncraft import event_types
from learncraft.analytics import shipping
from learncraft.analytics.store import EventStore
from learncraft.db import Database
from learncraft.demo.scale import filling
from learncraft.demo.traffic import Target, generating
from learncraft.demo.traffic.generating import Order, generate
from learncraft.demo.traffic.telling import tell
from learncraft.demo.traffic.visits import DAY_MS, starts, visits
from learncraft.demo.traffic.world import Size, World, made_up
from learncraft.errors import InvalidInputError

NOW = 1_790_000_000_000
SMALL = Order(events=6_000, days=60, size=Size(courses=8, learners=300))


def told(world: World, seed: int = 1):
    random = np.random.default_rng(seed)
    since = np.sort(starts(random, count=400, begin=NOW - 90 * DAY_MS, end=NOW - 30 * DAY_MS))
    made = visits(random, world, places=400, since=since, until=NOW)
    return made, tell(random, world, made)


def test_the_same_seed_tells_the_same_events() -> None:
    world = made_up(1, SMALL.size)
    (_, one), (_, two), (_, other) = told(world), told(made_up(1, SMALL.size)), told(world, seed=2)
    for name in ("event_type", "occurred_at", "actor", "object", "data"):
        assert (getattr(one, name) == getattr(two, name)).all(), name
    assert len(one) != len(other) or (one.occurred_at != other.occurred_at).any()


def test_every_type_has_its_events_and_each_carries_what_its_type_needs() -> None:
    world = made_up(3, SMALL.size)
    made, found = told(world)
    assert set(found.event_type) == set(event_types.EVENT_TYPES)
    sizes = np.bincount(made.course, minlength=8)
    assert sizes[0] > 2 * sizes[-1]  # few large courses
    hours = np.bincount(made.at // 3_600_000 % 24, minlength=24)
    assert hours[18:22].sum() > 3 * hours[6:10].sum()
    weekdays = np.bincount((made.at // DAY_MS + 3) % 7, minlength=7)
    assert weekdays[5:].mean() < weekdays[:5].mean()
    assert made.finishes.sum() < 200  # most stop before the end


def test_both_stores_hold_the_same_events(fresh_database: Database, event_store: EventStore) -> None:
    made = generate(SMALL, database=fresh_database, store=event_store)
    assert (made.events, made.invents_world) == (6_000, True)
    status = shipping.status(fresh_database.engine, event_store)
    assert (status.queued, status.unacknowledged) == (0, 0)
    assert status.checks
    assert all(check.drift == 0 for check in status.checks)
    sums = "count(*), count(DISTINCT {0}), sum(score), sum(position_end), min(occurred_at), max({1})"
    with fresh_database.reading() as session:
        ours = tuple(session.execute(text(f"SELECT {sums.format('user_id', 'created_at')} FROM learning_events")).one())
        spilled = session.scalar(text("SELECT count(*) FROM learning_events_default"))
        for row in session.execute(text("SELECT event_type, to_jsonb(e) AS columns FROM learning_events e LIMIT 2000")):
            columns = {name: row.columns[name] for name in event_types.COLUMN_NAMES if row.columns[name] is not None}
            event_types.check(row.event_type, columns, row.columns["event_data"])
    [theirs] = event_store.query(f"SELECT {sums.format('actor_id', 'received_at')} FROM learning_events")
    assert spilled == 0
    assert theirs[:3] == ours[:3]
    assert theirs[3] == pytest.approx(ours[3])
    assert theirs[4:] == ours[4:]


def test_events_happen_to_the_people_and_courses_of_the_database(
    fresh_database: Database, event_store: EventStore
) -> None:
    filling.fill(fresh_database, filling.Size(users=60, enrollments=60, courses=5, lessons_per_course=5))
    made = generate(replace(SMALL, events=2_000), database=fresh_database, store=event_store)
    assert not made.invents_world
    with fresh_database.reading() as session:
        strangers = session.scalar(
            text(
                "SELECT count(*) FROM learning_events e WHERE user_id NOT IN (SELECT id FROM users) "
                "OR lesson_id NOT IN (SELECT id FROM lessons) OR course_id NOT IN (SELECT id FROM courses)"
            )
        )
    assert strangers == 0


def test_one_store_alone_can_be_filled_in_parts(
    fresh_database: Database, event_store: EventStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(generating, "_PART", 1_000)
    generate(replace(SMALL, target=Target.CLICKHOUSE), database=fresh_database, store=event_store)
    assert event_store.query("SELECT count(), uniqExact(event_id) FROM learning_events") == [(6_000, 6_000)]
    generate(replace(SMALL, target=Target.POSTGRES), database=fresh_database, store=event_store)
    assert shipping.status(fresh_database.engine, event_store).queued == 6_000


def test_what_can_not_be_is_refused(fresh_database: Database, event_store: EventStore) -> None:
    with pytest.raises(InvalidInputError, match="two days or more"):
        generate(replace(SMALL, days=1), database=fresh_database, store=event_store)
