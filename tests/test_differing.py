"""A comparison shows what went, what came and what stands beside it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from learncraft import differing
from learncraft.differing import BETWEEN

LINES = st.lists(st.sampled_from(["a", "b", "@@", "--", "++x", ""]), max_size=12)


def test_lines_that_are_the_same_are_left_out_between_two_changes_and_not_before_the_first() -> None:
    before, after = list("abcdefghi"), list("abXdefgYi")
    assert differing.lines(before, after, around=1) == (" b", "-c", "+X", " d", BETWEEN, " g", "-h", "+Y", " i")
    assert differing.lines(before, after) == ("-c", "+X", "-h", "+Y")
    assert differing.lines(before, before, around=1) == ()


@given(before=LINES, after=LINES)
def test_what_went_and_what_came_make_one_of_the_other(before: list[str], after: list[str]) -> None:
    found = differing.lines(before, after, around=len(before))
    if before == after:
        assert found == ()
        return
    assert [line[1:] for line in found if line[0] != "+"] == before
    assert [line[1:] for line in found if line[0] != "-"] == after
