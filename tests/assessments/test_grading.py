"""Grading by example."""

from __future__ import annotations

import time
from decimal import Decimal
from typing import Any

import pytest

from learncraft.assessments import patterns
from learncraft.assessments.errors import InvalidAnswerError, InvalidQuestionError
from learncraft.assessments.grading import (
    Grade,
    GradedQuestion,
    grade,
    is_passing,
    parse_key,
    parse_options,
    parse_response,
    percent,
    to_json,
    total,
    validate_question,
)
from learncraft.assessments.numbers import read_number
from learncraft.assessments.shapes import (
    AcceptedNumber,
    AcceptedPattern,
    AcceptedText,
    BlankKey,
    BlankResponse,
    ChoiceKey,
    ChoiceResponse,
    ChoicesKey,
    ChoicesResponse,
    Key,
    Option,
    Response,
    TruthKey,
    TruthResponse,
)


def graded(key: Key, response: Response | None, points: str = "1") -> tuple[Decimal, bool, str]:
    result = grade(GradedQuestion(key, Decimal(points)), response)
    return result.points, result.is_correct, result.reason


def blank(typed: str, *accepted: AcceptedText | AcceptedNumber | AcceptedPattern) -> bool:
    return graded(BlankKey(accepted=accepted), BlankResponse(text=typed))[1]


def ticked(names: str, right: str = "abc", points: str = "1") -> tuple[Decimal, bool, str]:
    return graded(ChoicesKey(options=frozenset(right)), ChoicesResponse(options=frozenset(names)), points)


def number(typed: str, value: str, tolerance: str = "0") -> bool:
    return blank(typed, AcceptedNumber(value=Decimal(value), tolerance=Decimal(tolerance)))


def test_one_choice_is_all_or_nothing() -> None:
    key = ChoiceKey(option="b")
    assert graded(key, ChoiceResponse(option="b"), "2.50") == (Decimal("2.50"), True, "Right: 2.5 of 2.5 points")
    assert graded(key, ChoiceResponse(option="a")) == (0, False, "Not the right option: 0 of 1 point")


def test_no_answer_earns_nothing() -> None:
    assert graded(ChoiceKey(option="b"), None) == (0, False, "Not answered: 0 of 1 point")


def test_an_answer_of_another_kind_earns_nothing() -> None:
    assert graded(ChoiceKey(option="b"), TruthResponse(value=True))[:2] == (0, False)


def test_true_or_false() -> None:
    assert graded(TruthKey(value=False), TruthResponse(value=False))[:2] == (1, True)
    assert graded(TruthKey(value=False), TruthResponse(value=True)) == (
        0,
        False,
        "The statement is false: 0 of 1 point",
    )


@pytest.mark.parametrize(
    ("names", "points", "is_correct", "reason"),
    [
        ("abc", "1", True, "3 of 3 right options: 1 of 1 point"),
        ("ab", "0.67", False, "2 of 3 right options: 0.67 of 1 point"),
        ("abx", "0.33", False, "2 of 3 right options, 1 wrong option: 0.33 of 1 point"),
        ("abcx", "0.67", False, "3 of 3 right options, 1 wrong option: 0.67 of 1 point"),
        ("axy", "0", False, "1 of 3 right options, 2 wrong options: 0 of 1 point"),
        ("", "0", False, "0 of 3 right options: 0 of 1 point"),
    ],
)
def test_each_right_tick_counts_for_and_each_wrong_one_against(
    names: str, points: str, is_correct: bool, reason: str
) -> None:
    assert ticked(names) == (Decimal(points), is_correct, reason)


def test_shares_are_rounded_half_even() -> None:
    assert ticked("a", "abcd", "0.10")[0] == Decimal("0.02")  # 0.025
    assert ticked("abc", "abcd", "0.10")[0] == Decimal("0.08")  # 0.075
    assert ticked("a", "abcdefgh", "1")[0] == Decimal("0.12")  # 0.125


@pytest.mark.parametrize("typed", ["Paris", " paris ", "PARIS", "ｐａｒｉｓ"])
def test_text_matches_whatever_its_case_and_spaces(typed: str) -> None:
    assert blank(typed, AcceptedText(text="Paris"))


def test_repeated_spaces_count_once_and_other_words_count() -> None:
    assert blank("New \t  York", AcceptedText(text="new york"))
    assert not blank("NewYork", AcceptedText(text="new york"))


def test_the_same_letter_in_two_encodings_is_the_same() -> None:
    assert blank("cafe\u0301", AcceptedText(text="caf\u00e9"))
    assert blank("STRASSE", AcceptedText(text="Straße"))


