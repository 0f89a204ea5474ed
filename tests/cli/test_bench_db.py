"""`bench db` times what pages really ask: recorded while they run."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from learncraft import runtime
from learncraft.analytics.store import EventStore
from learncraft.bench import report, timing
from learncraft.bench.recording import Recorder, Said
from learncraft.bench.visits import Guests, choose
from learncraft.db import Database
from learncraft.demo.scale import filling
from learncraft.demo.scale.filling import Size
from learncraft.runtime import Runtime
from learncraft.settings import Settings
from learncraft.web import page_visits
from pages.shared.navigation import SCREENS

WITHOUT_QUERIES = {"pages/account/sign_out.py", "pages/teach/bring_in.py"}


def test_every_page_is_visited_and_each_of_its_statements_timed(
    fresh_database: Database, event_store: EventStore, tmp_path: Path
) -> None:
    filling.fill(fresh_database, Size(users=200, enrollments=1_000, courses=20, lessons_per_course=5))
    runtime.use(Runtime(Settings(home=tmp_path), fresh_database, event_store))
    guests, recorder = Guests(fresh_database), Recorder(fresh_database)
    try:
        with fresh_database.transaction() as session:
            visits = choose(session, guests, each=1)
        page_visits.make(visits, recorder)
    finally:
        guests.leave()
        runtime.use(None)
    files = {screen.file for screens in SCREENS.values() for screen in screens}
    assert {visit.file for visit in visits} == files - WITHOUT_QUERIES
    assert max(len(run.said) for run in recorder.runs) <= report.MOST_QUERIES
    statements, everything = timing.time_statements(fresh_database, recorder.runs)
    asked = Counter(said.shape for run in recorder.runs for said in run.said)
    assert {one.statement for one in statements} == set(asked)
    assert len(everything) == asked.total()
    # Asked again as they were asked: by the people who looked, whom policies hold for.
    assert sum(said.who.user_id is not None for run in recorder.runs for said in run.said) > asked.total() / 2
    own = [one.plan for one in statements if "FROM rag_chat_sessions" in one.statement]
    assert own and all("acting_user" in plan or "InitPlan" in plan for plan in own)  # the policy's question: who acts
    from_tables = [one for one in statements if one.is_read and " FROM " in one.statement and one.rows]
    measured = [one for one in from_tables if one.buffers_hit + one.buffers_read > 0]
    assert len(measured) > len(from_tables) * 0.8  # of an empty table there is nothing to read
    assert all(
        "Execution Time" in one.plan for one in statements if one.is_read and not one.statement.startswith("show")
    )
    measured = timing.Report(
        measured_at="2026-11-26 12:00 UTC",
        machine=report.machine(),
        postgres=fresh_database.ping(),
        rows=timing.counts(fresh_database),
        p50_ms=timing.percentile(everything, 0.5),
        p95_ms=timing.percentile(everything, 0.95),
        max_ms=max(everything),
        most_queries=max(len(run.said) for run in recorder.runs),
        pages=tuple(timing.time_pages(recorder.runs)),
        statements=tuple(statements),
    )
    guide = report.guide(measured)
    assert guide.count("\n### ") == report.HOTTEST == guide.count("Execution Time")
    assert "2026-11-26" in guide
    assert report.growth_table({1_000: measured, 2_000: measured}).row_count == len(statements) + 3


def test_lists_of_any_length_are_one_question() -> None:
    two = Said("SELECT 1 WHERE x IN (%(x_1_1)s::UUID, %(x_1_2)s::UUID)", {}, 1.0)
    three = Said("SELECT 1 WHERE x IN (%(x_1_1)s::UUID, %(x_1_2)s::UUID, %(x_1_3)s::UUID)", {}, 1.0)
    assert two.shape == three.shape


def test_what_changes_rows_is_not_asked_again() -> None:
    assert Said("-- a comment\nSELECT 1", {}, 1.0).is_read
    for statement in ("INSERT INTO x VALUES (1)", "SELECT 1 FROM x FOR UPDATE", "UPDATE x SET y = 1"):
        assert not Said(statement, {}, 1.0).is_read
