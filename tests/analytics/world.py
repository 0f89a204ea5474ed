"""A small world of events of every type, and a way to ship them in which everything goes wrong that can.

Six weeks of 2024: with a leap day, and with changes of the clocks in America and in Europe.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb
from sqlalchemy import Engine, text

from learncraft.analytics.store import EventStore
from tests.event_store import ship

FIRST = datetime(2024, 2, 20, tzinfo=UTC)
DAYS = 46
SINCE, UNTIL = date(2024, 2, 26), date(2024, 4, 2)
ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Pacific/Apia", "Australia/Lord_Howe")

_KILLED_AFTER_SENDING = """
import os, signal, sys
from sqlalchemy import create_engine
from learncraft.analytics import shipping
from learncraft.analytics.store import EventStore

class KilledAfterSending(EventStore):
    def insert_block(self, *args, **options):
        super().insert_block(*args, **options)
        os.kill(os.getpid(), signal.SIGKILL)

shipping.ship_once(create_engine(sys.argv[1]), KilledAfterSending.connect(sys.argv[2]))
"""

Row = dict[str, Any]


@dataclass
class Course:
    """What the events of one course are about."""

    id: UUID
    modules: list[UUID]
    lessons: list[UUID]
    assessments: dict[UUID, list[UUID]]
    videos: list[UUID]
    labs: list[UUID]
    cards: list[UUID]


@dataclass
class World:
    """Courses, people, and all that happened."""

    courses: list[Course]
    people: list[UUID]
    events: list[Row] = field(default_factory=list)


def make(seed: int, *, courses: int = 3, people: int = 24, doings: int = 700) -> World:
    """A world by chance, always the same for the same seed."""
    choose = random.Random(seed)

    def ids(count: int) -> list[UUID]:
        return [UUID(int=choose.getrandbits(128), version=4) for _ in range(count)]

    world = World(
        courses=[
            Course(*ids(1), ids(2), ids(6), {key: ids(4) for key in ids(2)}, ids(2), ids(2), ids(5))
            for _ in range(courses)
        ],
        people=ids(people),
    )
    for course in world.courses:
        for person in choose.sample(world.people, people * 3 // 4):
            _happen(world, choose, person, course, "enrolled", at=_moment(choose, 10), data={"price": 12.5})
    for _ in range(doings):
        _do_something(world, choose, choose.choice(world.people), choose.choice(world.courses))
    for course in world.courses:  # from a clock that is wrong
        _happen(world, choose, choose.choice(world.people), course, "lesson_opened", at=datetime.now(UTC) + _A_DAY)
    return world


_A_DAY = timedelta(days=1)


def _moment(choose: random.Random, days: float = DAYS) -> datetime:
    return FIRST + timedelta(milliseconds=choose.randrange(int(days * 86_400_000)))


def _happen(
    world: World, choose: random.Random, person: UUID, course: Course, kind: str, *, at: datetime, **columns: Any
) -> None:
    lesson = choose.randrange(len(course.lessons))
    if kind.startswith(("lesson", "video", "lab", "tutor_asked")):
        columns |= {"lesson_id": course.lessons[lesson], "module_id": course.modules[lesson % 2]}
    world.events.append({"event_type": kind, "user_id": person, "course_id": course.id, "occurred_at": at} | columns)


def _do_something(world: World, choose: random.Random, person: UUID, course: Course) -> None:
    at = _moment(choose)
    kind = choose.choice(
        [
            "lesson_opened",
            "lesson_opened",
            "lesson_completed",
            "video",
            "lab",
            "attempt",
            "attempt",
            "flashcard_reviewed",
            "tutor_asked",
            "tutor_rated",
            "search_made",
            "course_completed",
            "unenrolled",
            "certificate_issued",
            "course_viewed",
        ]
    )
    if kind == "attempt":
        _attempt(world, choose, person, course, at)
    elif kind == "video":
        start = choose.uniform(0, 90)
        span = {"position_start": start, "position_end": start + choose.choice([0, 0.4, 7, 33.3])}
        _happen(world, choose, person, course, "video_watched", at=at, object_id=choose.choice(course.videos), **span)
    elif kind == "lab":
        step = choose.choice(["lab_started", "lab_checked", "lab_checked", "lab_passed"])
        right = {"is_correct": choose.random() < 0.5} if step == "lab_checked" else {}
        _happen(world, choose, person, course, step, at=at, object_id=choose.choice(course.labs), **right)
    elif kind == "flashcard_reviewed":
        card = {"object_id": choose.choice(course.cards[:2]), "is_correct": choose.random() < 0.7}
        _happen(world, choose, person, course, kind, at=at, **card)
    elif kind == "course_completed" and choose.random() < 0.7:
        return
    else:
        data = {
            "tutor_asked": {"answered": choose.random() < 0.8},
            "tutor_rated": {"rating": choose.randint(1, 5)},
            "search_made": {"query": choose.choice(["sql ", "rust", "Ärger"]), "results": choose.choice([0, 0, 3])},
        }.get(kind, {})
        _happen(world, choose, person, course, kind, at=at, data=data)


def _attempt(world: World, choose: random.Random, person: UUID, course: Course, at: datetime) -> None:
    assessment, questions = choose.choice(list(course.assessments.items()))
    attempt = UUID(int=choose.getrandbits(128), version=4)
    total = Decimal(0)
    asked = choose.sample(questions, choose.randint(2, 4))
    for question in asked:
        points = choose.choice([Decimal(0), Decimal("0.33"), Decimal(2)])
        total += points
        response: Row = choose.choice(
            [{"option": choose.choice("abc")}, {"options": ["a", "c"]}, {"value": False}, {"text": "b"}]
        )
        _happen(
            world,
            choose,
            person,
            course,
            "answer_graded",
            at=at,
            object_id=question,
            attempt_id=attempt,
            score=points,
            max_score=Decimal(2),
            is_correct=points == 2,
            data={"response": response} if choose.random() < 0.9 else {},
        )
    whole = {"object_id": assessment, "attempt_id": attempt, "score": total, "max_score": Decimal(2 * len(asked))}
    _happen(world, choose, person, course, "assessment_graded", at=at, **whole)
    outcome = "assessment_passed" if total * 2 >= whole["max_score"] else "assessment_failed"
    _happen(world, choose, person, course, outcome, at=at, **whole)


COLUMNS = [
    "user_id",
    "event_type",
    "course_id",
    "module_id",
    "lesson_id",
    "object_id",
    "attempt_id",
    "score",
    "max_score",
    "position_start",
    "position_end",
    "is_correct",
    "occurred_at",
]


def record_and_ship(world: World, engine: Engine, store: EventStore, *, seed: int, kill: bool = True) -> None:
    """Record everything in random order in random transactions; ship in random batches, again and again, with answers
    lost and a shipper killed between sending and acknowledging."""
    choose = random.Random(seed)
    waiting = list(world.events)
    choose.shuffle(waiting)
    names = ", ".join([*COLUMNS, "event_data"])
    values = ", ".join(f":{name}" for name in [*COLUMNS, "event_data"])
    insert = text(f"INSERT INTO learning_events ({names}) VALUES ({values})")
    while waiting:
        size = choose.randint(1, 400)
        some, waiting = waiting[:size], waiting[size:]
        with engine.begin() as connection:
            connection.execute(
                insert,
                [
                    {name: one.get(name) for name in COLUMNS} | {"event_data": Jsonb(one.get("data", {}))}
                    for one in some
                ],
            )
        if kill:
            kill = False
            address = engine.url.render_as_string(hide_password=False)
            command = [sys.executable, "-c", _KILLED_AFTER_SENDING, address, store._url()]
            ended = subprocess.run(command, check=False, env=dict(os.environ)).returncode
            assert ended == -signal.SIGKILL
        ship(engine, store, max_events=choose.randint(1, 300))
        if choose.random() < 0.4:
            forget_acknowledgements(engine, choose)
    while ship(engine, store, max_events=choose.randint(100, 300)).events:
        pass
    forget_acknowledgements(engine, choose)
    while ship(engine, store).events:
        pass


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
