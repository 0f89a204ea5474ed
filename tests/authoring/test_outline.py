"""Where lessons stand: whatever is moved wherever, the list stays a whole tree with the same lessons in it."""

from __future__ import annotations

from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from learncraft.authoring.errors import CircularNestingError, NotInModuleError
from learncraft.authoring.outline import Place, depths, is_whole, moved, with_nested

IDS = [UUID(int=number) for number in range(1, 13)]


@st.composite
def trees(draw: st.DrawFn) -> list[Place]:
    """A list in pre-order: each lesson stands below one of the path to the last one, or in the module."""
    places: list[Place] = []
    path: list[UUID] = []
    for key in IDS[: draw(st.integers(1, 12))]:
        path = path[: draw(st.integers(0, len(path)))]
        places.append(Place(key, path[-1] if path else None))
        path.append(key)
    return places


@settings(max_examples=150, deadline=None)
@given(trees(), st.data())
def test_a_move_keeps_the_tree_whole_and_loses_nobody(tree: list[Place], data: st.DataObject) -> None:
    lesson = data.draw(st.sampled_from(tree)).id
    parent = data.draw(st.sampled_from([None, *(place.id for place in tree)]))
    before = data.draw(st.sampled_from([None, *(place.id for place in tree)]))
    moving = with_nested(tree, lesson)
    try:
        order = moved(tree, moving, parent=parent, before=before)
    except (CircularNestingError, NotInModuleError):
        return
    assert is_whole(order)
    assert {place.id for place in order} == {place.id for place in tree}
    assert next(place for place in order if place.id == lesson).parent == parent
    ids = [place.id for place in order]
    if before is not None:
        assert ids.index(lesson) + len(moving) == ids.index(before)
    others = [place for place in order if place.id != lesson]
    assert others == sorted(others, key=lambda place: ids.index(place.id))
    assert {(place.id, place.parent) for place in others} == {
        (place.id, place.parent) for place in tree if place.id != lesson
    }


@settings(max_examples=80, deadline=None)
@given(trees(), st.data())
def test_nothing_comes_below_itself(tree: list[Place], data: st.DataObject) -> None:
    lesson = data.draw(st.sampled_from(tree)).id
    inside = data.draw(st.sampled_from(with_nested(tree, lesson))).id
    with pytest.raises(CircularNestingError, match="can't stand below itself"):
        moved(tree, with_nested(tree, lesson), parent=inside, before=None, title="Joins")


def test_a_lesson_comes_last_below_its_parent_and_with_all_that_is_nested_in_it() -> None:
    a, b, c, d = IDS[:4]
    tree = [Place(a, None), Place(b, a), Place(c, None), Place(d, c)]
    assert [place.id for place in moved(tree, with_nested(tree, c), parent=a, before=None)] == [a, b, c, d]
    assert depths(moved(tree, with_nested(tree, c), parent=a, before=None)) == {a: 0, b: 1, c: 1, d: 2}


def test_a_place_that_is_gone_is_said_and_not_guessed() -> None:
    a, b, c = IDS[:3]
    with pytest.raises(NotInModuleError):
        moved([Place(a, None)], [Place(b, None)], parent=None, before=c)
    with pytest.raises(NotInModuleError):
        moved([Place(a, None)], [Place(b, None)], parent=c, before=None)
