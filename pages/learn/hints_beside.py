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
from learncraft.language import _
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
    key, wanted = f"hints-{question.id}", f"hint-wanted-{question.id}"
    shown: list[Given] = st.session_state.setdefault(key, given)
    if st.session_state.pop(wanted, False):
        shown = st.session_state[key] = _next(viewer, attempt, question) or shown
    for number, one in enumerate(shown, 1):
        st.markdown(_(":material/lightbulb: **Hint {number}** · {hint}", number=number, hint=_linked(one)))
    if len(shown) < STEPS:
        st.button(
            _("Next hint") if shown else _("Hint"),
            key=f"hint-{question.id}",
            icon=":material/lightbulb:",
            type="tertiary",
            on_click=lambda: st.session_state.update({wanted: True}),
        )


def _next(viewer: Viewer, attempt: AttemptView, question: AskedQuestion) -> list[Given]:
    """Ask for the next hint, show it as it comes, and return all that were given; none when the rule allows none."""
    running = runtime.current()
    with frame.action() as session:
        try:
            asked = asking.hint(session, viewer, running.settings, attempt_id=attempt.id, question_id=question.id)
        except HintsOffError as off:  # no mistake of anybody's
            st.info(str(off), icon=":material/edit:")
            return []
    coming = st.empty()
    with coming.container():
        conversation.stream(viewer, asked)
    coming.empty()
    with frame.reading() as session:
        return had(session, viewer, attempt)[question.id]


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
