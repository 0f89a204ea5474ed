"""How grades become a total: what holds for all of them, and examples to follow with a pencil."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from random import Random
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from learncraft.assessments.gradebook.rules import Category, Grade, Item, Rules, Standing, total

A, B, C, D = (UUID(int=number) for number in range(1, 5))
HOMEWORK, EXAMS = UUID(int=101), UUID(int=102)

percents = st.decimals(Decimal(0), Decimal(100), places=2)
weights = st.decimals(Decimal("0.01"), Decimal(1000), places=2)


@st.composite
def cases(draw: st.DrawFn) -> tuple[Rules, dict[UUID, Grade]]:
    categories = tuple(
        Category(UUID(int=100 + number), f"Category {number}", draw(weights), draw(st.integers(0, 3)))
        for number in range(draw(st.integers(0, 3)))
    )
    ids = [None, *(category.id for category in categories)]
    items = tuple(
        Item(UUID(int=number), draw(st.sampled_from(ids)), draw(weights | st.just(Decimal(0))))
        for number in range(1, draw(st.integers(1, 7)))
    )
    rules = Rules(
        missing_is_zero=draw(st.booleans()), decimals=draw(st.integers(0, 2)), categories=categories, items=items
    )
    grades = {
        item.id: Grade(draw(st.none() | percents), draw(st.none() | percents), draw(st.booleans()))
        for item in items
        if draw(st.booleans())
    }
    return rules, grades


@given(cases())
@settings(max_examples=200, deadline=None)
def test_a_total_lies_between_the_lowest_and_the_highest_grade_that_counts(case: tuple[Rules, dict]) -> None:
    rules, grades = case
    found = total(rules, grades)
    counted = [
        part.percent
        for category in found.categories
        for part in category.items
        if part.standing in {Standing.COUNTS, Standing.MISSING} and part.percent is not None
    ]
    if found.percent is None:
        assert sum(category.share for category in found.categories) == 0
        return
    unit = Decimal(1).scaleb(-rules.decimals)
    assert 0 <= found.percent <= 100
    assert min(counted) - unit <= found.percent <= max(counted) + unit
    assert abs(sum(category.share for category in found.categories) - 100) < Decimal("0.0001")


@given(cases(), st.integers(1, 50))
@settings(max_examples=100, deadline=None)
def test_only_proportions_of_weights_count(case: tuple[Rules, dict], factor: int) -> None:
    rules, grades = case
    scaled = replace(
        rules,
        categories=tuple(replace(one, weight=one.weight * factor) for one in rules.categories),
        items=tuple(replace(one, weight=one.weight * factor) for one in rules.items),
    )
    assert total(scaled, grades).percent == total(rules, grades).percent


@given(cases(), st.integers())
@settings(max_examples=100, deadline=None)
def test_order_is_irrelevant(case: tuple[Rules, dict], seed: int) -> None:
    rules, grades = case
    random = Random(seed)
    mixed = replace(
        rules,
        categories=tuple(random.sample(rules.categories, len(rules.categories))),
        items=tuple(random.sample(rules.items, len(rules.items))),
    )
    assert total(mixed, grades).percent == total(rules, grades).percent


@given(percents | st.none(), percents)
def test_what_a_person_set_wins(earned: Decimal | None, by_hand: Decimal) -> None:
    rules = Rules(decimals=2, items=(Item(A),))
    assert total(rules, {A: Grade(earned, by_hand)}).percent == by_hand
    assert total(rules, {A: Grade(earned, by_hand, is_excused=True)}).percent is None


@given(cases(), st.data())
@settings(max_examples=100, deadline=None)
def test_a_better_grade_never_lowers_the_total(case: tuple[Rules, dict], data: st.DataObject) -> None:
    rules, grades = case
    given_grades = [key for key, grade in grades.items() if grade.percent is not None]
    if not given_grades:
        return
    key = data.draw(st.sampled_from(given_grades))
    before = total(rules, grades).percent
    better = data.draw(st.decimals(grades[key].percent or Decimal(0), Decimal(100), places=2))
    after = total(rules, grades | {key: Grade(better)}).percent
    # Dropping goes by the grade alone, so with unequal weights another one may be dropped: then nothing is promised.
    if all(category.drop_lowest == 0 for category in rules.categories):
        assert (after or 0) >= (before or 0)


def test_without_categories_everything_counts_alike() -> None:
    rules = Rules(items=(Item(A), Item(B)))
    assert total(rules, {A: Grade(Decimal(90)), B: Grade(Decimal(70))}).percent == Decimal("80.0")
    assert total(rules, {A: Grade(Decimal(90))}).percent == Decimal("90.0")
    assert total(replace(rules, missing_is_zero=True), {A: Grade(Decimal(90))}).percent == Decimal("45.0")
    assert total(rules, {}).percent is None


def test_the_example_of_the_documentation() -> None:
    """Homework 40 with the lowest dropped, exams 60: (90 + 70) / 2 = 80; 80 * 0.4 + 65 * 0.6 = 71."""
    rules = Rules(
        missing_is_zero=True,
        categories=(Category(HOMEWORK, "Homework", Decimal(40), 1), Category(EXAMS, "Exams", Decimal(60))),
        items=(Item(A, HOMEWORK), Item(B, HOMEWORK), Item(C, HOMEWORK), Item(D, EXAMS)),
    )
    found = total(rules, {A: Grade(Decimal(90)), B: Grade(Decimal(70)), D: Grade(Decimal(65))})
    assert found.percent == Decimal("71.0")
    homework, exams = found.categories
    assert (homework.percent, homework.share, exams.share) == (Decimal("80.0"), Decimal(40), Decimal(60))
    assert [part.standing for part in homework.items] == [Standing.COUNTS, Standing.COUNTS, Standing.DROPPED]


def test_a_category_without_a_grade_takes_no_share_and_one_grade_always_stays() -> None:
    rules = Rules(
        categories=(Category(HOMEWORK, "Homework", Decimal(1), 3), Category(EXAMS, "Exams", Decimal(9))),
        items=(Item(A, HOMEWORK), Item(B, HOMEWORK), Item(C, EXAMS)),
    )
    assert total(rules, {A: Grade(Decimal(50)), B: Grade(Decimal(60))}).percent == Decimal("60.0")


def test_rounding_is_half_up_and_once() -> None:
    rules = Rules(decimals=0, items=(Item(A), Item(B)))
    assert total(rules, {A: Grade(Decimal(88)), B: Grade(Decimal(89))}).percent == 89
    assert total(rules, {A: Grade(Decimal("88.98")), B: Grade(Decimal(88))}).percent == 88
