"""Signals become one orderly end, also when the server doesn't listen."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator

import pytest

from learncraft.cli import signals
from learncraft.cli.signals import Stopping
from learncraft.supervisor.errors import StoppedError

NUMBERS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@pytest.fixture(autouse=True)
def restored_handlers() -> Iterator[None]:
    before = {number: signal.getsignal(number) for number in NUMBERS}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def send(number: int) -> None:
    os.kill(os.getpid(), number)
    time.sleep(0.05)  # Python runs the handler between two steps of ours


def test_before_the_server_runs_a_signal_breaks_the_start_off() -> None:
    with Stopping(), pytest.raises(StoppedError):
        send(signal.SIGTERM)


def test_a_server_that_runs_is_asked_once_however_often_someone_presses_ctrl_c() -> None:
    asked: list[str] = []
    with Stopping() as stopping:
        stopping.serving(lambda: asked.append("please"), lambda: asked.append("now"))
        for _ in range(3):
            send(signal.SIGINT)
        stopping.served()
    assert asked == ["please"]


def test_a_server_that_does_not_listen_is_ended_by_the_last_resort(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signals, "PATIENCE_SECONDS", 0.1)
    ended = threading.Event()
    with Stopping() as stopping:
        stopping.serving(lambda: None, ended.set)
        send(signal.SIGTERM)
        assert ended.wait(5)
