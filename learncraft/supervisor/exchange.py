"""Folders of a home that change places, all of them or none, whatever is killed on the way."""

from __future__ import annotations

import json
import os
from pathlib import Path

from learncraft.analytics.schema import drop
from learncraft.analytics.store import EventStore
from learncraft.supervisor.locks import taking_turns
from learncraft.supervisor.wal_program import sync

CLEAR_EVENT_STORE = "event-store.clear"  # the store's content is of another life of the database
_PLAN = "exchange.json"


def exchange(home: Path, moves: list[tuple[str, str]]) -> None:
    """Rename folders within a home, in order. Once this has begun, the next command ends what a kill interrupts.

    No two moves have the same target, and none of the targets is there.
    """
    draft = home / f"{_PLAN}.new"
    with draft.open("w", encoding="utf-8") as file:
        json.dump(moves, file)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(home / _PLAN)
    sync(home)
    finish(home)


def finish(home: Path) -> None:
    """End an exchange that was interrupted. Nothing happens when none was."""
    plan = home / _PLAN
    if not plan.exists():
        return
    with taking_turns(home / "exchange.lock"):
        if not plan.exists():
            return
        for source, target in json.loads(plan.read_text(encoding="utf-8")):
            _move(home / source, home / target)
        plan.unlink()
        sync(home)


def _move(source: Path, target: Path) -> None:
    """A move that was made already leaves the target there; the source may then be what came in its place."""
    if source.exists() and not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        source.rename(target)
        sync(source.parent)
        sync(target.parent)


def clear_marked(home: Path, store: EventStore) -> None:
    """Empty the event store if a restore asked for it. What it should hold is shipped to it again.

    Raises:
        EventStoreUnavailable: it doesn't answer; the mark stays.
    """
    mark = home / CLEAR_EVENT_STORE
    if not mark.exists():
        return
    with taking_turns(home / "exchange.lock"):
        if mark.exists():
            drop(store)
            mark.unlink()
