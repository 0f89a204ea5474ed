"""Each chart equals plain SQL on PostgreSQL: after shuffles, replays, lost answers and a killed shipper; in any time
zone, over a leap day and changes of the clocks, for any part of the learners."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import astuple, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from learncraft.analytics.questions import every_question
from learncraft.analytics.schema import migrate
from learncraft.analytics.scope import Scope, Segment
from learncraft.analytics.store import EventStore
from learncraft.errors import InvalidInputError
from learncraft.paths import root
from tests.analytics import truth, world
from tests.analytics.world import SINCE, UNTIL, ZONES, World
from tests.conftest import TEMPLATE
from tests.event_store import SharedEventStore
from tests.postgres import SharedServer

QUESTIONS = every_question()


class Shipped:
    """The world in both databases."""

    def __init__(self, made: World, engine: Engine, store: EventStore) -> None:
        self.made = made
        self.engine = engine
        self.store = store

    def check(self, key: str, scope: Scope) -> int:
        """Assert that the chart shows the truth; returns how many rows it has."""
        course = next((one for one in self.made.courses if one.id in (scope.courses or ())), self.made.courses[0])
        more: dict[str, Any] = {
            "video_attention": {"video_id": course.videos[0], "step": 5},
            "learner_timeline": {"learner_id": self.made.people[0], "most": 5_000},
            "people_behind": {"lesson_id": course.lessons[0]},
        }.get(key, {})
        shown = [astuple(row) for row in QUESTIONS[key](self.store, scope, **more)]
        with self.engine.connect() as connection:
            expected = truth.truth(connection, key, scope, **more)
        assert_same(key, comparable(shown), comparable(expected))
        return len(shown)


def comparable(rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """In one order, with one type for each kind of number."""
    plain = [tuple(_plain(value) for value in row) for row in rows]
    return sorted(plain, key=lambda row: [str(value) for value in row if not isinstance(value, float)])


def _plain(value: object) -> object:
    if isinstance(value, list):
        return tuple(value)
    if isinstance(value, Decimal):
        return float(value)
    return int(value) if isinstance(value, bool) else value


def assert_same(key: str, shown: list[tuple[Any, ...]], expected: list[tuple[Any, ...]]) -> None:
    assert len(shown) == len(expected), (key, shown[:9], expected[:9])
    for one, other in zip(shown, expected, strict=True):
        for value, right in zip(one, other, strict=True):
            if isinstance(value, float) or isinstance(right, float):
                assert value == pytest.approx(right, rel=1e-9, abs=1e-9), (key, one, other)
            else:
                assert value == right, (key, one, other)


@pytest.fixture(scope="module")
def shipped(postgres: SharedServer, shared_event_store: SharedEventStore) -> Iterator[Shipped]:
    """One world, shipped once with everything that can go wrong."""
    name = f"truth_{uuid4().hex[:12]}"
    with postgres.clone(TEMPLATE, name) as database, shared_event_store.database(name) as store:
        made = world.make(seed=8)
        world.record_and_ship(made, database.engine, store, seed=8)
        yield Shipped(made, database.engine, store)


def scopes(made: World) -> dict[str, Scope]:
    """Kinds of scope: what a page can choose."""
    course = made.courses[0].id
    one = Scope((course,), SINCE, UNTIL)
    return {
        "a course": one,
        "its whole past": replace(one, since=date(2024, 1, 1)),
        "several courses": replace(one, courses=tuple(each.id for each in made.courses[:2])),
        "the platform": replace(one, courses=None),
        "a cohort": one.of(tuple(made.people[:9])),
        "nobody": one.of(()),
        "a leap day": replace(one, since=date(2024, 2, 29), until=date(2024, 2, 29)),
        "who finished": replace(one, segment=Segment.FINISHED),
        "who is learning": replace(one, segment=Segment.LEARNING),
        "who is new": replace(one, segment=Segment.NEW, since=date(2024, 2, 24)),
    }


@pytest.mark.parametrize("key", QUESTIONS)
def test_a_chart_equals_postgresql(shipped: Shipped, key: str) -> None:
    all_scopes = scopes(shipped.made)
    found = {name: shipped.check(key, scope) for name, scope in all_scopes.items()}
    assert any(found.values()) or key == "receipts_by_day"


@pytest.mark.parametrize("key", QUESTIONS)
def test_a_chart_equals_postgresql_in_any_time_zone(shipped: Shipped, key: str) -> None:
    for zone in ZONES:
        shipped.check(key, Scope((shipped.made.courses[1].id,), SINCE, UNTIL, time_zone=zone))


def test_every_chart_has_its_truth_and_every_file_its_chart() -> None:
    assert set(truth.TRUTH) | set(truth.COMPUTED) == set(QUESTIONS)
    assert {path.stem for path in (root() / "sql" / "charts").glob("*.sql")} == set(QUESTIONS)


def test_an_event_from_the_future_is_left_out_and_said(shipped: Shipped) -> None:
    today = datetime.now(UTC).date()
    ahead = Scope(None, today - timedelta(days=1), today + timedelta(days=3))
    for key in QUESTIONS:
        shipped.check(key, ahead)
    [came] = [day for day in QUESTIONS["receipts_by_day"](shipped.store, ahead) if day.events]
    assert came.from_future == len(shipped.made.courses)
    assert all(day.learners == 0 for day in QUESTIONS["active_learners_by_day"](shipped.store, ahead))


@given(
    seed=st.integers(0, 2**32),
    zone=st.sampled_from(ZONES),
    since=st.dates(date(2024, 2, 15), date(2024, 4, 1)),
    days=st.integers(1, 50),
)
@settings(max_examples=2, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_small_world_shows_the_truth(
    postgres: SharedServer, shared_event_store: SharedEventStore, seed: int, zone: str, since: date, days: int
) -> None:
    name = f"truth_{uuid4().hex[:12]}"
    with postgres.clone(TEMPLATE, name) as database, shared_event_store.database(name) as store:
        made = world.make(seed, courses=1, people=6, doings=80)
        world.record_and_ship(made, database.engine, store, seed=seed, kill=False)
        small = Shipped(made, database.engine, store)
        scope = Scope((made.courses[0].id,), since, since + timedelta(days=days - 1), time_zone=zone)
        for key in QUESTIONS:
            small.check(key, scope)


def test_a_store_that_was_filled_by_an_older_version_counts_the_same(shipped: Shipped) -> None:
    """What is added later is made from the events that are there, and may be applied twice."""
    store = shipped.store
    counted = (
        "SELECT 'receipts', sum(events), sum(from_future), sum(late), max(longest_delay) FROM receipts "
        "UNION ALL SELECT 'presence', sum(events), uniqExact(actor_id), uniqExact(course_id), toInt64(max(bucket)) "
        "FROM presence"
    )
    before = sorted(store.query(counted))  # the order of a union is nobody's
    store.command("ALTER TABLE schema_versions DELETE WHERE version >= '0010'", settings={"mutations_sync": 1})
    migrate(store)
    assert sorted(store.query(counted)) == before
    for key in QUESTIONS:
        shipped.check(key, scopes(shipped.made)["a course"])


def test_an_unknown_time_zone_is_refused_in_words() -> None:
    for zone in ["Europe/Atlantis", "../etc/passwd", ""]:
        with pytest.raises(InvalidInputError, match="is not a time zone"):
            Scope(None, SINCE, UNTIL, time_zone=zone)
