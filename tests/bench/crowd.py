"""`python -m tests.bench.crowd`: many learners at once, each reading a while between two clicks.

Starts a server of its own with the demo in a temporary folder, with as many web processes as asked for. Each learner
has a sign-in and a websocket of their own, and walks through the pages that learners use. The exit code is 1 when a
page failed, the log has an error, or 95 % of the clicks take longer than the target.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import re
import sys
import tempfile
import time
from pathlib import Path
from uuid import UUID

import websockets
from sqlalchemy import text

from learncraft.accounts import sessions
from learncraft.accounts.models import User
from learncraft.db import Database
from learncraft.supervisor.logs import log_file
from learncraft.supervisor.postgres import EmbeddedPostgres
from learncraft.web.cookies import SESSION_COOKIES
from tests.bench.__main__ import summary
from tests.bench.processors import Processors, prefer
from tests.bench.sockets import Run, run_once
from tests.server import serving

TARGET_MS = 500


Ways = list[tuple[str, str]]  # pages, each with what its address says
Tab = tuple[str, Ways]  # the cookie of a sign-in, and where its learner may go

EVERYBODYS = [("home", ""), ("catalogue", ""), ("certificates", ""), ("notes", ""), ("review", "")]
LESSONS = """
    SELECT e.user_id, c.id AS course_id, c.slug, l.id AS lesson_id
    FROM enrollments e
    JOIN courses c ON c.id = e.course_id
    JOIN modules m ON m.course_id = c.id AND m.is_published
    JOIN lessons l ON l.module_id = m.id AND l.is_published
    JOIN users u ON u.id = e.user_id
    WHERE e.status IN ('active', 'completed') AND u.role = 'learner' AND u.is_active
    ORDER BY e.user_id, l.id
"""


def tabs(home: Path, learners: int) -> list[Tab]:
    """So many sign-ins, spread over the learners of the demo, and what each opens: lessons of theirs most of all."""
    database = Database(EmbeddedPostgres(home).url)
    ways: dict[UUID, Ways] = {}
    with database.transaction() as session:
        for row in session.execute(text(LESSONS)):
            one = ways.setdefault(row.user_id, list(EVERYBODYS))
            one.append(("lesson", f"id={row.lesson_id}"))
            for page in (("course", f"course={row.slug}"), ("discussion", f"course={row.course_id}")):
                if page not in one:
                    one.append(page)
        people = list(ways)[:learners]
        signed_in = [
            sessions.open_session(session, session.get_one(User, people[number % len(people)]))
            for number in range(learners)
        ]
    database.close()
    return [
        (f"{SESSION_COOKIES[-1]}={token}", ways[people[number % len(people)]]) for number, token in enumerate(signed_in)
    ]


async def learn(url: str, cookie: str, ways: Ways, *, think: float, until: float) -> list[Run]:
    """One learner: a click, a while of reading, the next click. They don't all begin at the same moment."""
    chance = random.Random(cookie)  # chance, not secrecy
    origin = url.replace("ws://", "http://").split("/_stcore")[0]
    await asyncio.sleep(chance.uniform(0, think))
    runs = []
    async with websockets.connect(
        url,
        subprotocols=["streamlit"],
        additional_headers={"Cookie": cookie},
        origin=origin,
        max_size=None,
        open_timeout=60,
    ) as socket:
        while time.monotonic() < until:
            runs.append(await asyncio.wait_for(run_once(socket, *chance.choice(ways)), 60))
            await asyncio.sleep(chance.uniform(0.5, 1.5) * think)
    return runs


async def crowd(url: str, everybody: list[Tab], think: float, seconds: float) -> list[Run]:
    """Everybody at once."""
    until = time.monotonic() + seconds
    found = await asyncio.gather(*(learn(url, cookie, ways, think=think, until=until) for cookie, ways in everybody))
    return [run for runs in found for run in runs[1:]]  # the first page of each is a load, not a click


def errors_in(log: Path) -> list[str]:
    """What the log holds of errors."""
    return [line for line in log.read_text(encoding="utf-8").splitlines() if re.search(r" (ERROR|CRITICAL) ", line)]


def main() -> None:
    """Measure, and print one object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--learners", type=int, default=300)
    parser.add_argument("--think", type=float, default=5.0, help="seconds between two clicks, on average")
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--processes", type=int, default=2, help="processes that serve pages")
    parser.add_argument("--nice", type=int, default=0, help="added to the priority of server, databases and learners")
    parser.add_argument("--settle", type=float, default=15.0, help="seconds for the work that follows a first start")
    asked = parser.parse_args()
    before = round(os.getloadavg()[0], 1)
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        with serving(home, "--demo", "--processes", str(asked.processes)) as server:
            url = server.url.replace("http://", "ws://") + "/_stcore/stream"
            everybody = tabs(home, asked.learners)
            time.sleep(asked.settle)
            if asked.nice:
                prefer(server.process.pid, asked.nice)
            measuring = Processors(server.process.pid)
            runs = asyncio.run(crowd(url, everybody, asked.think, asked.seconds))
            used = measuring.used()
        logged = errors_in(log_file(home))
    found = summary(runs)
    failed = sum(run.exception is not None for run in runs)
    result = {
        "learners": asked.learners,
        "think_s": asked.think,
        "server_processes": asked.processes,
        "exceptions": failed,
        "errors_logged": len(logged),
        "clicks_a_second": round(len(runs) / asked.seconds, 1),
        **found,
        "percent_of_a_core": used,
        "load_before": before,
    }
    print(json.dumps(result, indent=2))
    for line in logged[:10]:
        print(line, file=sys.stderr)
    if failed or logged or found["p95_ms"] > TARGET_MS:
        sys.exit(1)


if __name__ == "__main__":
    main()
