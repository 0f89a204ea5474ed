"""Several web processes behind one door: who gets whom, and what a kill, a stop and a slow visitor change."""

from __future__ import annotations

import signal
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from uuid import uuid4

import httpx
import psutil
import pytest
from sqlalchemy import select
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol

from learncraft.assessments.models import Answer
from learncraft.bench import exam_world
from learncraft.bench.exam_world import Seat
from learncraft.db import Database
from learncraft.supervisor.connections import FEWEST, KEPT_BACK, fitting
from learncraft.supervisor.doorman import COOKIE, number_in
from learncraft.supervisor.postgres import EmbeddedPostgres
from learncraft.web.cookies import SESSION_COOKIES
from tests.cli.test_serve import STOP_SECONDS, processes_of, wait_for
from tests.server import Server, serving, start


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with two web processes."""
    with serving(tmp_path_factory.mktemp("several") / "home", "--processes", "2") as server:
        yield server


@pytest.fixture(scope="module")
def database(server: Server) -> Iterator[Database]:
    """Its database, from outside."""
    database = Database(EmbeddedPostgres(server.home).url)
    yield database
    database.close()


@pytest.fixture(scope="module")
def seats(database: Database) -> list[Seat]:
    """Two learners, each with an attempt that is open."""
    return exam_world.fill(database, 2)


def web_process(server: Server, number: int) -> psutil.Process:
    """The web process of a number, as the system lists it."""
    return next(
        process
        for process in psutil.Process(server.process.pid).children()
        if ["--number", str(number)] == process.cmdline()[4:6]
    )


def cookies(seat: Seat, number: int | None = None) -> str:
    kept = "" if number is None else f"; {COOKIE}={number}"
    return f"{SESSION_COOKIES[-1]}={seat.token}{kept}"


def open_tab(stack: ExitStack, server: Server, seat: Seat, number: int | None = None) -> ClientConnection:
    """A browser's tab, by websocket."""
    return stack.enter_context(
        connect(
            f"{server.url.replace('http', 'ws')}/_stcore/stream",
            subprotocols=[Subprotocol("streamlit")],
            additional_headers={"Cookie": cookies(seat, number)},
            origin=Origin(server.url),
            max_size=None,
        )
    )


def click(tab: ClientConnection) -> None:
    """A run of a page, to its end."""
    message = BackMsg()
    message.rerun_script.page_name = "catalogue"
    tab.send(message.SerializeToString())
    while True:
        said = ForwardMsg()
        data = tab.recv(timeout=30)
        assert isinstance(data, bytes)
        said.ParseFromString(data)
        if said.WhichOneof("type") == "script_finished":
            return


def test_the_number_is_read_from_the_cookie_of_the_first_request_alone() -> None:
    def head(*lines: str) -> bytes:
        return "\r\n".join(["GET / HTTP/1.1", *lines, "", ""]).encode()

    assert number_in(head("Host: x", f"Cookie: a=b; {COOKIE}=2; c=d")) == 2
    assert number_in(head(f"cookie:{COOKIE}=13")) == 13
    assert number_in(head("Cookie: a=b", f"COOKIE: {COOKIE}=3")) == 3
    for other in (
        head("Host: x"),
        head(f"Cookie: not_{COOKIE}=2"),
        head(f"Cookie: {COOKIE}=2x"),
        head(f"Cookie: {COOKIE}=-1"),
        head(f"Cookie: {COOKIE}=99999999999999999999"),
        head(f"X-Cookie: {COOKIE}=2"),
        head("Host: x") + f"\r\ncookie: {COOKIE}=2\r\n\r\n".encode(),
        f"GET /?cookie:{COOKIE}=2 HTTP/1.1\r\n\r\n".encode(),
        b"\xff\x00",
    ):
        assert number_in(other) is None, other


def test_the_pools_of_all_processes_fit_the_server() -> None:
    assert fitting(20, 4, 197) == (20, 10)
    for pools in (2, 6, 16):
        size, overflow = fitting(20, pools, 197)
        assert size >= FEWEST
        assert pools * (size + overflow) <= 197 - KEPT_BACK
    assert fitting(20, 64, 97) == (FEWEST, 0), "pages must not wait for each other without end"


