"""What the grid sends to be saved: each change once, what is put back too, and what was refused until it is mended."""

from __future__ import annotations

from uuid import UUID

from learncraft.authoring.bulk import Edit, Outcome, Row
from learncraft.db import new_id
from pages.teach.grid_memory import Memory


def row(title: str) -> Row:
    return Row(new_id(), 1, new_id(), "Module", title, ("markdown",), 10, False, True, False, "")


def sent(memory: Memory, changes: dict[int, dict[str, object]]) -> list[tuple[UUID, int, dict[str, object]]]:
    """What goes out, all of it kept."""
    edits = memory.edits(changes)
    memory.take(changes, edits, [Outcome(one.lesson_id, one.base + 1) for one in edits])
    return [(one.lesson_id, one.base, one.values) for one in edits]


def test_only_what_was_typed_since_goes_out_each_time_with_the_version_that_it_follows() -> None:
    first, second = row("First"), row("Second")
    memory = Memory(None, [first, second])
    assert sent(memory, {}) == []
    assert sent(memory, {0: {"minutes": 20}}) == [(first.id, 1, {"minutes": 20})]
    assert sent(memory, {0: {"minutes": 20}}) == []
    both = {0: {"minutes": 20}, 1: {"title": "Joins"}}
    assert sent(memory, both) == [(second.id, 1, {"title": "Joins"})]
    assert sent(memory, both | {0: {"minutes": 25}}) == [(first.id, 2, {"minutes": 25})]
    assert not memory.is_stale


def test_a_value_that_is_put_back_is_saved_too_though_the_grid_calls_it_no_change() -> None:
    first = row("First")
    memory = Memory(None, [first])
    sent(memory, {0: {"is_free": True}})
    assert sent(memory, {}) == [(first.id, 2, {"is_free": False})]
    assert sent(memory, {}) == []


def test_what_was_refused_stays_typed_with_its_reason_until_it_is_mended() -> None:
    first = row("First")
    memory = Memory(None, [first])
    changes = {0: {"minutes": 7000}}
    memory.take(changes, memory.edits(changes), [Outcome(first.id, why="Too long.")])
    assert (memory.refused[first.id], memory.is_stale) == (("Too long.", {"minutes": 7000}), True)
    anew = Memory(None, [first], refused=memory.refused)
    assert anew.edits({}) == []
    assert anew.edits({0: {"title": "Joins"}}) == [Edit(first.id, 1, {"minutes": 7000, "title": "Joins"})]
    assert sent(anew, {0: {"minutes": 70}}) == [(first.id, 1, {"minutes": 70})]
    assert (anew.refused, anew.is_stale) == ({}, True)


def test_what_a_colleague_wrote_is_shown_instead_of_what_was_typed() -> None:
    first = row("First")
    memory = Memory(None, [first])
    changes = {0: {"title": "Mine"}}
    memory.take(changes, memory.edits(changes), [Outcome(first.id, 2, "Ana has saved this lesson meanwhile.")])
    assert memory.refused[first.id] == ("Ana has saved this lesson meanwhile.", {})
    assert memory.is_stale
