"""`python -m tests.bench.reruns`: what a rerun of each page takes that learners use, over the websocket.

Without --home on the demo, in a folder of its own; with it on that folder's database, which is brought to the newest
schema first. Different learners open different courses and lessons, one at a time. The exit code is 1 when half of a
page's reruns take longer than the target, or a page fails.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode

from sqlalchemy import text

from learncraft.bench.visits import Guests, Visit, choose
from learncraft.db import Database
from learncraft.supervisor.postgres import EmbeddedPostgres
from learncraft.web.cookies import SESSION_COOKIES
from tests.bench.__main__ import summary
from tests.bench.sockets import Run, visit
from tests.server import Server, serving

DEMO_TARGET_MS, LARGE_TARGET_MS = 40, 60
LARGE = 1_000_000  # enrollments
ROOMS = ("pages/learn/", "pages/account/")


@contextmanager
def served(home: Path | None) -> Iterator[Server]:
    """A server on the folder, or on a new demo."""
    if home is not None:
        # The nightly work of a large database would stand beside what is measured.
        with serving(home, backups="no", jobs_in_server="no") as server:
            yield server
        return
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder) / "home", "--demo") as server:
        yield server


def measure(server: Server, *, each: int, reruns: int) -> tuple[int, list[dict]]:
    """How many enrollments there are, and a row for each page."""
    database = Database(EmbeddedPostgres(server.home).url)
    guests = Guests(database)
    with database.transaction() as session:
        enrollments = session.scalar(text("SELECT count(*) FROM enrollments")) or 0
        found = choose(session, guests, each=each)
    pages: dict[str, list[Visit]] = defaultdict(list)
    for one in found:
        if one.file.startswith(ROOMS):
            pages[one.name].append(one)
    try:
        rows = [{"page": name, **summary(runs_of(server, guests, some[:each], reruns))} for name, some in pages.items()]
    finally:
        guests.leave()
        database.close()
    return enrollments, rows


def runs_of(server: Server, guests: Guests, visits: list[Visit], reruns: int) -> list[Run]:
    """The reruns of one page by several people."""
    socket = server.url.replace("http://", "ws://") + "/_stcore/stream"
    runs = []
    for one in visits:
        cookie = f"{SESSION_COOKIES[-1]}={guests.token(one.family)}"
        runs += asyncio.run(visit(socket, cookie, Path(one.file).stem, urlencode(one.query), reruns=reruns))
    return runs


def main() -> None:
    """Measure, and print one object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path)
    parser.add_argument("--each", type=int, default=5, help="people for each page")
    parser.add_argument("--reruns", type=int, default=10, help="reruns by each of them")
    asked = parser.parse_args()
    with served(asked.home) as server:
        enrollments, rows = measure(server, each=asked.each, reruns=asked.reruns)
    target = LARGE_TARGET_MS if enrollments >= LARGE else DEMO_TARGET_MS
    print(json.dumps({"enrollments": enrollments, "target_ms": target, "pages": rows}, indent=2))
    if any(row["wrong"] or row["p50_ms"] >= target for row in rows):
        sys.exit(1)


if __name__ == "__main__":
    main()
