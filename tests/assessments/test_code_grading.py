"""Grading of programs: pure, by what their runs came to."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from learncraft.assessments import code_grading
from learncraft.assessments.code_shapes import CodeKey, CodeTest
from learncraft.sandbox.port import Ending, StepOutcome
from learncraft.sandbox.program.harness import carried

ADD = CodeTest(title="adds", evaluate="add(1, 2)", expected="3")
SECRET = CodeTest(title="secret 4711", is_hidden=True, weight=3, evaluate="add(4711, 1)", expected="4712")
PRINTS = CodeTest(title="greets", stdin="Ada\n", expected="Hello Ada\n")
REFUSES = CodeTest(title="refuses text", evaluate="add('1', 2)", raises="TypeError")


def outcome(name: int, value: object = None, ending: Ending = Ending.FINISHED, **more: str) -> StepOutcome:
    return StepOutcome(str(name), ending, value=carried(value), shown_value=repr(value), **more)


def test_the_points_are_the_share_of_the_weights() -> None:
    key = CodeKey(tests=(ADD, SECRET))
    results = code_grading.judge(key, [outcome(0, 3), outcome(1, 0)], with_hidden=True)
    assert [result.is_passed for result in results] == [True, False]
    assert code_grading.share(results, Decimal(10)) == Decimal("2.50")
    assert code_grading.in_words(results) == "Passed: adds\nNot passed: Hidden test 1. Wrong result"


@pytest.mark.parametrize("ending", Ending)
def test_nothing_of_a_hidden_test_is_told(ending: Ending) -> None:
    key = CodeKey(tests=(SECRET,))
    came = outcome(0, 4711, ending, output="4711", error="Traceback: 4711", error_type="secret")
    [result] = code_grading.judge(key, [came], with_hidden=True)
    assert "4711" not in repr(result)
    assert "secret" not in repr(result)
    assert "4711" not in repr(key.without_secrets())


def test_hidden_tests_run_last_and_never_while_a_learner_tries() -> None:
    key = CodeKey(tests=(SECRET, ADD, SECRET, PRINTS))
    assert [step.name for step in code_grading.program_for(key, "", with_hidden=True).steps] == ["1", "3", "0", "2"]
    tried = code_grading.program_for(key, "", with_hidden=False)
    assert [step.name for step in tried.steps] == ["1", "3"]
    assert "4711" not in repr(tried)
    titles = [result.title for result in code_grading.judge(key, [], with_hidden=True)]
    assert titles == ["Hidden test 1", "adds", "Hidden test 2", "greets"]


def test_printed_text_may_differ_in_spaces_at_the_ends() -> None:
    key = CodeKey(tests=(PRINTS,))
    for printed, is_right in (("Hello Ada", True), ("Hello Ada  \n\n", True), ("hello Ada", False), ("", False)):
        [result] = code_grading.judge(key, [StepOutcome("0", Ending.FINISHED, printed)], with_hidden=True)
        assert result.is_passed is is_right
    assert result.words == "It printed “”; “Hello Ada” was expected"


def test_an_exception_that_is_asked_for_passes() -> None:
    key = CodeKey(tests=(REFUSES,))
    raised = StepOutcome("0", Ending.FAILED, error="…\nTypeError: no", error_type="TypeError")
    assert code_grading.judge(key, [raised], with_hidden=True)[0].is_passed
    [result] = code_grading.judge(key, [outcome(0, "12")], with_hidden=True)
    assert result.words == "add('1', 2) raised nothing; TypeError was expected"
    other = StepOutcome("0", Ending.FAILED, error="Traceback\nValueError: no", error_type="ValueError")
    assert code_grading.judge(key, [other], with_hidden=True)[0].words == "ValueError: no"


@pytest.mark.parametrize(
    ("expected", "given", "is_right"),
    [
        (1, 1.0, True),
        (1, True, False),
        (True, 1, False),
        ([1, 2], (1, 2), False),
        ({1, 2}, {2, 1}, True),
        ({1, 2}, {1, 3}, False),
        ({"a": [1]}, {"a": [1.0]}, True),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}, True),
        ("1", 1, False),
        (None, None, True),
        (None, False, False),
        (10**100, 10**100, True),
        (10**100, 10**100 + 1, False),
        (b"x", "x", False),
        (float("nan"), float("nan"), False),
    ],
)
def test_values_are_compared_as_python_compares_them(expected: object, given: object, is_right: bool) -> None:
    assert code_grading.is_same(carried(expected), carried(given)) is is_right


def test_numbers_may_differ_by_the_tolerance_wherever_they_stand() -> None:
    near = {"mean": [0.1 + 0.2, 1]}
    assert not code_grading.is_same(carried({"mean": [0.3, 1]}), carried(near))
    assert code_grading.is_same(carried({"mean": [0.3, 1]}), carried(near), Decimal("0.001"))
    assert not code_grading.is_same(carried(1.0), carried(float("inf")), Decimal(5))


literals: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(max_size=5)
    | st.binary(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.tuples(inner, inner) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=8,
)
any_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=10,
)


@given(literals, literals)
@settings(max_examples=150, deadline=None)
def test_a_value_is_the_same_as_itself_and_being_the_same_has_no_direction(one: Any, other: Any) -> None:
    assert code_grading.is_same(carried(one), carried(one))
    assert code_grading.is_same(carried(one), carried(other)) == code_grading.is_same(carried(other), carried(one))


@given(literals, any_json)
@settings(max_examples=150, deadline=None)
def test_forged_values_break_nothing(expected: Any, forged: Any) -> None:
    code_grading.is_same(carried(expected), forged)
    code_grading.is_same(carried(expected), [carried(expected)[0], forged])


@given(
    st.lists(st.tuples(st.booleans(), st.booleans(), st.integers(1, 100)), min_size=1, max_size=8),
    st.decimals(Decimal("0.01"), Decimal(1000), places=2),
    st.randoms(),
)
@settings(max_examples=100, deadline=None)
def test_points_stay_within_bounds_and_order_is_irrelevant(tests: Any, points: Decimal, random: Any) -> None:
    made = [
        code_grading.TestResult("t", is_hidden=hidden, weight=weight, is_passed=passed)
        for passed, hidden, weight in tests
    ]
    earned = code_grading.share(made, points)
    assert 0 <= earned <= points
    assert (earned == points) or not all(result.is_passed for result in made)
    random.shuffle(made)
    assert code_grading.share(made, points) == earned


def test_what_is_wrong_with_a_key_is_said_by_test() -> None:
    key = CodeKey(
        solution="def f(:",
        tests=(
            CodeTest(title="a", evaluate="1 +", expected="1"),
            CodeTest(title="b", evaluate="f()", expected="unquoted"),
            CodeTest(title="c", arrange="x = 1", expected="1"),
            CodeTest(title="d", raises="ValueError"),
            ADD,
            PRINTS,
            REFUSES,
        ),
    )
    problems = " ".join(code_grading.problems_of_key(key))
    for title in "abcd":
        assert f"(“{title}”)" in problems
    assert "The solution is no Python program" in problems
    assert "adds" not in problems
