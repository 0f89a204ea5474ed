"""Reasons beside grades are kept in English and read in the reader's language, whenever they were written."""

from __future__ import annotations

from decimal import Decimal

import pytest

from learncraft import language
from learncraft.assessments import code_grading, code_running, grading, marking, reasons
from learncraft.assessments.code_shapes import CodeKey
from learncraft.assessments.grading import GradedQuestion
from learncraft.sandbox.port import Ending, StepOutcome

HALF = Decimal("2.5")


def graded(kind: str, key: dict[str, object], response: dict[str, object] | None) -> str:
    found = grading.parse_key(kind, key)
    answer = None if response is None else grading.parse_response(kind, response)
    return grading.grade(GradedQuestion(found, HALF), answer).reason


def in_german(reason: str) -> str:
    with language.speaking("de"):
        return reasons.said(reason)


NUMBER = {"accepted": [{"kind": "number", "value": "4", "tolerance": "0"}]}
TEXT = {"accepted": [{"kind": "text", "text": "Wien"}]}
SEVERAL: dict[str, object] = {"options": ["a", "b"]}


@pytest.mark.parametrize(
    ("kind", "key", "response", "said"),
    [
        ("multiple_choice", {"option": "a"}, {"option": "a"}, "Richtig: 2,5 von 2,5 Punkten"),
        ("multiple_choice", {"option": "a"}, {"option": "b"}, "Nicht die richtige Möglichkeit: 0 von 2,5 Punkten"),
        ("multiple_choice", {"option": "a"}, None, "Nicht beantwortet: 0 von 2,5 Punkten"),
        ("true_false", {"value": True}, {"value": False}, "Die Aussage ist wahr: 0 von 2,5 Punkten"),
        ("multi_select", SEVERAL, {"options": ["a"]}, "1 von 2 richtigen Möglichkeiten: 1,25 von 2,5 Punkten"),
        (
            "multi_select",
            SEVERAL,
            {"options": ["a", "b", "c"]},
            "2 von 2 richtigen Möglichkeiten, 1 falsche: 1,25 von 2,5 Punkten",
        ),
        ("fill_blank", NUMBER, {"text": "5"}, "Nicht die richtige Zahl: 0 von 2,5 Punkten"),
        ("fill_blank", NUMBER, {"text": "5 %"}, "Gefragt war eine Zahl ohne Prozentzeichen: 0 von 2,5 Punkten"),
        ("fill_blank", NUMBER, {"text": "many"}, "Die Antwort ist nicht als Zahl lesbar: 0 von 2,5 Punkten"),
        ("fill_blank", TEXT, {"text": "Graz"}, "Nicht unter den angenommenen Antworten: 0 von 2,5 Punkten"),
    ],
)
def test_what_grading_says_is_read_in_german(
    kind: str, key: dict[str, object], response: dict[str, object] | None, said: str
) -> None:
    reason = graded(kind, key, response)
    assert in_german(reason) == said
    assert reasons.said(reason) == reason


@pytest.mark.parametrize(
    ("marks", "needed", "said"),
    [
        (["2"], 1, "2 von 2,5 Punkten"),
        (["2"], 2, "1 von 2 Bewertungen vergeben"),
        (["2", "2.5"], 2, "Zwei Personen gaben 2 und 2,5; der Durchschnitt: 2,25 von 2,5 Punkten"),
        (["0", "2"], 2, "Zwei Personen gaben 0 und 2; eine dritte muss bewerten"),
        (["0", "2", "1"], 2, "Drei Personen gaben 0, 2 und 1; der mittlere Wert: 1 von 2,5 Punkten"),
    ],
)
def test_what_marking_says_is_read_in_german(marks: list[str], needed: int, said: str) -> None:
    agreed = marking.agree([Decimal(one) for one in marks], HALF, needed=needed, gap_percent=Decimal(20))
    assert in_german(agreed.words) == said


def test_what_people_wrote_stays_as_it_is() -> None:
    rubric = "Right: good (2 of 3); Sources: none (0 of 1): 2.5 of 5 points\n\nNot answered well: see page 3."
    assert in_german(rubric) == (
        "Right: good (2 von 3); Sources: none (0 von 1): 2,5 von 5 Punkten\n\nNot answered well: see page 3."
    )


def test_what_a_program_gave_stays_as_it_is() -> None:
    tests = [
        {"title": "Half", "evaluate": "half(5)", "expected": "2.5"},
        {"title": "Secret", "evaluate": "half(1)", "expected": "0.5", "is_hidden": True},
    ]
    key = CodeKey.model_validate({"tests": tests})
    outcomes = [
        StepOutcome("0", Ending.FINISHED, value=["float", "2.0"], shown_value="2.0"),
        StepOutcome("1", Ending.TIME),
    ]
    results = code_grading.judge(key, outcomes, with_hidden=True)
    whole, first, second = code_running.grade_of(Decimal(1), results).reason.splitlines()
    assert in_german(whole) == "0 von 2 Tests bestanden: 0 von 1 Punkt"
    with language.speaking("de"):
        shown = [(reasons.of_test(one.title), reasons.of_program(one.words)) for one in results]
    assert shown == [("Half", "half(5) ergab 2.0; 2.5 war erwartet"), ("Verborgener Test 1", "Es lief zu lange")]
    assert first.startswith("Not passed: Half")
    assert second.startswith("Not passed: Hidden test 1")
