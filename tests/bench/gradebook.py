"""`python -m tests.bench.gradebook`: the gradebook of a course with 10,000 learners and 12 assessments.

Fills a database of its own in a temporary folder. Every learner has an attempt at most assessments, some have two.
"""

from __future__ import annotations

import io
import statistics
import tempfile
import time
import tracemalloc
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from uuid import UUID

from sqlalchemy import event, text
from sqlalchemy.orm import Session

from learncraft.accounts.models import UserRole
from learncraft.accounts.viewer import Viewer
from learncraft.assessments.gradebook import files, importing, queries
from learncraft.assessments.gradebook.queries import Filter, Order
from learncraft.settings import Settings
from learncraft.supervisor.opening import open_database
from tests.assessments.exam import viewer
from tests.factories import make_assessment, make_course

LEARNERS = 10_000
ASSESSMENTS = 12
TIMES = 7

FILL = """
INSERT INTO users (id, email, password_hash, first_name, last_name)
SELECT gen_random_uuid(), 'learner' || n || '@example.org', 'x', 'First' || n % 97, 'Last' || n % 1013
FROM generate_series(1, :learners) AS n;
INSERT INTO enrollments (user_id, course_id) SELECT id, :course FROM users WHERE email LIKE 'learner%';
INSERT INTO assessment_attempts (user_id, assessment_id, attempt_number, status, question_ids, score, total_points,
    percent_score, is_passing, submitted_at)
SELECT u.id, a.id, n, 'completed', '[]', s.score, 100, s.score, s.score >= 70, now()
FROM users u CROSS JOIN assessments a CROSS JOIN generate_series(1, 2) AS n
CROSS JOIN LATERAL (SELECT abs(hashtext(concat(u.id, a.id, n))) AS chance) AS c
CROSS JOIN LATERAL (SELECT (c.chance % 101)::numeric AS score) AS s
WHERE u.email LIKE 'learner%' AND c.chance / 1000 % 100 < CASE n WHEN 1 THEN 90 ELSE 20 END
"""


def fill(session: Session) -> tuple[UUID, Viewer]:
    """One course with all its grades."""
    made = make_course(session)
    for number in range(ASSESSMENTS):
        make_assessment(session, made.lessons[0], title=f"Assessment {number + 1}", questions=0)
    for statement in FILL.split(";\n"):
        session.execute(text(statement), {"learners": LEARNERS, "course": made.id})
    return made.id, replace(viewer(made.course.instructor_id), role=UserRole.INSTRUCTOR)


def timed(what: str, action: Callable[[], object]) -> None:
    """Say the median and the slowest of some tries."""
    took = []
    for _ in range(TIMES):
        started = time.perf_counter()
        action()
        took.append((time.perf_counter() - started) * 1000)
    print(f"| {what} | {statistics.median(took):,.0f} ms | {max(took):,.0f} ms |", flush=True)


def main() -> None:
    """Fill, measure, say."""
    with tempfile.TemporaryDirectory() as folder, open_database(Settings(home=Path(folder))) as database:
        with database.transaction() as session:
            course_id, teacher = fill(session)
        with database.engine.connect() as connection:
            connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("ANALYZE"))
        statements: list[str] = []
        event.listen(database.engine, "before_cursor_execute", lambda *said: statements.append(str(said[2])))

        def page(wanted: Filter) -> None:
            statements.clear()
            with database.reading() as session:
                book = queries.book_of(session, teacher, course_id)
                assert book is not None
                queries.shown(session, book, wanted)

        with database.reading() as session:
            book = queries.book_of(session, teacher, course_id)
            assert book is not None
        print(f"{LEARNERS:,} learners, {ASSESSMENTS} assessments\n\n| what | median | slowest |\n| --- | --- | --- |")
        timed("a page by name", lambda: page(Filter()))
        print(f"  ({len(statements)} statements)")
        timed("the last page by name", lambda: page(Filter(page=200)))
        timed("a search", lambda: page(Filter(search="last77")))
        timed("a page by total", lambda: page(Filter(order=Order.TOTAL)))
        data = b""

        def csv() -> None:
            nonlocal data
            with database.reading() as session:
                data = b"".join(files.csv_chunks(book, queries.all_rows(session, book, Filter())))

        def excel() -> None:
            with database.reading() as session:
                files.write_excel(book, queries.all_rows(session, book, Filter()), io.BytesIO())

        timed("all as CSV", csv)
        timed("all as Excel", excel)
        tracemalloc.start()
        csv()
        print(
            f"  (CSV of {len(data) / 1e6:.1f} MB, at most {tracemalloc.get_traced_memory()[1] / 1e6:.0f} MB of memory)"
        )
        tracemalloc.stop()
        rows = files.read("grades.csv", data)

        def preview() -> None:
            with database.reading() as session:
                importing.plan(session, teacher, course_id, rows)

        timed("the preview of a file with all grades", preview)


if __name__ == "__main__":
    main()
