"""Item statistics against examples computed by hand."""

from __future__ import annotations

import math

import pytest

from learncraft.assessments.items import (
    ENOUGH_ANSWERS,
    ChoiceResult,
    Flag,
    ItemAnswer,
    ItemStatistics,
    flags,
    guessing_share,
    statistics,
)


def answers(*pairs: tuple[float, float], possible: float = 1) -> list[ItemAnswer]:
    return [ItemAnswer(points, possible, rest) for points, rest in pairs]


def test_the_statistics_of_four_answers_by_hand() -> None:
    # Points 1, 1, 0, 0 beside 3, 1, 2, 0 in the rest. Means 0.5 and 1.5; covariance (0.75 - 0.25 - 0.25 + 0.75) / 4 =
    # 0.25; variances 0.25 and 1.25; sorted 0, 0, 1, 1 beside 0, 1, 2, 3: (0.75 + 0.25 + 0.25 + 0.75) / 4 = 0.5.
    found = statistics(answers((1, 3), (1, 1), (0, 2), (0, 0)))
    assert found.answers == 4
    assert found.facility == 0.5
    assert found.deviation == pytest.approx(math.sqrt(1 / 3))
    assert found.discrimination == pytest.approx(0.25 / math.sqrt(0.25 * 1.25))
    assert found.efficiency == pytest.approx(0.5)


def test_shares_are_of_the_points_that_were_possible() -> None:
    found = statistics(answers((2, 1), (1, 0), possible=4))
    assert found.facility == 0.375  # (0.5 + 0.25) / 2
    assert found.deviation == pytest.approx(0.25 / math.sqrt(2))
    assert found.discrimination == pytest.approx(1)
    assert found.efficiency == pytest.approx(1)


def test_a_question_that_punishes_strong_learners_correlates_negatively() -> None:
    found = statistics(answers((0, 3), (0, 2), (1, 1), (1, 0)))
    assert found.discrimination == pytest.approx(-0.5 / math.sqrt(0.25 * 1.25))
    assert found.efficiency == pytest.approx(-1)


def test_numbers_that_do_not_exist_are_none() -> None:
    same = statistics(answers((1, 2), (1, 3)))
    assert (same.facility, same.deviation, same.discrimination, same.efficiency) == (1, 0, None, None)
    assert statistics(answers((1, 2))).deviation is None
    assert statistics([]) == ItemStatistics(0, None, None, None, None)
    assert statistics(answers((0, 1), (0, 2), possible=0)).facility is None


def item(
    facility: float, discrimination: float | None, *, answered: int = 100, efficiency: float | None = None
) -> ItemStatistics:
    return ItemStatistics(answered, facility, 0.4, discrimination, efficiency)


@pytest.mark.parametrize(
    ("found", "guessing", "raised"),
    [
        (item(0.6, 0.4), 0.25, ()),
        (item(0.6, -0.2), 0.25, (Flag.WRONG_KEY,)),
        (item(0.6, -0.1), 0.25, (Flag.WEAK,)),
        (item(0.97, 0.3), 0.25, (Flag.TOO_EASY,)),
        (item(0.98, 0.05), 0.25, (Flag.TOO_EASY,)),
        (item(0.27, 0.02), 0.25, (Flag.GUESSING,)),
        (item(0.27, 0.02), None, (Flag.WEAK,)),
        (item(0.6, 0.1), 0.25, ()),  # so few answers may show so little by chance
        (item(0.6, 0.1, answered=1_000), 0.25, (Flag.WEAK,)),
        (item(0.6, -0.5, answered=ENOUGH_ANSWERS - 1), 0.25, ()),
        (item(1.0, None), 0.25, (Flag.TOO_EASY,)),
    ],
)
def test_flags_say_what_to_look_at(found: ItemStatistics, guessing: float | None, raised: tuple[Flag, ...]) -> None:
    assert flags(found, guessing=guessing) == raised


def test_a_wrong_option_that_stronger_learners_take_raises_doubt_about_the_key() -> None:
    key = ChoiceResult("a", 30, 0.5, is_key=True)
    assert flags(item(0.3, 0.2), [key, ChoiceResult("b", 60, 0.7, is_key=False)]) == (Flag.WRONG_KEY,)
    assert flags(item(0.3, 0.2), [key, ChoiceResult("b", 60, 0.4, is_key=False)]) == ()
    assert flags(item(0.3, 0.2), [key, ChoiceResult("b", 10, 0.9, is_key=False)]) == ()


def test_what_guessing_earns() -> None:
    assert guessing_share(4) == 0.25
    assert guessing_share(4, keys=2) is None
    assert guessing_share(0) is None
