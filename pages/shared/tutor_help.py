"""What the tutor may do while an assessment is written: chosen wherever its settings are shown."""

from __future__ import annotations

from uuid import UUID

import streamlit as st

from learncraft.accounts.viewer import Viewer
from learncraft.assessments import live
from learncraft.assessments.live import HelpRule
from learncraft.assessments.models import TutorHelp
from learncraft.language import Spoken, _
from pages.shared import frame

BY_TYPE = ""  # the choice that leaves it to the assessment's type
HELP = Spoken(
    {
        TutorHelp.NOTHING: "No tutor",
        TutorHelp.HINTS: "Hints, never the answer",
        TutorHelp.ANSWERS: "Hints and answers",
    }
)


def rule(viewer: Viewer, one: HelpRule, label: str) -> None:
    """What the tutor may do in one assessment. A choice is kept at once."""
    usual = HELP[live.help_in(one.kind, None)]
    key = f"rule-{one.assessment_id}"
    st.session_state.setdefault(key, one.chosen or BY_TYPE)
    st.selectbox(
        label,
        [BY_TYPE, *TutorHelp],
        format_func=lambda choice: HELP[TutorHelp(choice)] if choice else _("By its type: {usual}", usual=usual),
        key=key,
        on_change=_choose,
        args=(viewer, one.assessment_id, key),
        help=_("Holds at once, for attempts that are open too."),
    )


def _choose(viewer: Viewer, assessment_id: UUID, key: str) -> None:
    chosen = st.session_state[key]
    with frame.saving() as session:
        if session is not None:
            live.choose_help(session, viewer, assessment_id=assessment_id, chosen=TutorHelp(chosen) if chosen else None)
