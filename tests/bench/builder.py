"""`python -m tests.bench.builder`: the course builder with a course of 1,000 lessons, in 20 modules.

Starts a server of its own with the demo in a temporary folder. A rerun of a page goes over the websocket as a browser's
does; a save, a move and what the builder asks go over HTTP to the routes that its scripts ask. Targets: half of the
reruns of the builder under 60 ms, half of the saves under 30 ms.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import httpx
import psycopg

from learncraft.db import new_id
from learncraft.supervisor.postgres import EmbeddedPostgres
from tests.bench.__main__ import sign_in, summary
from tests.bench.sockets import together
from tests.server import Server, serving

MODULES, LESSONS = 20, 50
RERUNS = 100
TIMES = 200
TARGETS = {"builder": 60.0, "save": 30.0}

_FILL = """
INSERT INTO modules (course_id, title, order_index)
SELECT %(course)s, 'Module ' || n, 100 + n FROM generate_series(1, %(modules)s) AS n;
INSERT INTO lessons (module_id, title, slug, lesson_type, order_index, duration_minutes, content)
SELECT m.id, 'Lesson ' || n || ' of ' || m.title, 'lesson-' || n, 'reading', n, 10, jsonb_build_object('blocks', (
    SELECT jsonb_agg(jsonb_build_object('id', 'p' || b, 'type', 'markdown', 'text', repeat('Words of a text. ', 25)))
    FROM generate_series(1, 8) AS b))
FROM modules AS m CROSS JOIN generate_series(1, %(lessons)s) AS n
WHERE m.course_id = %(course)s AND m.order_index > 100
"""


def fill(server: Server) -> tuple[UUID, UUID, UUID]:
    """A course of the demo's instructor, with 1,000 lessons more; the course, one of the modules, and a lesson."""
    with psycopg.connect(EmbeddedPostgres(server.home).url) as connection:
        [course] = connection.execute(
            "SELECT c.id FROM courses c JOIN users u ON u.id = c.instructor_id "
            "WHERE u.email LIKE 'instructor@%' ORDER BY c.id LIMIT 1"
        ).fetchone() or [None]
        given = {"course": course, "modules": MODULES, "lessons": LESSONS}
        for statement in _FILL.split(";\n"):
            connection.execute(statement, given)
        [module, lesson] = connection.execute(
            "SELECT m.id, l.id FROM modules m JOIN lessons l ON l.module_id = m.id "
            "WHERE m.course_id = %(course)s AND m.title = 'Module 10' ORDER BY l.order_index LIMIT 1",
            given,
        ).fetchone() or [None, None]
    with psycopg.connect(EmbeddedPostgres(server.home).url, autocommit=True) as connection:
        connection.execute("ANALYZE")
    return course, module, lesson


def timed(action: Callable[[int], httpx.Response]) -> list[float]:
    """The milliseconds of many requests, each of which must be answered well."""
    action(0).raise_for_status()
    took = []
    for number in range(1, TIMES + 1):
        started = time.perf_counter()
        answer = action(number)
        took.append((time.perf_counter() - started) * 1000)
        answer.raise_for_status()
    return took


def say(what: str, took: list[float], target: float | None = None) -> bool:
    """A line of the table; whether the target is met."""
    middle, most = statistics.median(took), sorted(took)[int(len(took) * 0.95) - 1]
    wanted = f"under {target:.0f} ms" if target else ""
    print(f"| {what} | {wanted} | {middle:.1f} ms | {most:.1f} ms |", flush=True)
    return target is None or middle < target


def pages(server: Server, cookie: str, course: UUID, module: UUID, lesson: UUID) -> bool:
    """Reruns of the pages about a course that is built."""
    socket = server.url.replace("http://", "ws://") + "/_stcore/stream"
    met = True
    for name, page, query in (
        ("builder", "teach-builder", f"course={course}&lesson={lesson}"),
        ("grid of one module", "teach-grid", f"course={course}&module={module}"),
        ("grid of all lessons", "teach-grid", f"course={course}&module=all"),
        ("revisions of a lesson", "teach-revisions", f"lesson={lesson}"),
        ("preview of a lesson", "teach-preview", f"lesson={lesson}"),
    ):
        runs = asyncio.run(together(socket, cookie, page, query, sessions=1, reruns=RERUNS))
        if wrong := summary(runs)["wrong"]:
            sys.exit(f"{name}: {wrong}")
        met &= say(f"a rerun: {name}", [run.milliseconds for run in runs], TARGETS.get(name))
    return met


def routes(client: httpx.Client, course: UUID, module: UUID, lesson: UUID) -> bool:
    """What the builder asks and sends while somebody works."""
    address, tab = f"/authoring/lessons/{lesson}", str(new_id())
    opened = client.get(address, headers={"accept": "application/json"}).raise_for_status().json()
    others = client.get(f"/authoring/courses/{course}/outline", params={"module": str(module)}).json()["lessons"]
    blocks = opened["text"]["blocks"]

    def save(number: int) -> httpx.Response:
        typed = [{**blocks[0], "text": f"Typed {number}. " + blocks[0]["text"]}, *blocks[1:]]
        message = {"base": opened["version"], "tab": tab, "sequence": number + 1}
        return client.post(f"{address}/draft", json={**message, "text": {**opened["text"], "blocks": typed}})

    def move(number: int) -> httpx.Response:
        before = others[-1]["id"] if number % 2 else others[1]["id"]
        change = {"do": "move", "kind": "lesson", "id": str(lesson), "module": str(module), "before": before}
        return client.post(f"/authoring/courses/{course}/outline", json={**change, "open": str(module)})

    is_met = say("a save of what was typed", timed(save), TARGETS["save"])
    say("a lesson moved by drag", timed(move))
    say("the lessons of a module", timed(lambda _: client.get(f"/authoring/courses/{course}/outline?module={module}")))
    say("a lesson opened", timed(lambda _: client.get(address)))
    return is_met


def main() -> None:
    """Measure and say; ends with 1 when a target is missed."""
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder) / "home", "--demo") as server:
        course, module, lesson = fill(server)
        cookie = sign_in(server.url, "instructor")
        print("| | target | p50 | p95 |\n| --- | --- | --- | --- |")
        met = pages(server, cookie, course, module, lesson)
        headers = {"cookie": cookie, "origin": server.url, "accept": "application/json"}
        with httpx.Client(base_url=server.url, headers=headers, timeout=60) as client:
            met &= routes(client, course, module, lesson)
    if not met:
        sys.exit(1)


if __name__ == "__main__":
    main()
