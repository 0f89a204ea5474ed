"""What holds for every question and every answer."""

from __future__ import annotations

import json
import re
from decimal import Decimal

from hypothesis import assume, example, given
from hypothesis import strategies as st

from learncraft.assessments import patterns
from learncraft.assessments.grading import (
    GradedQuestion,
    grade,
    parse_key,
    parse_response,
    percent,
    to_json,
    total,
)
from learncraft.assessments.numbers import is_within, read_number
from learncraft.assessments.ordering import shuffled
from learncraft.assessments.shapes import (
    AcceptedNumber,
    AcceptedText,
    BlankKey,
    BlankResponse,
    ChoiceKey,
    ChoiceResponse,
    ChoicesKey,
    ChoicesResponse,
    Key,
    Response,
    TruthKey,
    TruthResponse,
)

names = st.sampled_from("abcdefgh")
points = st.decimals("0.01", "1000", places=2)
numbers = st.decimals(-(10**12), 10**12, allow_nan=False, allow_infinity=False)
texts = st.text(min_size=1, max_size=30).filter(lambda text: text.strip())
accepted = st.one_of(
    st.builds(AcceptedText, text=texts, case_sensitive=st.booleans()),
    st.builds(AcceptedNumber, value=numbers, tolerance=st.decimals(0, 10, places=3)),
)
keys: st.SearchStrategy[Key] = st.one_of(
    st.builds(ChoiceKey, option=names),
    st.builds(ChoicesKey, options=st.frozensets(names, min_size=1)),
    st.builds(TruthKey, value=st.booleans()),
    st.builds(BlankKey, accepted=st.lists(accepted, min_size=1, max_size=3).map(tuple)),
)
responses: st.SearchStrategy[Response | None] = st.one_of(
    st.none(),
    st.builds(ChoiceResponse, option=names),
    st.builds(ChoicesResponse, options=st.frozensets(names)),
    st.builds(TruthResponse, value=st.booleans()),
    st.builds(BlankResponse, text=st.text(max_size=50)),
)
TYPES: dict[type[Key], str] = {
    ChoiceKey: "multiple_choice",
    ChoicesKey: "multi_select",
    TruthKey: "true_false",
    BlankKey: "fill_blank",
}


def the_right_answer(key: Key) -> Response:
    match key:
        case ChoiceKey():
            return ChoiceResponse(option=key.option)
        case ChoicesKey():
            return ChoicesResponse(options=key.options)
        case TruthKey():
            return TruthResponse(value=key.value)
        case BlankKey():
            first = key.accepted[0]
            return BlankResponse(text=first.text if isinstance(first, AcceptedText) else str(first.value))


@given(keys, points, responses)
def test_points_are_never_below_zero_nor_above_the_maximum(key: Key, worth: Decimal, response: Response | None) -> None:
    result = grade(GradedQuestion(key, worth), response)
    assert 0 <= result.points <= worth
    assert result.points == result.points.quantize(Decimal("0.01"))
    assert not result.is_correct or result.points == worth
    assert result.reason


@given(keys, points)
def test_the_key_itself_scores_full(key: Key, worth: Decimal) -> None:
    result = grade(GradedQuestion(key, worth), the_right_answer(key))
    assert (result.points, result.is_correct) == (worth, True)


@given(keys, points, responses)
def test_the_same_answer_always_gets_the_same_grade(key: Key, worth: Decimal, response: Response | None) -> None:
    question = GradedQuestion(key, worth)
    assert grade(question, response) == grade(question, response)


@given(keys, points, responses)
def test_a_trip_through_the_database_changes_no_grade(key: Key, worth: Decimal, response: Response | None) -> None:
    stored_key = parse_key(TYPES[type(key)], json.loads(json.dumps(to_json(key))))
    assert stored_key == key
    right = the_right_answer(key)
    assume("\0" not in getattr(right, "text", ""))
    assert parse_response(TYPES[type(key)], json.loads(json.dumps(to_json(right)))) == right


@given(st.lists(names, unique=True, min_size=1), st.lists(names, unique=True), points, st.randoms())
def test_the_order_of_options_is_irrelevant(right: list[str], ticks: list[str], worth: Decimal, random: object) -> None:
    def points_of(right: list[str], ticks: list[str]) -> object:
        key = parse_key("multi_select", {"options": right})
        return grade(GradedQuestion(key, worth), parse_response("multi_select", {"options": ticks}))

    assert points_of(right, ticks) == points_of(right[::-1], sorted(ticks))


@given(st.frozensets(names, min_size=1), st.frozensets(names), names, points)
def test_one_more_right_tick_never_costs_and_one_more_wrong_tick_never_pays(
    right: frozenset[str], ticks: frozenset[str], extra: str, worth: Decimal
) -> None:
    question = GradedQuestion(ChoicesKey(options=right), worth)
    before = grade(question, ChoicesResponse(options=ticks - {extra})).points
    after = grade(question, ChoicesResponse(options=ticks | {extra})).points
    assert after >= before if extra in right else after <= before


