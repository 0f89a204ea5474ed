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


WORDS = st.lists(st.sampled_from(["one", "two", "three", " ", ", ", "<b>", "äß", "."]), max_size=12).map("".join)


@given(before=st.lists(WORDS, max_size=5), after=st.lists(WORDS, max_size=5))
def test_marks_leave_every_line_as_it_is(before: list[str], after: list[str]) -> None:
    found = differing.lines(before, after, around=1)
    assert [f"{line.sign}{''.join(one.text for one in line.pieces)}" for line in differing.marked(found)] == list(found)


@given(before=WORDS, after=WORDS)
def test_what_isnt_marked_in_a_changed_line_is_the_same_in_both(before: str, after: str) -> None:
    found = differing.marked((f"-{before}", f"+{after}"))
    if any(one.is_changed for line in found for one in line.pieces):
        same, as_well = ("".join(one.text for one in line.pieces if not one.is_changed) for line in found)
        assert same == as_well


def said(line: differing.Line) -> str:
    """A line with its marks in brackets."""
    return line.sign + "".join(f"[{piece.text}]" if piece.is_changed else piece.text for piece in line.pieces)


def test_the_words_that_changed_in_a_long_line_are_marked_and_nothing_else_of_it() -> None:
    before = "Text: A join puts rows of two tables side by side, where a condition holds for both of them."
    after = "Text: A join puts the rows of two tables side by side, wherever the condition holds for both."
    [first, second] = differing.marked(differing.lines([before], [after]))
    assert said(first) == (
        "-Text: A join puts rows of two tables side by side,[ where a] condition holds for both[ of them]."
    )
    assert said(second) == (
        "+Text: A join puts[ the] rows of two tables side by side,[ wherever the] condition holds for both."
    )


def test_a_line_that_was_put_in_before_a_changed_one_is_not_taken_for_it() -> None:
    found = differing.marked(("-Text: Rows of two tables.", "+Title: Joins", "+Text: Rows of three tables.", " end"))
    assert [said(line) for line in found] == [
        "-Text: Rows of[ two] tables.",
        "+Title: Joins",
        "+Text: Rows of[ three] tables.",
        " end",
    ]


def test_lines_that_say_other_things_and_very_long_ones_are_shown_whole() -> None:
    for lines in (("-Text: Owls fly at night.", "+Minutes: 12"), ("-" + "word " * 4_000, "+" + "word " * 4_001)):
        assert not any(piece.is_changed for line in differing.marked(lines) for piece in line.pieces)
