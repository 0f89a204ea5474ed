"""What the watchdog does with a part that dies, dies again, or has lost its files."""

from __future__ import annotations

import shutil
import threading
import time
from pathlib import Path

import pytest

from learncraft.supervisor import watchdog
from learncraft.supervisor.errors import StartError
from learncraft.supervisor.postgres import EmbeddedPostgres
from learncraft.supervisor.watchdog import Watchdog


class Fragile:
    """A part that never runs for long."""

    def __init__(self) -> None:
        self.restarts = 0
        self.restarted = threading.Event()

    def is_running(self) -> bool:
        return False

    def restart(self) -> None:
        self.restarts += 1
        self.restarted.set()
        raise StartError("not today")


def test_a_part_that_dies_again_and_again_is_started_at_growing_intervals(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watchdog, "LOOK_SECONDS", 0.01)
    monkeypatch.setattr(watchdog, "FIRST_PAUSE_SECONDS", 0.1)
    part = Fragile()
    watching = Watchdog({"part": part})
    watching.start()
    assert part.restarted.wait(5)
    time.sleep(1.0)
    watching.stop()
    assert 2 <= part.restarts <= 5, "after 0, 0.1, 0.3 and 0.7 seconds"


def test_a_database_whose_files_are_gone_is_not_made_anew(tmp_path: Path) -> None:
    postgres = EmbeddedPostgres(tmp_path)
    postgres.start()
    postgres.stop()
    shutil.rmtree(tmp_path / "postgres")
    with pytest.raises(StartError, match="gone"):
        postgres.restart()
    assert not (tmp_path / "postgres").exists()
