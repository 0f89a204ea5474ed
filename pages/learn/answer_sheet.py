"""The sheet that an attempt is written on: the bar above, a field for each question, the hand-in below.

What is typed goes from the browser straight to /attempts/{attempt}/journal, without a run of the page, so that neither
a slow run nor a lost websocket stands between a keystroke and the database. The scripts lie in
learncraft/web/static/sheet; here is what they are told.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import streamlit as st

from learncraft.assessments import grading
from learncraft.assessments.handed_in import GivenFile
from learncraft.assessments.models import QuestionType
from learncraft.assessments.views import AskedQuestion, AttemptView
from learncraft.courses.prose import inline_from_markdown
from learncraft.language import Spoken, _
from pages.shared import scripts

_mount = scripts.component("sheet", "sheet.js")

_TRUTH = Spoken({"true": "True", "false": "False"})


def bar(attempt: AttemptView) -> None:
    """The time left and whether all is saved, always in sight."""
    with st.container(key="sheet-bar"):
        _mount(key="sheet-bar-part", data=_told("bar", attempt, questions=len(attempt.questions)))


def field(attempt: AttemptView, question: AskedQuestion, files: list[GivenFile]) -> None:
    """The place to answer one question, holding what was saved."""
    upload = question.upload
    _mount(
        key=f"answer-{question.id}",
        data=_told(
            "field",
            attempt,
            question=str(question.id),
            kind=question.question_type.value,
            label=_("Your answer to question {place}", place=question.place),
            options=_options(question),
            saved=None if question.response is None else grading.to_json(question.response),
            sequence=question.sequence,
            upload=None if upload is None else upload.model_dump(mode="json"),
            **({"starter": question.code.starter, "tests": len(question.code.tests)} if question.code else {}),
            files=[{"id": str(one.id), "name": one.name} for one in files if one.question_id == question.id],
        ),
    )


def hand_in(attempt: AttemptView) -> None:
    """The button that closes the attempt once everything is saved."""
    _mount(key="sheet-end-part", data=_told("end", attempt))


def has_formulas(question: AskedQuestion) -> bool:
    """Whether options hold formulas, which only the page itself can typeset; the field then has their letters."""
    return any("$" in option.text for option in question.options)


def letter(place: int) -> str:
    """The letter of an option, A for the first."""
    return chr(ord("A") + place) if place < 26 else str(place + 1)


def _options(question: AskedQuestion) -> list[dict[str, str]]:
    if question.question_type == QuestionType.TRUE_FALSE:
        return [{"id": one, "html": said} for one, said in _TRUTH.items()]
    if has_formulas(question):
        return [{"id": option.id, "html": letter(place)} for place, option in enumerate(question.options)]
    return [{"id": option.id, "html": inline_from_markdown(option.text)} for option in question.options]


def _told(part: str, attempt: AttemptView, **more: Any) -> dict[str, Any]:
    told = {
        "id": str(attempt.id),
        "now": _ms(attempt.read_at),
        "deadline": None if attempt.deadline_at is None else _ms(attempt.deadline_at),
        "proctored": attempt.is_proctored,
    }
    return {"part": part, "attempt": told, **more}


def _ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
