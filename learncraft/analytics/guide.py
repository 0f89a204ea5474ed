"""The chapter of docs/analytics.md that defines each number, made from the register of questions."""

from __future__ import annotations

from learncraft.analytics.questions import Of, every_question

BEGIN, END = "<!-- the questions: begin -->", "<!-- the questions: end -->"
_OF = {Of.COURSE: "a course", Of.PLATFORM: "the platform", Of.BOTH: "a course, the platform"}


def chapter() -> str:
    """Every question with its definition, between the two marks."""
    lines = [BEGIN, "", "| question | of | how it is counted | SQL |", "| --- | --- | --- | --- |"]
    lines += [
        f"| {one.title} | {_OF[one.of]} | {one.counted} | `sql/charts/{one.key}.sql` |"
        for one in every_question().values()
    ]
    return "\n".join([*lines, "", END])


def renewed(text: str) -> str:
    """The guide with its chapter made anew."""
    before, rest = text.split(BEGIN, 1)
    return f"{before}{chapter()}{rest.split(END, 1)[1]}"