def test_case_matters_when_the_author_says_so() -> None:
    accepted = AcceptedText(text="SELECT", case_sensitive=True)
    assert blank(" SELECT ", accepted)
    assert not blank("select", accepted)


def test_any_accepted_answer_is_enough() -> None:
    accepted = (AcceptedText(text="three"), AcceptedNumber(value=Decimal(3)), AcceptedPattern(pattern="th?ree+"))
    assert [blank(typed, *accepted) for typed in ("THREE", "3.0", "treee", "four")] == [True, True, True, False]


@pytest.mark.parametrize(
    ("typed", "readings"),
    [
        ("3.14", "3.14"),
        ("3,14", "3.14"),
        ("0,500", "0.500"),
        (".5", "0.5"),
        (",5", "0.5"),
        ("5.", "5"),
        ("−2", "-2"),
        ("+ 7", "7"),
        ("- 7", "-7"),
        ("1,234", "1.234 1234"),
        ("1.234", "1.234"),
        ("1,234.5", "1234.5"),
        ("1.234,5", "1234.5"),
        ("1 234,5", "1234.5"),
        ("1\u202f234.5", "1234.5"),
        ("1’234.5", "1234.5"),
        ("1,234,567", "1234567"),
        ("1.234.567", "1234567"),
        ("12 345,678", "12345.678"),
        ("1e3", "1000"),
        ("1,5E-3", "0.0015"),
        ("6.02 × 10^23", "6.02e23"),
        ("6,02*10**23", "6.02e23"),
        ("6.02x10²³", "6.02e23"),
        ("2·10⁻³", "0.002"),
        ("٣.١", "3.1"),
        ("１２．５", "12.5"),
    ],
)
def test_numbers_are_read_as_people_type_them(typed: str, readings: str) -> None:
    assert set(read_number(typed)) == {Decimal(reading) for reading in readings.split()}


@pytest.mark.parametrize(
    "typed",
    ["", " ", "50 %", "50%", "5 m", "$5", "12 34", "1,23,4", "1 2", "1..2", "1.2.3", "1,234.567,8", "10²", "½", "1/2",
     "ten", "NaN", "Infinity", "inf", "0x10", "1_000", "1e", "e5", "1e9999", "--1", "1 234.567 8", "1" * 101, "1'23",
     ",", ".", "-", "1e5.5"],
)  # fmt: skip
def test_what_is_not_plainly_a_number_is_refused(typed: str) -> None:
    assert read_number(typed) == ()


def test_the_ends_of_the_tolerance_count() -> None:
    assert number("9.9", "10", "0.1")
    assert number("10,1", "10", "0.1")
    assert not number("10.1000000000000000000000000000000000001", "10", "0.1")
    assert number("0.3", "0.3")
    assert not number("0.30000000000000004", "0.3")


def test_a_number_that_could_be_meant_in_two_ways_is_right_in_either() -> None:
    assert number("1,234", "1234")
    assert number("1,234", "1.234")
    assert not number("1,234", "12.34")


def test_a_wrong_number_is_told_from_what_is_no_number() -> None:
    key = BlankKey(accepted=(AcceptedNumber(value=Decimal(50)),))
    assert graded(key, BlankResponse(text="51"))[2] == "Not the right number: 0 of 1 point"
    assert graded(key, BlankResponse(text="50 %"))[2] == "A number without a percent sign was asked for: 0 of 1 point"
    assert graded(key, BlankResponse(text="fifty"))[2] == "The answer can't be read as a number: 0 of 1 point"


def test_a_pattern_must_match_the_whole_answer() -> None:
    pattern = AcceptedPattern(pattern="colou?r")
    assert blank(" Colour ", pattern)
    assert not blank("colours", pattern)
    assert not blank("COLOR", AcceptedPattern(pattern="colou?r", case_sensitive=True))


def test_an_answer_too_long_for_a_pattern_is_not_right() -> None:
    assert blank("a" * 1000, AcceptedPattern(pattern="a*"))
    assert not blank("a" * 1001, AcceptedPattern(pattern="a*"))


@pytest.mark.parametrize(
    "pattern", ["(a+)+b", "(a|a)*b", "(a|aa)+b", "(.*)*b", "(a?){40}a{40}b", ".*.*.*.*.*.*b", "(x+x+)+y"]
)
def test_no_pattern_keeps_grading_busy(pattern: str) -> None:
    began = time.perf_counter()
    assert not blank("a" * 1000, AcceptedPattern(pattern=pattern))
    assert time.perf_counter() - began < 2


