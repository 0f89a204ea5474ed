"""`python -m tests.bench`: how long a start takes, and a rerun of each page with 1 and with 20 sessions.

Starts a server of its own with the demo in a temporary folder, and talks to it on the loopback address only.
"""

from __future__ import annotations

import asyncio
import json
import os
import platform
import re
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil
import psycopg

from learncraft.demo.people import PASSWORD
from learncraft.supervisor.postgres import EmbeddedPostgres
from tests.bench.sockets import Run, together
from tests.server import Server, serving, start

RERUNS = 30
CROWD = 20
CROWD_RERUNS = 5


@dataclass(frozen=True, slots=True)
class Visit:
    """A page, as whom, and with what in its address."""

    page: str
    who: str
    query: str = ""


def visits(home: Path) -> list[Visit]:
    """Every page with something to show."""
    with psycopg.connect(EmbeddedPostgres(home).url) as connection:
        course = connection.execute("SELECT id, slug FROM courses WHERE slug LIKE 'python%'").fetchone()
        lesson = connection.execute(
            "SELECT l.id FROM lessons l JOIN modules m ON m.id = l.module_id WHERE m.course_id = %s "
            "ORDER BY m.order_index, l.order_index LIMIT 1 OFFSET 4",
            [course[0]],
        ).fetchone()
        attempt = connection.execute(
            "SELECT t.id FROM assessment_attempts t JOIN users u ON u.id = t.user_id "
            "WHERE u.email LIKE 'learner@%' LIMIT 1"
        ).fetchone()
    return [
        Visit("home", "learner"),
        Visit("catalogue", "learner"),
        Visit("course", "learner", f"course={course[1]}"),
        Visit("lesson", "learner", f"id={lesson[0]}"),
        *([Visit("assessment", "learner", f"attempt={attempt[0]}")] if attempt else []),
        Visit("notes", "learner"),
        Visit("profile", "learner"),
        Visit("sign_ins", "learner"),
        Visit("teach-courses", "instructor"),
        Visit("teach-files", "instructor", f"course={course[0]}"),
        Visit("teach-bring_in", "instructor"),
        Visit("insights-course", "instructor", f"course={course[0]}"),
        Visit("admin-people", "admin"),
        Visit("admin-health", "admin"),
    ]


def sign_in(url: str, who: str) -> str:
    """The Cookie header of somebody who signed in by the form."""
    with httpx.Client(base_url=url, follow_redirects=False) as client:
        form = client.get("/auth/sign-in")
        token = re.search(r'name="form_token" value="([^"]+)"', form.text)
        assert token is not None
        answer = client.post(
            "/auth/sign-in",
            data={"form_token": token[1], "email": f"{who}@learncraft.example", "password": PASSWORD},
            headers={"Origin": url},
        )
        assert answer.status_code == 303, answer.text
        return "; ".join(f"{name}={value}" for name, value in client.cookies.items())


def summary(runs: list[Run]) -> dict[str, float | int | str | None]:
    """What a table shows of many runs."""
    times = sorted(run.milliseconds for run in runs)
    return {
        "runs": len(runs),
        "p50_ms": round(statistics.median(times), 1),
        "p99_ms": round(times[max(0, int(len(times) * 0.99) - 1)], 1),
        "p95_ms": round(times[max(0, int(len(times) * 0.95) - 1)], 1),
        "max_ms": round(times[-1], 1),
        "kb": round(statistics.mean(run.received_bytes for run in runs) / 1024, 1),
        "wrong": next((run.exception or ", ".join(run.errors) for run in runs if run.exception or run.errors), None),
    }


def measure_start(home: Path) -> dict[str, float]:
    """Warm starts to a served page, the time to stop, and the memory of everything."""
    starts, stops = [], []
    memory = 0.0
    for _ in range(3):
        begun = time.perf_counter()
        server = start(home)
        httpx.get(f"{server.url}/auth/sign-in").raise_for_status()
        starts.append(time.perf_counter() - begun)
        memory = resident_mb(server)
        begun = time.perf_counter()
        server.stop()
        stops.append(time.perf_counter() - begun)
    return {
        "warm_start_s": round(statistics.median(starts), 2),
        "stop_s": round(statistics.median(stops), 2),
        "memory_mb": round(memory),
    }


def resident_mb(server: Server) -> float:
    """What the server and its children hold that no other process shares."""
    process = psutil.Process(server.process.pid)
    return sum(one.memory_full_info().uss for one in [process, *process.children(recursive=True)]) / 1e6


def main() -> None:
    """Measure, and print a table or, with --json, one object."""
    as_json = "--json" in sys.argv
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        pages = []
        begun = time.perf_counter()
        with serving(home, "--demo") as server:
            cold = time.perf_counter() - begun
            socket = server.url.replace("http://", "ws://") + "/_stcore/stream"
            cookies = {who: sign_in(server.url, who) for who in ("learner", "instructor", "admin")}
            for visit in visits(home):
                cookie = cookies[visit.who]
                alone = asyncio.run(together(socket, cookie, visit.page, visit.query, sessions=1, reruns=RERUNS))
                crowd = asyncio.run(
                    together(socket, cookie, visit.page, visit.query, sessions=CROWD, reruns=CROWD_RERUNS)
                )
                row = {"page": visit.page, "who": visit.who, "one": summary(alone), "crowd": summary(crowd)}
                pages.append(row)
                if not as_json:
                    show(row)
        gib = psutil.virtual_memory().total / 2**30
        result = {
            "machine": f"{os.cpu_count()} cores, {gib:.0f} GiB, Python {platform.python_version()}",
            "cold_start_with_demo_s": round(cold, 2),
            **measure_start(home),
            "pages": pages,
        }
    print(
        json.dumps(result, indent=2) if as_json else "\n".join(f"{k}: {v}" for k, v in result.items() if k != "pages")
    )


def show(row: dict) -> None:
    """One line of the table."""
    one, crowd = row["one"], row["crowd"]
    wrong = one["wrong"] or crowd["wrong"] or ""
    print(
        f"{row['page']:<18}{row['who']:<12}1: p50 {one['p50_ms']:>6} p95 {one['p95_ms']:>6} ms   "
        f"{CROWD}: p50 {crowd['p50_ms']:>7} p95 {crowd['p95_ms']:>7} ms   {one['kb']:>6} KB  {wrong}",
        flush=True,
    )


if __name__ == "__main__":
    main()
