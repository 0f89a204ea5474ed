"""Types of learning events: each is documented, and what doesn't belong is refused in words."""

from __future__ import annotations

from decimal import Decimal
from uuid import uuid4

import pytest

from learncraft.event_types import EVENT_TYPES, FILE, InvalidEventError, check, render
from learncraft.paths import root

WHERE = {"course_id": uuid4(), "lesson_id": uuid4(), "object_id": uuid4()}
GRADED = WHERE | {"attempt_id": uuid4(), "score": Decimal(1), "max_score": 2, "is_correct": True}


def test_the_page_of_types_is_current() -> None:
    page = (root() / FILE).read_text(encoding="utf-8")
    assert page == render(), "run python -m learncraft.event_types"


def test_what_belongs_is_taken() -> None:
    check("answer_graded", GRADED, {"response": {"option": "a"}})
    check("video_watched", WHERE | {"position_start": 0, "position_end": 2.5, "cohort_id": None}, {"speed": 1.5})
    check("signed_in", {}, {"method": "password"})


@pytest.mark.parametrize(
    ("event_type", "columns", "data", "reason"),
    [
        ("video_exploded", {}, {}, "not a type"),
        ("lesson_opened", {"course_id": uuid4()}, {}, "needs lesson_id"),
        ("lesson_opened", WHERE | {"height": 3}, {}, "has no height"),
        ("lesson_opened", WHERE | {"module_id": "seven"}, {}, "identifier"),
        ("signed_in", {}, {"colour": "red"}, "has no colour"),
        ("signed_in", {}, {"method": 7}, "a text"),
        ("signed_in", {}, {"method": "x" * 3_000}, "at most 2000"),
        ("search_made", {}, {"results": 1.5}, "whole number"),
        ("search_made", {}, {"results": True}, "whole number"),
        ("tutor_rated", {}, {"rating": 6}, "between 1 and 5"),
        ("tutor_asked", {}, {"answered": "yes"}, "true or false"),
        ("video_watched", WHERE | {"position_start": float("nan"), "position_end": 1}, {}, "a number"),
        ("video_watched", WHERE | {"position_start": 0, "position_end": 1}, {"speed": float("inf")}, "a number"),
        ("answer_graded", GRADED | {"score": 10**9}, {}, "at most"),
        ("answer_graded", GRADED | {"is_correct": 1}, {}, "true or false"),
        ("lesson_opened", WHERE | {"duration_ms": 2**40}, {}, "whole number"),
        ("answer_graded", GRADED, {"response": "x" * 20_000}, "longer"),
    ],
)
def test_what_does_not_belong_is_refused(event_type: str, columns: dict, data: dict, reason: str) -> None:
    with pytest.raises(InvalidEventError, match=reason):
        check(event_type, columns, data)


def test_every_type_has_a_meaning() -> None:
    assert all(one.meaning.endswith(".") and one.verb for one in EVENT_TYPES.values())