@pytest.mark.parametrize(
    "pattern",
    [
        "(a",
        "a**",
        r"(a)\1",
        "(?=a)a",
        "(?<!a)b",
        "a*+",
        "(?>a)",
        "x{1000}{1000}",
        "(((x{99}){99}){99})",
        "[z-a]",
        "(?x) a",
    ],
)
def test_patterns_that_cannot_be_matched_safely_are_refused(pattern: str) -> None:
    key = BlankKey(accepted=(AcceptedPattern(pattern=pattern),))
    assert len(validate_question("fill_blank", (), key)) == 1
    assert patterns.problem(pattern) is not None


AB = (Option(id="a", text="A"), Option(id="b", text="B"))


@pytest.mark.parametrize(
    ("question_type", "options", "key", "problem"),
    [
        ("multiple_choice", AB, None, "No answer is marked as right."),
        ("multiple_choice", AB[:1], ChoiceKey(option="a"), "fewer than two"),
        ("multiple_choice", AB, ChoiceKey(option="c"), "“c” is not among"),
        ("multiple_choice", AB, ChoicesKey(options=frozenset("a")), "not one for"),
        ("multiple_choice", (*AB, Option(id="a", text="C")), ChoiceKey(option="a"), "same identifier"),
        ("multiple_choice", (*AB, Option(id="c", text=" A ")), ChoiceKey(option="a"), "same text"),
        ("multi_select", (*AB, Option(id="c", text=" ")), ChoicesKey(options=frozenset("a")), "no text"),
        ("multi_select", AB, ChoicesKey(options=frozenset("ac")), "“c” is not among"),
        ("true_false", AB, TruthKey(value=True), "has options"),
        ("fill_blank", (), BlankKey(accepted=(AcceptedText(text=" "),)), "nothing but spaces"),
        ("fill_blank", (), BlankKey(accepted=(AcceptedNumber(value=Decimal("1e999")),)), "too large"),
        ("essay", (), TruthKey(value=True), "can't be graded automatically"),
    ],
)
def test_what_is_wrong_with_a_question_is_said_in_words(
    question_type: str, options: tuple[Option, ...], key: Any, problem: str
) -> None:
    [said] = validate_question(question_type, options, key)
    assert problem in said


def test_sound_questions_have_no_problems() -> None:
    assert validate_question("multiple_choice", AB, ChoiceKey(option="a")) == []
    assert validate_question("multi_select", AB, ChoicesKey(options=frozenset("ab"))) == []
    assert validate_question("true_false", (), TruthKey(value=True)) == []
    assert validate_question("fill_blank", (), BlankKey(accepted=(AcceptedPattern(pattern="x+"),))) == []


def test_options_that_differ_in_case_only_are_two_options() -> None:
    options = (Option(id="a", text="True"), Option(id="b", text="true"))
    assert validate_question("multiple_choice", options, ChoiceKey(option="a")) == []


def test_stored_shapes_are_read_or_refused_in_words() -> None:
    assert parse_key("true_false", {"value": True}) == TruthKey(value=True)
    assert parse_options(None) == ()
    assert parse_options([{"id": "a", "text": "A"}]) == (Option(id="a", text="A"),)
    assert parse_response("multi_select", {"options": []}) == ChoicesResponse(options=frozenset())
    with pytest.raises(InvalidQuestionError, match="key doesn't fit a true_false question"):
        parse_key("true_false", {"option": "a"})
    with pytest.raises(InvalidQuestionError):
        parse_options([{"text": "A"}])
    with pytest.raises(InvalidAnswerError, match="doesn't fit the question"):
        parse_response("multiple_choice", {"option": 7})
    with pytest.raises(InvalidQuestionError, match="can't be graded automatically"):
        parse_response("essay", {"text": "So."})


def test_equal_sets_of_options_are_stored_alike() -> None:
    assert to_json(ChoicesResponse(options=frozenset("cab"))) == {"options": ["a", "b", "c"]}


def test_percentages_are_rounded_half_even_and_nothing_of_nothing_is_zero() -> None:
    assert percent(Decimal(1), Decimal(3)) == Decimal("33.33")
    assert percent(Decimal("0.25"), Decimal(2000)) == Decimal("0.01")
    assert percent(Decimal("0.5"), Decimal(4000)) == Decimal("0.01")
    assert percent(Decimal("1.5"), Decimal(20000)) == Decimal("0.01")
    assert percent(Decimal(5), Decimal(5)) == 100
    assert percent(Decimal(0), Decimal(0)) == 0


def test_the_passing_score_itself_passes() -> None:
    assert is_passing(Decimal("70.00"), Decimal(70))
    assert not is_passing(Decimal("69.99"), Decimal(70))


def test_points_add_up() -> None:
    assert total([Grade(Decimal("0.33"), False, ""), Grade(Decimal(1), True, "")]) == Decimal("1.33")
    assert total([]) == 0
