"""Each chart equals plain SQL on PostgreSQL, after shipping in random order, random batches and with replays."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from psycopg.types.json import Jsonb
from sqlalchemy import Engine, text

from learncraft.analytics import course_insight
from learncraft.analytics.course_insight import ActiveDay, LessonReach, QuestionResult
from learncraft.analytics.store import EventStore
from learncraft.db import Database
from learncraft.errors import InvalidInputError
from tests.event_store import ship

FIRST_DAY = datetime(2026, 3, 20, tzinfo=UTC)  # ten days with a change of the clocks in Europe, not at once in America
TYPES = ["course_viewed", "lesson_opened", "lesson_completed", "answer_graded", "video_watched"]
ZONES = ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Pacific/Apia", "Australia/Lord_Howe"]


@pytest.fixture
def engine(fresh_database: Database) -> Iterator[Engine]:
    return fresh_database.engine


@pytest.fixture(params=[1, 2, 3])
def choose(request: pytest.FixtureRequest) -> random.Random:
    return random.Random(request.param)


def random_event(
    choose: random.Random, courses: list[UUID], things: list[UUID], people: list[UUID]
) -> dict[str, object]:
    kind = choose.choice(TYPES)
    graded = kind == "answer_graded"
    points = choose.choice([0, 1, 2, 3])
    return {
        "user_id": choose.choice(people),
        "event_type": kind,
        "course_id": choose.choice(courses),
        "lesson_id": choose.choice(things) if kind.startswith("lesson") else None,
        "object_id": choose.choice(things) if graded else None,
        "occurred_at": FIRST_DAY + timedelta(seconds=choose.randrange(10 * 24 * 3600 * 1000) / 1000),
        "score": choose.choice([0, points / 3, points]) if graded else None,
        "max_score": points if graded else None,
        "is_correct": choose.choice([True, False]) if graded else None,
        "event_data": Jsonb({"response": "a"} if graded else {}),
    }


def record_and_ship(engine: Engine, store: EventStore, choose: random.Random) -> list[UUID]:
    """About a thousand events of three courses in random transactions, shipped in random batches and sent again."""
    courses, things, people = ([uuid4() for _ in range(count)] for count in (3, 8, 30))
    events = [random_event(choose, courses, things, people) for _ in range(1_000)]
    names = list(events[0])
    insert = text(
        f"INSERT INTO learning_events ({', '.join(names)}) VALUES ({', '.join(f':{name}' for name in names)})"
    )
    while events:
        with engine.begin() as connection:
            for _ in range(choose.randint(1, 200)):
                if events:
                    connection.execute(insert, events.pop())
        ship(engine, store, max_events=choose.randint(1, 150))
        if choose.random() < 0.3:
            forget_acknowledgements(engine, choose)
    while ship(engine, store, max_events=choose.randint(50, 150)).events:
        pass
    forget_acknowledgements(engine, choose)
    while ship(engine, store).events:
        pass
    return courses


def forget_acknowledgements(engine: Engine, choose: random.Random) -> None:
    """As if the last few batches' answers had been lost: they are sent again."""
    with engine.begin() as connection:
        connection.execute(
            text(
                "UPDATE event_batches SET acknowledged_at = NULL "
                "WHERE id > (SELECT max(id) FROM event_batches) - :count"
            ),
            {"count": choose.randint(1, 4)},
        )


def test_active_learners_by_day_equal_postgresql_in_any_time_zone(
    engine: Engine, event_store: EventStore, choose: random.Random
) -> None:
    since, until = date(2026, 3, 21), date(2026, 4, 1)
    plain = text(
        "SELECT d::date AS day, count(DISTINCT user_id) AS learners, count(user_id) AS events "
        "FROM generate_series(CAST(:since AS date), CAST(:until AS date), interval '1 day') AS d "
        "LEFT JOIN learning_events ON course_id = :course AND (occurred_at AT TIME ZONE :zone)::date = d::date "
        "GROUP BY day ORDER BY day"
    )
    for course in record_and_ship(engine, event_store, choose):
        for zone in ZONES:
            shown = course_insight.active_learners_by_day(
                event_store, course_id=course, since=since, until=until, time_zone=zone
            )
            with engine.connect() as connection:
                values = {"since": since, "until": until, "course": course, "zone": zone}
                expected = [ActiveDay(*row) for row in connection.execute(plain, values)]
            assert shown == expected


