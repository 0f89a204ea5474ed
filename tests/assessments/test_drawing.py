"""Rules that draw from the same questions: each gets what it asks for, wherever that is possible at all."""

from __future__ import annotations

from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from learncraft.assessments import drawing, pools
from learncraft.db import new_id


def test_rules_that_overlap_each_get_what_they_ask_for_where_there_is_enough() -> None:
    bank_id = new_id()
    only, both = pools.Drawable(new_id(), bank_id, ["x"]), pools.Drawable(new_id(), bank_id, ["x", "y"])
    for rules in ([(bank_id, "x", 1), (bank_id, "y", 1)], [(bank_id, None, 1), (bank_id, "y", 1)]):
        drawn = [pools.choose(rules, [only, both], new_id()) for _ in range(20)]
        assert drawn == [[only.question_id, both.question_id]] * 20


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 3), st.sets(st.integers(0, 5)).map(sorted)), max_size=4))
def test_no_other_way_to_draw_gives_the_rules_more(rules: list[tuple[int, list[int]]]) -> None:
    drawn = drawing.fill(rules)
    every = [one for chosen in drawn for one in chosen]
    assert len(set(every)) == len(every)
    assert all(len(got) <= count and set(got) <= set(items) for got, (count, items) in zip(drawn, rules, strict=True))
    # Hall: of any of the rules, the items that they can have and the places that the others leave bound the whole.
    least = min(
        sum(count for count, _ in left) + len({one for _, items in some for one in items})
        for size in range(len(rules) + 1)
        for chosen in combinations(range(len(rules)), size)
        for some in [[rules[place] for place in chosen]]
        for left in [[rule for place, rule in enumerate(rules) if place not in chosen]]
    )
    assert len(every) == least