@given(st.lists(st.tuples(keys, points, responses), max_size=10))
def test_percentages_lie_between_0_and_100(rows: list[tuple[Key, Decimal, Response | None]]) -> None:
    score = total(grade(GradedQuestion(key, worth), response) for key, worth, response in rows)
    assert 0 <= percent(score, sum((worth for _, worth, _ in rows), Decimal(0))) <= 100


@given(numbers)
@example(Decimal("1234"))
@example(Decimal("-0.0"))
def test_every_way_to_write_a_number_is_read_as_that_number(value: Decimal) -> None:
    whole, _, places = f"{value.copy_abs():f}".partition(".")
    sign = "-" if value < 0 else ""
    grouped = f"{int(whole):,}"
    tail = f".{places}" if places else ""
    ways = [f"{value:f}", f"{value:e}", f" {value:f} ", f"{value:f}".replace("-", "−"), f"{sign}{grouped}{tail}"]
    ways += [
        f"{sign}{grouped.replace(',', ' ')}{tail.replace('.', ',')}",
        f"{sign}{grouped.replace(',', chr(39))}{tail}",
    ]
    if places:
        ways += [f"{value:f}".replace(".", ","), f"{sign}{grouped.replace(',', '.')},{places}"]
    for way in ways:
        if len(way) <= 100:
            assert value in read_number(way), way


@given(st.text(max_size=40))
@example("1e999")
@example("9" * 100)
def test_reading_a_number_never_fails_and_never_yields_what_is_none(typed: str) -> None:
    for reading in read_number(typed):
        assert reading.is_finite()
    assert "%" not in typed or read_number(typed) == ()


@given(numbers, st.decimals(0, 10**6, allow_nan=False, allow_infinity=False), st.decimals("0.000001", 1, places=6))
def test_a_number_counts_up_to_the_very_end_of_the_tolerance(value: Decimal, tolerance: Decimal, more: Decimal) -> None:
    from decimal import localcontext

    with localcontext() as context:
        context.prec = 500
        for end in (value - tolerance, value + tolerance):
            assert is_within(end, value, tolerance)
        assert not is_within(value + tolerance + more, value, tolerance)


_atoms = st.sampled_from(
    ["a", "b", ".", "[ab]", "[^a]", r"\w", r"\d", r"\.", " ", "^", "$", r"\b", "é", "-", "[a-c-]", "K"]
)
_pieces = st.recursive(
    _atoms,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=4).map("".join),
        st.lists(inner, min_size=1, max_size=3).map(lambda branches: f"(?:{'|'.join(branches)})"),
        st.tuples(inner, st.sampled_from(["*", "+", "?", "{2}", "{1,3}", "{,2}", "{2,}", "*?", "+?"])).map(
            lambda pair: f"({pair[0]}){pair[1]}"
        ),
    ),
    max_leaves=6,
)


@given(_pieces, st.text("abc.1 é-Kk\n", max_size=8), st.booleans())
@example("(?:)", "", True)
@example("a|", "", True)
@example("a{,}", "aaa", True)
@example("a{}", "a{}", True)
@example("a{x", "a{x", True)
@example("[]a]*", "]a", True)
@example(r"\01", "\1", True)
@example("(?i)AB", "ab", True)
def test_patterns_mean_what_re_says(pattern: str, text: str, case_sensitive: bool) -> None:
    flags = re.NOFLAG if case_sensitive else re.IGNORECASE
    expected = re.fullmatch(pattern, text, flags) is not None
    assert patterns.matches(pattern, text, case_sensitive=case_sensitive) == expected


@given(st.text(r"ab|()[]*+?{}2,\^$.:<P=!", max_size=15), st.text("ab", max_size=5))
def test_any_pattern_is_refused_in_words_or_means_what_re_says(pattern: str, text: str) -> None:
    if patterns.problem(pattern) is not None:
        return
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        expected = re.fullmatch(pattern, text, re.IGNORECASE) is not None
    assert patterns.matches(pattern, text, case_sensitive=False) == expected


@given(st.lists(st.uuids(), unique=True, max_size=20), st.uuids(), st.randoms(use_true_random=False))
def test_a_shuffle_keeps_everything_and_depends_on_the_seed_alone(items: list, seed: object, random: object) -> None:
    first = shuffled(items, seed, str)  # type: ignore[arg-type]
    random.shuffle(items)  # type: ignore[attr-defined]
    assert first == shuffled(items, seed, str)  # type: ignore[arg-type]
    assert sorted(first) == sorted(items)