def test_the_completion_funnel_equals_postgresql(
    engine: Engine, event_store: EventStore, choose: random.Random
) -> None:
    plain = text(
        "SELECT lesson_id, count(DISTINCT user_id), "
        "count(DISTINCT user_id) FILTER (WHERE event_type = 'lesson_completed') FROM learning_events "
        "WHERE course_id = :course AND event_type IN ('lesson_opened', 'lesson_completed') GROUP BY lesson_id"
    )
    for course in record_and_ship(engine, event_store, choose):
        with engine.connect() as connection:
            expected = {LessonReach(*row) for row in connection.execute(plain, {"course": course})}
        shown = course_insight.completion_funnel(event_store, course_id=course)
        assert len(shown) == len(expected) > 0
        assert set(shown) == expected


def test_question_results_equal_postgresql(engine: Engine, event_store: EventStore, choose: random.Random) -> None:
    plain = text(
        "SELECT object_id, count(*), count(*) FILTER (WHERE is_correct), "
        "avg(score / nullif(max_score, 0))::double precision "
        "FROM learning_events WHERE course_id = :course AND event_type = 'answer_graded' GROUP BY object_id"
    )
    for course in record_and_ship(engine, event_store, choose):
        with engine.connect() as connection:
            expected = {row[0]: QuestionResult(*row) for row in connection.execute(plain, {"course": course})}
        shown = {row.question_id: row for row in course_insight.question_results(event_store, course_id=course)}
        assert shown.keys() == expected.keys()
        for question, row in shown.items():
            assert (row.answers, row.correct) == (expected[question].answers, expected[question].correct)
            assert row.facility == pytest.approx(expected[question].facility, rel=1e-12)


def test_a_question_that_earns_no_points_has_no_facility(engine: Engine, event_store: EventStore) -> None:
    course, question = uuid4(), uuid4()
    with engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO learning_events (user_id, event_type, course_id, object_id, score, max_score, is_correct) "
                "VALUES (:user, 'answer_graded', :course, :question, 0, 0, true)"
            ),
            {"user": uuid4(), "course": course, "question": question},
        )
    ship(engine, event_store)
    assert course_insight.question_results(event_store, course_id=course) == [QuestionResult(question, 1, 1, None)]


def test_a_course_without_events_has_empty_charts_and_days_of_zero(event_store: EventStore) -> None:
    course, day = uuid4(), date(2026, 5, 1)
    assert course_insight.completion_funnel(event_store, course_id=course) == []
    assert course_insight.question_results(event_store, course_id=course) == []
    assert course_insight.active_learners_by_day(
        event_store, course_id=course, since=day, until=day, time_zone="UTC"
    ) == [ActiveDay(day, learners=0, events=0)]


def test_an_unknown_time_zone_is_refused_in_words(event_store: EventStore) -> None:
    for zone in ["Europe/Atlantis", "../etc/passwd", ""]:
        with pytest.raises(InvalidInputError, match="is not a time zone"):
            course_insight.active_learners_by_day(
                event_store, course_id=uuid4(), since=date(2026, 1, 1), until=date(2026, 1, 2), time_zone=zone
            )


def test_a_chart_says_as_of_when(engine: Engine, event_store: EventStore) -> None:
    assert course_insight.as_of(event_store, None).moment is None
    with engine.begin() as connection:
        came = connection.scalar(
            text(
                "INSERT INTO learning_events (user_id, event_type) VALUES (:user, 'signed_in') "
                "RETURNING date_trunc('milliseconds', created_at)"
            ),
            {"user": uuid4()},
        )
    ship(engine, event_store)
    assert course_insight.as_of(event_store, None) == course_insight.AsOf(came, is_complete=False)
    assert course_insight.as_of(event_store, engine).is_complete
