"""What the checklist found in a course: what must be mended, then advice, each with the way to its place."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import streamlit as st

from learncraft.authoring import reading_level
from learncraft.authoring.findings import Found
from learncraft.language import _, _n
from learncraft.language.numbers import number
from pages.shared.render import plain

FEW = 20  # of each kind, until all are asked for
MOST = 300


def show(found: Sequence[Found], course_id: UUID, language: str) -> None:
    """The checklist. Only what must be mended keeps the course from its review and from its learners."""
    must = [one for one in found if one.is_blocking]
    advice = [one for one in found if not one.is_blocking]
    st.subheader(_("Checklist"), anchor=False)
    if not found:
        st.success(_("Nothing is missing."), icon=":material/task_alt:")
    if must:
        words = _n(
            "{count} thing must be mended before the course can be sent to review or published",
            "{count} things must be mended before the course can be sent to review or published",
            len(must),
        )
        _list(must, course_id, words, icon="block", key="must")
    if advice:
        words = _n("{count} thing could be better", "{count} things could be better", len(advice))
        _list(advice, course_id, words, icon="lightbulb", key="advice")
    if not reading_level.is_measured(language):
        st.caption(_("How easily its texts read was not measured: that is done for courses in English and German."))


def _list(found: Sequence[Found], course_id: UUID, words: str, *, icon: str, key: str) -> None:
    st.markdown(f"**{plain(words)}**")
    is_all = len(found) > FEW and st.toggle(_("Show all of them"), key=f"all-{key}")
    shown = found[: MOST if is_all else FEW]
    for one in shown:
        line(one, course_id, icon)
    if len(found) > len(shown):
        st.caption(_("And {count} more.", count=number(len(found) - len(shown))))


def line(one: Found, course_id: UUID, icon: str, words: str = "") -> None:
    """The sentence, which leads to where it is mended, with words after it."""
    page, query = _place(one, course_id)
    said = plain(f"{one.sentence} {words}".rstrip())
    if page is None:
        st.markdown(f":material/{icon}: {said}")
    else:
        st.page_link(page, label=said, icon=f":material/{icon}:", query_params=query)


def _place(one: Found, course_id: UUID) -> tuple[str | None, dict[str, str]]:
    course = {"course": str(course_id)}
    if one.assessment_id is not None:
        question = {"question": str(one.question_id)} if one.question_id else {}
        return "pages/teach/assessment.py", {"id": str(one.assessment_id)} | question
    if one.lesson_id is not None:
        block = {"block": one.block_id} if one.block_id else {}
        return "pages/teach/builder.py", course | {"lesson": str(one.lesson_id)} | block
    if one.bank_id is not None:
        return "pages/teach/question_bank.py", {"question": str(one.question_id)} if one.question_id else {}
    if one.is_of_details:
        return "pages/teach/details.py", course
    return None, {}
