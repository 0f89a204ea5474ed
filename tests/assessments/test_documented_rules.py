"""The examples of docs/assessments.md, as they stand there."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest

from learncraft.assessments import grading, marking
from learncraft.assessments.shapes import Key, Response
from learncraft.paths import root

PAGE = (root() / "docs" / "assessments.md").read_text(encoding="utf-8")


def rows_after(heading: str) -> list[list[str]]:
    """The rows of the table with a heading."""
    table = PAGE.split(heading)[1].split("\n\n")[0].splitlines()[1:]
    return [[cell.strip(" ") for cell in row.strip("|").split("|")] for row in table]


def understood(question: str, answer: str) -> tuple[Key, Response, Decimal]:
    """The words of a row as a key, a response and points."""
    worth = re.search(r"(\d+) points?$", question)
    assert worth is not None
    key: dict[str, object]
    raw: dict[str, object]
    named = re.findall(r"`([^`]*)`", question)
    if question.startswith("one option"):
        kind, key, raw = "multiple_choice", {"option": named[0]}, {"option": answer.strip("`")}
    elif question.startswith("several"):
        kind, key = "multi_select", {"options": named}
        raw = {"options": re.findall(r"`([^`]*)`", answer)}
    elif question.startswith("true or false"):
        kind, key, raw = "true_false", {"value": "true is right" in question}, {"value": answer == "true"}
    elif number := re.search(r"blank, ([\d.]+) within ([\d.]+)", question):
        accepted = {"kind": "number", "value": number[1], "tolerance": number[2]}
        kind, key, raw = "fill_blank", {"accepted": [accepted]}, {"text": answer}
    elif "pattern" in question:
        kind, key, raw = "fill_blank", {"accepted": [{"kind": "pattern", "pattern": named[0]}]}, {"text": answer}
    else:
        accepted_texts = [{"kind": "text", "text": one} for one in named]
        kind, key, raw = "fill_blank", {"accepted": accepted_texts}, {"text": answer.strip("`")}
    return grading.parse_key(kind, key), grading.parse_response(kind, raw), Decimal(worth[1])


@pytest.mark.parametrize(
    "row", rows_after("| question | answer | points | why |\n"), ids=lambda row: " / ".join(row[:2])
)
def test_an_answer_gets_the_points_and_the_words_of_the_page(row: list[str]) -> None:
    question, answer, points, why = row
    key, response, worth = understood(question, answer)
    grade = grading.grade(grading.GradedQuestion(key, worth), response)
    assert (grade.points, grade.reason) == (Decimal(points), why)


@pytest.mark.parametrize("row", rows_after("| marks of 5 points, gap 10 % | points | why |\n"), ids=lambda row: row[0])
def test_marks_come_to_the_points_and_the_words_of_the_page(row: list[str]) -> None:
    given, points, why = row
    agreed = marking.agree([Decimal(one) for one in given.split(",")], Decimal(5), needed=2, gap_percent=Decimal(10))
    assert (agreed.points, agreed.words) == (None if points == "wait" else Decimal(points), why)
