"""What of a course's assessments is written and not published, beside the lessons that change."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import streamlit as st

from learncraft import differing
from learncraft.accounts.viewer import Viewer
from learncraft.assessments import comparing, unpublished
from learncraft.assessments.unpublished import Unpublished
from learncraft.language import _
from pages.shared import differences, frame
from pages.shared.addresses import of_assessment_editor
from pages.shared.render import plain
from pages.teach.assessment_editor import settings


def show(viewer: Viewer, found: Sequence[Unpublished]) -> None:
    """Each assessment with a draft; what differs is read when it is unfolded."""
    if not found:
        return
    st.subheader(_("Assessments with changes that aren't published"), anchor=False)
    st.caption(_("Each is published in its own editor, as soon as the course isn't in review."))
    for one in found:
        state = _("Changed") if one.is_published else _("New")
        icon = "edit" if one.is_published else "add_circle"
        label = f"{state}: {plain(one.title)} ({plain(one.lesson)})"
        with st.expander(label, icon=f":material/{icon}:", key=f"assessment-{one.id}", on_change="rerun") as unfolded:
            if unfolded.open:
                _differences(viewer, one.id)


def _differences(viewer: Viewer, assessment_id: UUID) -> None:
    with frame.reading() as session:
        both = unpublished.versions_of(session, viewer, assessment_id)
    if both is None:
        st.caption(_("It has no changes any more."))
        return
    before, now = both.published, both.written
    lines = [
        *differing.lines(
            settings.said(before.settings, viewer.time_zone), settings.said(now.settings, viewer.time_zone)
        ),
        *comparing.asked(before, now, both.banks),
    ]
    if lines:
        differences.show(lines)
    else:
        st.caption(_("Only the order of its questions is different."))
    st.page_link(
        "pages/teach/assessment.py",
        label=_("Open it"),
        icon=":material/quiz:",
        query_params=of_assessment_editor(assessment_id=assessment_id),
    )
