"""Asks recorded statements again, many times with different parameters, and has PostgreSQL explain some of them."""

from __future__ import annotations

import json
import statistics
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from sqlalchemy import text

from learncraft.bench.recording import PageRun, Said
from learncraft.db import Database

ROUNDS = 3
_MOST_SETS = 60  # of parameters, for one statement
_EXPLAINED = 8


@dataclass(frozen=True, slots=True)
class StatementTimes:
    """One statement: where it is asked, how often in a page's run, how long it takes, what it reads."""

    statement: str
    pages: tuple[str, ...]
    per_run: float
    is_read: bool
    timings: int
    p50_ms: float
    p95_ms: float
    max_ms: float
    rows: float
    buffers_hit: float
    buffers_read: float
    plan: str


@dataclass(frozen=True, slots=True)
class PageTimes:
    """One page: how many statements a run sends, and how long the run takes inside a test of the page."""

    page: str
    runs: int
    most_queries: int
    sql_p50_ms: float
    p50_ms: float
    p95_ms: float


@dataclass(frozen=True, slots=True)
class Report:
    """All figures of one database."""

    measured_at: str
    machine: str
    postgres: str
    rows: dict[str, int]
    p50_ms: float
    p95_ms: float
    max_ms: float
    most_queries: int
    pages: tuple[PageTimes, ...]
    statements: tuple[StatementTimes, ...]


def percentile(values: Sequence[float], share: float) -> float:
    """The value that this share of all is not above."""
    ordered = sorted(values)
    return round(ordered[min(len(ordered) - 1, max(0, -(-int(len(ordered) * share * 100) // 100) - 1))], 3)


def time_statements(
    database: Database, runs: list[PageRun], *, progress: Callable[[float], None] = lambda _share: None
) -> tuple[list[StatementTimes], list[float]]:
    """The figures of each distinct statement, and all single timings, as often as pages ask each statement."""
    asked: dict[str, list[Said]] = defaultdict(list)
    pages: dict[str, set[str]] = defaultdict(set)
    for run in runs:
        for said in run.said:
            asked[said.shape].append(said)
            pages[said.shape].add(run.page)
    random = Random(1)  # noqa: S311  # chance, not secrecy
    found, everything = [], []
    for number, (shape, sets) in enumerate(sorted(asked.items())):
        progress(number / len(asked))
        chosen = random.sample(sets, min(_MOST_SETS, len(sets)))
        if sets[0].is_read:
            times, rows = _again(database, chosen)
            hit, read, plan = _explained(database, chosen[:_EXPLAINED])
        else:
            times, rows, hit, read, plan = [one.milliseconds for one in sets], 0.0, 0.0, 0.0, ""
        everything += random.choices(times, k=len(sets))
        among = [run for run in runs if run.page in pages[shape]]
        found.append(
            StatementTimes(
                statement=shape,
                pages=tuple(sorted(pages[shape])),
                per_run=round(len(sets) / len(among), 2),
                is_read=sets[0].is_read,
                timings=len(times),
                p50_ms=percentile(times, 0.5),
                p95_ms=percentile(times, 0.95),
                max_ms=round(max(times), 3),
                rows=rows,
                buffers_hit=hit,
                buffers_read=read,
                plan=plan,
            )
        )
    return sorted(found, key=lambda one: -one.p95_ms), everything


def _again(database: Database, sets: list[Said]) -> tuple[list[float], float]:
    """Asked in the names of those who asked, so that policies cost what they cost a page."""
    times, rows = [], []
    for number in range(ROUNDS):
        for said in sets:
            with database.reading(said.who) as session:
                connection = session.connection()
                begun = time.perf_counter()
                answer = connection.exec_driver_sql(said.statement, said.parameters).all()
                elapsed = (time.perf_counter() - begun) * 1000
            if number:  # the first round is for the cache, as a page's first visitor is
                times.append(elapsed)
                rows.append(len(answer))
    return times, round(statistics.mean(rows), 1)


def _explained(database: Database, sets: list[Said]) -> tuple[float, float, str]:
    """The buffers of a middling execution, and the plan of the most expensive one of a few."""
    hits, reads, plans = [], [], []
    for said in sets:
        with database.reading(said.who) as session:
            root: Any = session.connection().exec_driver_sql(_explaining("FORMAT JSON", said), said.parameters).scalar()
        top = (json.loads(root) if isinstance(root, str) else root)[0]
        hits.append(top["Plan"].get("Shared Hit Blocks", 0))
        reads.append(top["Plan"].get("Shared Read Blocks", 0))
        plans.append((top["Execution Time"], said))
    slowest = max(plans, key=lambda one: one[0])[1]
    with database.reading(slowest.who) as session:
        lines = session.connection().exec_driver_sql(_explaining("TIMING OFF", slowest), slowest.parameters).scalars()
        plan = "\n".join(lines)
    return statistics.median(hits), statistics.median(reads), plan


def _explaining(options: str, said: Said) -> str:
    return f"EXPLAIN (ANALYZE, BUFFERS, {options}) {said.statement}"


def time_pages(runs: list[PageRun]) -> list[PageTimes]:
    """The figures of each page."""
    by_page: dict[str, list[PageRun]] = defaultdict(list)
    for run in runs:
        by_page[run.page].append(run)
    return [
        PageTimes(
            page=page,
            runs=len(some),
            most_queries=max(len(run.said) for run in some),
            sql_p50_ms=percentile([sum(said.milliseconds for said in run.said) for run in some], 0.5),
            p50_ms=round(percentile([run.milliseconds for run in some], 0.5), 1),
            p95_ms=round(percentile([run.milliseconds for run in some], 0.95), 1),
        )
        for page, some in by_page.items()
    ]


def counts(database: Database) -> dict[str, int]:
    """About how many rows the large tables have, as the planner knows it."""
    with database.reading() as session:
        rows = session.execute(
            text(
                "SELECT relname, greatest(reltuples, 0)::bigint FROM pg_class "
                "WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND reltuples > 0 "
                "AND NOT relispartition ORDER BY reltuples DESC LIMIT 12"
            )
        )
        return {name: int(number) for name, number in rows}
