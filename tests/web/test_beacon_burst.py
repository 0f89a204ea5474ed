"""100,000 events of one page at once, over real HTTP: what is too much is refused, and everybody else goes on."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from uuid import uuid4

import httpx
import pytest
import uvicorn
from sqlalchemy import text

from tests.web.conftest import Browser, Site
from tests.web.test_beacon import Room

MESSAGES, EVENTS = 500, 200
ALLOWED = 60  # messages of one person in a minute


@pytest.fixture
def room(site: Site) -> Room:
    return Room(site)


@pytest.fixture
def address(site: Site) -> Iterator[str]:
    """The site behind a real socket."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(site.app, log_level="warning", lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    thread.join()


def message(room: Room, events: int) -> bytes:
    at = datetime.now(UTC).isoformat()
    return json.dumps(
        {
            "lesson_id": str(room.lesson_id),
            "events": [
                {"id": str(uuid4()), "type": "reading_scrolled", "occurred_at": at, "position_end": 0.5}
                if place % 10
                else {"id": str(uuid4()), "type": "reading_scrolled", "occurred_at": at, "position_end": 7}
                for place in range(events)
            ],
        }
    ).encode()


def client_of(browser: Browser, address: str) -> httpx.Client:
    cookie = f"learncraft_session={browser.session_cookie()}"
    return httpx.Client(base_url=address, headers={"cookie": cookie, "content-type": "text/plain"}, timeout=60)


def test_a_hundred_thousand_events_at_once_are_limited_and_others_go_on(room: Room, site: Site, address: str) -> None:
    site.person("ben@example.org", role="system_admin")
    other = site.browser()
    other.sign_in("ben@example.org")
    bodies = [message(room, EVENTS) for _ in range(MESSAGES)]
    with client_of(room.browser, address) as loud, client_of(other, address) as quiet, ThreadPoolExecutor(8) as pool:
        burst = [pool.submit(loud.post, "/events/beacon", content=body) for body in bodies]
        waits = []
        for _ in range(5):
            begun = time.perf_counter()
            assert quiet.post("/events/beacon", content=message(room, 1)).status_code == 200
            waits.append(time.perf_counter() - begun)
        answers = [one.result() for one in burst]
    statuses = Counter(answer.status_code for answer in answers)
    assert statuses == {200: ALLOWED, 429: MESSAGES - ALLOWED}
    assert all("Too many messages" in answer.json()["error"] for answer in answers if answer.status_code == 429)
    assert max(waits) < 30  # nobody waits until the burst is over and its minute with it
    with site.database.reading() as session:
        taken, refused, reasons = session.execute(
            text(
                "SELECT (SELECT count(*) FROM learning_events WHERE event_type = 'reading_scrolled'), "
                "(SELECT count(*) FROM event_quarantine), (SELECT count(DISTINCT reason) FROM event_quarantine)"
            )
        ).one()
    assert taken == ALLOWED * EVENTS * 9 // 10
    assert refused == ALLOWED * EVENTS // 10 + 5  # those of nonsense, with the reason, and nothing else
    assert reasons == 1
