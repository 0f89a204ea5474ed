"""Lines that are cut or slow between LearnCraft and its event store: nothing lost, nothing doubled, said in words."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from urllib.parse import urlsplit, urlunsplit

import pytest
from sqlalchemy import Engine

from learncraft.analytics import shipping
from learncraft.analytics import store as stores
from learncraft.analytics.errors import EventStoreUnavailable
from learncraft.analytics.store import EventStore
from learncraft.db import Database
from tests.analytics.test_shipping import record_now, ship_all, stored


class Line:
    """A TCP proxy before the event store that can cut a connection or hold back answers."""

    def __init__(self, port: int) -> None:
        self.cut_answers = False  # the request arrives, its answer doesn't
        self.cut_requests_after: int | None = None  # bytes
        self.hold_seconds = 0.0
        self._port = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                far = socket.create_connection(("127.0.0.1", self._port))
                threading.Thread(target=self._ask, args=(near, far), daemon=True).start()
                threading.Thread(target=self._answer, args=(near, far), daemon=True).start()

    def _ask(self, near: socket.socket, far: socket.socket) -> None:
        sent = 0
        with suppress(OSError):
            while data := near.recv(65536):
                sent += len(data)
                if self.cut_requests_after is not None and sent > self.cut_requests_after:
                    break
                far.sendall(data)
        _end(near, far)

    def _answer(self, near: socket.socket, far: socket.socket) -> None:
        with suppress(OSError):
            while data := far.recv(65536):
                if self.cut_answers:
                    break
                time.sleep(self.hold_seconds)
                near.sendall(data)
        _end(near, far)


def _end(*ends: socket.socket) -> None:
    for end in ends:
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
        end.close()


@pytest.fixture
def engine(fresh_database: Database) -> Engine:
    return fresh_database.engine


@pytest.fixture
def line(event_store: EventStore) -> Iterator[Line]:
    made = Line(urlsplit(event_store._url()).port or 0)
    yield made
    made.close()


@pytest.fixture
def far_store(event_store: EventStore, line: Line) -> Iterator[EventStore]:
    parts = urlsplit(event_store._url())
    url = urlunsplit(parts._replace(netloc=parts.netloc.replace(str(parts.port), str(line.port))))
    made = EventStore.connect(url, max_execution_seconds=1)
    yield made
    made.close()


@pytest.mark.parametrize("how", ["the answer", "the request"])
def test_a_line_that_is_cut_loses_and_doubles_nothing(
    engine: Engine, event_store: EventStore, far_store: EventStore, line: Line, how: str
) -> None:
    ids = record_now(engine, 200)
    assert far_store.ping()
    if how == "the answer":
        line.cut_answers = True
    else:
        line.cut_requests_after = 20_000
    for _ in range(2):
        with pytest.raises(EventStoreUnavailable, match="does not answer"):
            shipping.ship_once(engine, far_store)
    line.cut_answers, line.cut_requests_after = False, None
    assert ship_all(engine, far_store) == 200
    assert stored(event_store) == set(ids)


def test_an_answer_that_does_not_come_is_given_up_in_words(
    far_store: EventStore, line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stores, "CONNECT_TIMEOUT_SECONDS", 1)
    assert far_store.ping()
    far_store.close()
    line.hold_seconds = 4
    begun = time.monotonic()
    with pytest.raises(EventStoreUnavailable, match="does not answer"):
        far_store.query("SELECT 1")
    assert time.monotonic() - begun < 15
    line.hold_seconds = 0
    assert far_store.query("SELECT 1") == [(1,)]


def test_a_question_that_takes_more_than_it_may_is_stopped_in_words(event_store: EventStore) -> None:
    hurried = EventStore.connect(event_store._url, max_execution_seconds=1, max_memory_bytes=50_000_000)
    with pytest.raises(EventStoreUnavailable, match="too long"):
        hurried.query("SELECT count() FROM numbers(1000000000000) WHERE NOT ignore(sipHash64(number))")
    with pytest.raises(EventStoreUnavailable, match="memory"):
        hurried.query("SELECT uniqExact(number) FROM numbers(30000000)")
    assert hurried.query("SELECT 1") == [(1,)]
    hurried.close()
