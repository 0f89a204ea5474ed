"""What the tutor may do while an assessment is written: chosen wherever its settings are shown."""

from __future__ import annotations

from uuid import UUID

import streamlit as st

from learncraft.accounts.viewer import Viewer
from learncraft.assessments import live
from learncraft.assessments.live import HelpRule
from learncraft.assessments.models import TutorHelp
from pages.shared import frame

BY_TYPE = "By its type"
HELP = {
    TutorHelp.NOTHING: "No tutor",
    TutorHelp.HINTS: "Hints, never the answer",
    TutorHelp.ANSWERS: "Hints and answers",
}


def rule(viewer: Viewer, one: HelpRule, label: str) -> None:
    """What the tutor may do in one assessment. A choice is kept at once."""
    usual = HELP[live.help_in(one.kind, None)].lower()
    labels = {f"{BY_TYPE}: {usual}": None} | {label: help for help, label in HELP.items()}
    chosen = next(label for label, help in labels.items() if help == one.chosen)
    key = f"rule-{one.assessment_id}"
    st.session_state.setdefault(key, chosen)
    st.selectbox(
        label,
        list(labels),
        key=key,
        on_change=_choose,
        args=(viewer, one.assessment_id, labels, key),
        help="Holds at once, for attempts that are open too.",
    )


def _choose(viewer: Viewer, assessment_id: UUID, labels: dict[str, TutorHelp | None], key: str) -> None:
    with frame.saving() as session:
        if session is not None:
            live.choose_help(session, viewer, assessment_id=assessment_id, chosen=labels[st.session_state[key]])
