"""The rules of progress."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from learncraft.enrollment import intervals
from learncraft.enrollment.progress import LessonPart, PartKind, course_state, lesson_state, what_is_left

PARTS = st.lists(
    st.builds(LessonPart, st.sampled_from(PartKind), st.text(max_size=5), st.decimals(-1, 3, places=3)), max_size=8
)
STRETCHES = st.lists(st.tuples(st.floats(0, 200), st.floats(0, 200)), max_size=30)


def part(kind: str, title: str, share: float) -> LessonPart:
    return LessonPart(PartKind(kind), title, Decimal(str(share)))


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


@given(st.lists(st.booleans(), max_size=40), st.lists(st.booleans(), max_size=40))
def test_a_course_never_goes_back_when_it_is_republished(before: list[bool], after: list[bool]) -> None:
    reached = course_state(before).percent
    state = course_state(after, reached=reached)
    assert reached <= state.percent <= 100
    assert state.percent in {reached, course_state(after).percent}


@given(PARTS, st.decimals(0, 100, places=2), st.booleans())
def test_a_lesson_stays_between_0_and_100_and_never_goes_back(
    parts: list[LessonPart], reached: Decimal, is_finished: bool
) -> None:
    state = lesson_state(parts, is_finished=is_finished, reached=reached)
    assert min(reached, Decimal("99.99")) <= state.percent <= 100
    assert (state.percent == 100) == is_finished
    assert state.done + len(state.left) == state.total == len(parts)
    assert lesson_state(parts, is_finished=is_finished, reached=state.percent) == state


@given(PARTS.filter(bool), st.data())
def test_doing_more_of_a_part_never_lowers_a_lesson(parts: list[LessonPart], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(parts) - 1))
    more = LessonPart(parts[place].kind, "x", parts[place].share + data.draw(st.decimals(0, 1, places=3)))
    after = lesson_state([*parts[:place], more, *parts[place + 1 :]], is_finished=False)
    assert after.percent >= lesson_state(parts, is_finished=False).percent


def test_a_lesson_explains_itself() -> None:
    parts = [part("text", "", 0.95), part("video", "Joins", 0.9), part("lab", "Bookshop", 0)]
    assert lesson_state(parts, is_finished=False).summary == "2 of 3 parts done: the lab is open"
    begun = [part("text", "", 0.4), part("video", "Joins", 0.25)]
    said = "0 of 2 parts done: the text is read to 40 % and “Joins” is watched to 25 %"
    assert lesson_state(begun, is_finished=False).summary == said
    assert lesson_state(begun, is_finished=True).summary == "2 of 2 parts done"


def test_what_is_left_names_what_to_do() -> None:
    assert what_is_left([]) is None
    assert what_is_left([part("quiz", "Joins", 1), part("text", "", 0)]) is None
    assert what_is_left([part("quiz", "Joins", 0)]) == "Pass “Joins” to finish this lesson."
    assert what_is_left([part("video", "Film", 0.5)]) == "Watch “Film” (50 % seen) to finish this lesson."
    left = what_is_left([part("quiz", "Joins", 1), part("quiz", "Groups", 0), part("lab", "Shop", 0)])
    assert left == "1 of 3 parts done. Still to do: pass “Groups”, do the lab “Shop”."


@given(STRETCHES, STRETCHES)
def test_what_is_seen_twice_counts_once(one: list[tuple[float, float]], two: list[tuple[float, float]]) -> None:
    known = intervals.joined(one)
    both = intervals.joined([*known, *two])
    assert both == intervals.joined([*two, *one, *two])
    assert intervals.seconds(known) <= intervals.seconds(both) <= 200
    assert all(before[1] < after[0] for before, after in pairwise(both))
    assert 0 <= intervals.share(intervals.seconds(both), 150) <= 1
