"""How fast the event store answers: every chart of the register, for the largest course and for all courses."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from learncraft.analytics import engagement, funnel
from learncraft.analytics.asking import Asking
from learncraft.analytics.funnel import ANY
from learncraft.analytics.questions import Of, Question, every_question
from learncraft.analytics.scope import Scope
from learncraft.analytics.store import EventStore
from learncraft.bench.timing import percentile

ROUNDS = 5
DAYS = 84  # what pages show unless told otherwise
COURSE, ALL = "largest course", "all courses"
COURSE_MS, ALL_MS = 200.0, 500.0  # the targets, warm, for 95 % of the charts


@dataclass(frozen=True, slots=True)
class ChartTime:
    """One chart over one scope."""

    key: str
    over: str  # COURSE or ALL
    cold_ms: float
    warm_ms: float  # the median
    slowest_ms: float
    rows: int


@dataclass(frozen=True, slots=True)
class Store:
    """What the store holds."""

    events: int
    largest_course_events: int
    courses: int
    people: int
    bytes_per_event: float  # on the disk, with all roll-ups
    bytes_of_table: dict[str, int]


@dataclass(frozen=True, slots=True)
class ChartReport:
    """All figures of one event store."""

    machine: str
    engine: str
    store: Store
    course_p95_ms: float
    all_p95_ms: float
    page_ms: float  # what the course's page asks, side by side
    charts: tuple[ChartTime, ...]
    shipped_per_second: float | None = None
    lag_p95_seconds: float | None = None

    @property
    def is_met(self) -> bool:
        """Whether 95 % of the charts are within the targets."""
        return self.course_p95_ms < COURSE_MS and self.all_p95_ms < ALL_MS


def largest_course(store: EventStore) -> UUID | None:
    """The course with the most events; None without any."""
    found = store.query(
        "SELECT course_id FROM learning_events WHERE course_id != toUUID('00000000-0000-0000-0000-000000000000') "
        "GROUP BY course_id ORDER BY count() DESC LIMIT 1"
    )
    return found[0][0] if found else None


def last_day(store: EventStore) -> datetime:
    """When the newest event happened that isn't of the future; now without any."""
    [(newest,)] = store.query("SELECT max(occurred_at) FROM learning_events WHERE occurred_at <= received_at")
    return newest if newest.year > 1970 else datetime.now(UTC)


def scopes(store: EventStore) -> dict[str, Scope]:
    """The last twelve weeks of the largest course, and of all courses."""
    until = last_day(store).date()
    since = until - timedelta(days=DAYS - 1)
    made = {ALL: Scope(None, since, until, time_zone="Europe/Berlin")}
    if (course := largest_course(store)) is not None:
        made = {COURSE: Scope((course,), since, until, time_zone="Europe/Berlin")} | made
    return made


def time_charts(store: EventStore, *, progress: Callable[[str, float], None]) -> list[ChartTime]:
    """Each chart: the first time after the store's caches were dropped, then ROUNDS times more."""
    questions = every_question()
    times = []
    for over, scope in scopes(store).items():
        things = _things(store, scope)
        for place, (key, question) in enumerate(questions.items()):
            if question.of is not Of.BOTH and (question.of is Of.COURSE) != (over == COURSE):
                continue
            progress(f"{question.title} ({over})", place / len(questions))
            times.append(_timed(store, question, scope, over, things.get(key, {})))
    return times


def _timed(store: EventStore, question: Question[Any], scope: Scope, over: str, more: dict[str, object]) -> ChartTime:
    for cache in ("MARK", "UNCOMPRESSED", "QUERY"):
        store.command(f"SYSTEM DROP {cache} CACHE")
    spent, rows = [], 0
    for _ in range(ROUNDS + 1):
        begun = time.perf_counter()
        rows = len(question(store, scope, **more))
        spent.append((time.perf_counter() - begun) * 1000)
    warm = spent[1:]
    return ChartTime(question.key, over, round(spent[0], 1), round(percentile(warm, 0.5), 1), round(max(warm), 1), rows)


def _things(store: EventStore, scope: Scope) -> dict[str, dict[str, object]]:
    """What the charts of one thing are asked for: the most watched video, the busiest learner, the largest lesson."""
    if scope.courses is None:
        return {}

    def most(column: str, kind: str) -> UUID:
        asked = f"SELECT {column} FROM learning_events WHERE {{events}} AND event_type = {{kind:String}}"  # noqa: S608
        statement = scope.render(f"{asked} GROUP BY 1 ORDER BY count() DESC LIMIT 1")
        found = store.query(statement, kind=kind, **scope.parameters())
        return found[0][0] if found else ANY

    return {
        "video_attention": {"video_id": most("object_id", "video_watched"), "step": 5},
        "learner_timeline": {"learner_id": most("actor_id", "lesson_opened")},
        "people_behind": {"lesson_id": most("lesson_id", "lesson_opened")},
    }


def p95(times: Iterable[ChartTime], over: str) -> float:
    """The warm time that 95 % of the charts over a scope don't exceed."""
    warm = [one.warm_ms for one in times if one.over == over]
    return percentile(warm, 0.95) if warm else 0.0


def storage(store: EventStore) -> Store:
    """What is stored, and how many bytes an event takes."""
    tables = store.query(
        "SELECT table, sum(bytes_on_disk) FROM system.parts WHERE active AND database = currentDatabase() "
        "GROUP BY table"
    )
    sizes = {str(table): int(size) for table, size in tables}
    [(events, courses, people)] = store.query("SELECT count(), uniq(course_id), uniq(actor_id) FROM learning_events")
    course = largest_course(store)
    [(largest,)] = store.query(
        "SELECT count() FROM learning_events WHERE course_id = {course:UUID}", course=course or ANY
    )
    return Store(events, largest, courses, people, round(sum(sizes.values()) / max(events, 1), 1), sizes)


def page_ms(store: EventStore) -> float:
    """How long the questions of the course's page take when they are asked at the same time, as the page does."""
    scope = scopes(store).get(COURSE)
    if scope is None:
        return 0.0
    spent = []
    for number in range(ROUNDS):
        asking = Asking()  # without answers kept from before
        begun = time.perf_counter()
        asked = [
            asking.ask(store, question, one, state=number)
            for question, one in (
                (engagement.period_totals, scope),
                (engagement.period_totals, scope.previous()),
                (engagement.active_learners_by_day, scope),
                (engagement.active_learners_by_day, scope.previous()),
                (funnel.completion_funnel, scope),
            )
        ]
        for answer in asked:
            answer.rows()
        spent.append((time.perf_counter() - begun) * 1000)
    return round(percentile(spent, 0.5), 1)