def test_a_browser_stays_with_its_process(server: Server) -> None:
    seen = set()
    for _ in range(6):
        with httpx.Client(base_url=server.url) as browser:
            browser.get("/auth/sign-in").raise_for_status()
            number = browser.cookies[COOKIE]
            seen.add(number)
            answer = browser.get("/metrics")
            assert f'process_threads{{process="{number}"}}' in answer.text
            assert COOKIE not in browser.get("/auth/sign-in").headers.get("set-cookie", "")
    assert seen == {"1", "2"}, "both get some"


def test_a_number_that_no_process_has_is_replaced(server: Server) -> None:
    answer = httpx.get(f"{server.url}/auth/sign-in", headers={"Cookie": f"{COOKIE}=77"})
    assert answer.cookies[COOKIE] in {"1", "2"}


def test_what_comes_through_a_proxy_shares_no_connection(server: Server) -> None:
    with httpx.Client(base_url=server.url) as proxy:
        for number in ("1", "2", "1"):
            headers = {"X-Forwarded-For": "192.0.2.7", "Cookie": f"{COOKIE}={number}"}
            answer = proxy.get("/auth/sign-in", headers=headers)
            assert (answer.headers["connection"], COOKIE in answer.headers["set-cookie"]) == ("close", False)


def test_slow_and_silent_visitors_hold_nobody_up(server: Server) -> None:
    port = httpx.URL(server.url).port
    assert port is not None
    with ExitStack() as stack:
        for number in range(60):
            visitor = stack.enter_context(socket.create_connection(("127.0.0.1", port)))
            if number % 2:
                visitor.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\nCook")
        begun = time.monotonic()
        assert httpx.get(f"{server.url}/healthz").status_code == 200
        assert time.monotonic() - begun < 1
        visitor.sendall(b"ie: a=b\r\n\r\n")
        assert visitor.recv(100).startswith(b"HTTP/1.1 200"), "who is slow is served too"


def test_processes_count_wrong_passwords_together(server: Server) -> None:
    answers = []
    for attempt in range(6):
        with httpx.Client(base_url=server.url, cookies={COOKIE: str(1 + attempt % 2)}) as browser:
            page = browser.get("/auth/sign-in").text
            token = page.partition('name="form_token" value="')[2].partition('"')[0]
            form = {"form_token": token, "email": "nobody@example.org", "password": "wrong"}
            answers.append(browser.post("/auth/sign-in", data=form, headers={"Origin": server.url}).status_code)
    assert answers[-1] == 429
    assert 429 not in answers[:5]


def test_after_a_kill_of_one_process_its_learner_goes_on_and_the_other_one_notices_nothing(
    server: Server, database: Database, seats: list[Seat]
) -> None:
    with ExitStack() as stack:
        mine, other = open_tab(stack, server, seats[0], 1), open_tab(stack, server, seats[1], 2)
        click(mine)
        click(other)
        question, _ = seats[0].questions[0]
        saved = httpx.post(
            f"{server.url}/attempts/{seats[0].attempt_id}/journal",
            json={
                "sheet": str(uuid4()),
                "answers": [{"question": str(question), "response": {"option": "b"}, "sequence": 1}],
                "sightings": [],
            },
            headers={"Cookie": cookies(seats[0], 1), "Origin": server.url},
        )
        assert saved.status_code == 200, saved.text
        killed = web_process(server, 1)
        killed.kill()
        click(other)
        killed.wait(10)
        again = open_tab(stack, server, seats[0], 1)  # waits until the process is there again
        assert again.response is not None
        assert COOKIE not in str(again.response.headers), "it is the same number"
        click(again)
        click(other)
        assert web_process(server, 1).pid != killed.pid
        with database.reading() as session:
            kept = session.scalar(select(Answer.response).where(Answer.attempt_id == seats[0].attempt_id))
        assert kept == {"option": "b"}


def test_a_kill_or_a_stop_of_the_server_leaves_no_process(served_before: Path) -> None:
    server = start(served_before, "--processes", "2")
    orphans = [web_process(server, number) for number in (1, 2)]
    server.kill()
    wait_for(lambda: not any(one.is_running() for one in orphans), 10, "web processes end by themselves")
    again = start(server.home, "--processes", "2")
    database = Database(EmbeddedPostgres(again.home).url)
    seat = exam_world.fill(database, 1)[0]
    database.close()
    with ExitStack() as stack:
        click(open_tab(stack, again, seat))
        asked = time.monotonic()
        again.process.send_signal(signal.SIGTERM)
        code = again.process.wait(STOP_SECONDS)
    assert time.monotonic() - asked < STOP_SECONDS
    assert (code, processes_of(again.home)) == (0, [])
