"""The rules of progress."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from learncraft.enrollment.progress import RequiredQuiz, course_state, what_is_left


@given(st.lists(st.booleans(), max_size=300))
def test_progress_stays_between_0_and_100_and_is_100_only_when_all_is_finished(flags: list[bool]) -> None:
    state = course_state(flags)
    assert 0 <= state.percent <= 100
    assert (state.percent == 100) == (bool(flags) and all(flags))
    assert state.is_finished == (state.percent == 100)


@given(st.lists(st.booleans(), min_size=1), st.data())
def test_finishing_a_lesson_never_lowers_progress(flags: list[bool], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(flags) - 1))
    more = [*flags[:place], True, *flags[place + 1 :]]
    assert course_state(more).percent >= course_state(flags).percent


def test_two_of_three_is_rounded_down() -> None:
    assert course_state([True, True, False]).percent == Decimal("66.66")


def test_what_is_left_names_the_quiz() -> None:
    assert what_is_left([]) is None
    assert what_is_left([RequiredQuiz("Joins", True)]) is None
    assert what_is_left([RequiredQuiz("Joins", False)]) == "Pass “Joins” to finish this lesson."
    left = what_is_left([RequiredQuiz("Joins", True), RequiredQuiz("Groups", False)])
    assert left == "1 of 2 quizzes passed. Still to pass: “Groups”."
