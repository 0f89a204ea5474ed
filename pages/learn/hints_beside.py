"""Hints beside a question of an open attempt: asked for one by one, and still there after a reload."""

from __future__ import annotations

from collections import defaultdict
from uuid import UUID

import streamlit as st
from sqlalchemy.orm import Session

from learncraft import runtime
from learncraft.accounts.viewer import Viewer
from learncraft.assessments.models import TutorHelp
from learncraft.assessments.views import AskedQuestion, AttemptView
from learncraft.tutor import asking, hints
from learncraft.tutor.hints import STEPS, Given, HintsOffError
from pages.shared import conversation, frame


def had(session: Session, viewer: Viewer, attempt: AttemptView) -> dict[UUID, list[Given]]:
    """The hints that the viewer had in an attempt, by question; nothing is read where there are none. One query."""
    found: dict[UUID, list[Given]] = defaultdict(list)
    if attempt.tutor_help != TutorHelp.NOTHING:
        for one in hints.given(session, viewer.id, attempt.id):
            found[one.subject_id].append(one)
    return found


@st.fragment
def of(viewer: Viewer, attempt: AttemptView, question: AskedQuestion, given: list[Given]) -> None:
    """The hints that were given for a question, and the next one. Only this part is drawn anew."""
    if attempt.tutor_help == TutorHelp.NOTHING:
        return
    key = f"hints-{question.id}"
    shown: list[Given] = st.session_state.setdefault(key, given)
    for number, one in enumerate(shown, 1):
        st.markdown(f":material/lightbulb: **Hint {number}** · {_linked(one)}")
    if len(shown) >= STEPS:
        return
    label = "Hint" if not shown else "Next hint"
    if st.button(label, key=f"hint-{question.id}", icon=":material/lightbulb:", type="tertiary"):
        _next(viewer, attempt, question, key)


def _next(viewer: Viewer, attempt: AttemptView, question: AskedQuestion, key: str) -> None:
    running = runtime.current()
    with frame.action() as session:
        try:
            asked = asking.hint(session, viewer, running.settings, attempt_id=attempt.id, question_id=question.id)
        except HintsOffError as off:  # no mistake of anybody's
            st.info(str(off), icon=":material/edit:")
            return
    conversation.stream(viewer, asked)
    with frame.reading() as session:
        st.session_state[key] = had(session, viewer, attempt)[question.id]
    st.rerun(scope="fragment")


def _linked(one: Given) -> str:
    """A hint whose numbers lead to the lesson."""
    addresses = {number: address for number, _, address in one.places}
    said = _in_a_line(one.text)
    for number, address in addresses.items():
        said = said.replace(f"[{number}]", f"[\\[{number}\\]]({address})" if address else f"\\[{number}\\]")
    return said


def _in_a_line(text: str) -> str:
    """A hint is short: its quotes stand in the line."""
    return " ".join(line.removeprefix("> ") for line in text.split("\n") if line)
