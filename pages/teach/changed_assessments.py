"""What changes for learners in assessments, beside the lessons that change; and which drafts stay where they are."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from learncraft import differing
from learncraft.accounts.viewer import Viewer
from learncraft.assessments import comparing, unpublished
from learncraft.authoring.going_out import Drafted, Drafts, Fate
from learncraft.language import Spoken, _
from pages.shared import differences, frame
from pages.shared.addresses import ASSESSMENT_EDITOR, of_assessment_editor
from pages.shared.render import plain
from pages.teach.assessment_editor import settings

MOST = 200
STAYS = Spoken(
    {
        Fate.HIDDEN: "it is hidden, and stays hidden",
        Fate.ASIDE: "no block of its lesson shows it",
        Fate.UNSEEN: "its lesson is hidden or deleted",
    }
)


def show(viewer: Viewer, drafts: Drafts) -> None:
    """Each draft that goes out with the course; what differs is read when it is unfolded."""
    going = [one for one, _document in drafts.going_out]
    staying = [one for one in drafts.all if one.fate != Fate.OUT]
    if not drafts.all:
        return
    st.subheader(_("What changes for learners in assessments"), anchor=False)
    st.caption(
        _("They go out with the course.") if going else _("None of the changes goes out with the course."),
    )
    for one in going[:MOST]:
        state, icon = (_("Changed"), "edit") if one.is_published else (_("New"), "add_circle")
        if one.was_out and not one.is_published:
            state, icon = _("Shown again"), "visibility"
        label = f"{state}: {plain(one.title)} ({plain(one.lesson)})"
        with st.expander(label, icon=f":material/{icon}:", key=f"assessment-{one.id}", on_change="rerun") as unfolded:
            if unfolded.open:
                _differences(viewer, one)
    if staying:
        with st.expander(
            _("Changes that stay unpublished ({count})", count=len(staying)), icon=":material/visibility_off:"
        ):
            _staying(staying[:MOST])


def _staying(staying: Sequence[Drafted]) -> None:
    for one in staying:
        st.page_link(
            ASSESSMENT_EDITOR,
            label=f"{plain(one.title)} ({plain(one.lesson)}): {STAYS[one.fate]}",
            query_params=of_assessment_editor(assessment_id=one.id),
        )


def _differences(viewer: Viewer, one: Drafted) -> None:
    with frame.reading() as session:
        both = unpublished.versions_of(session, viewer, one.id)
    if both is None:
        st.caption(_("It has no changes any more."))
        return
    before, now = both.published, both.written
    # What it was made with stands in its row; of a new one learners have read nothing of that.
    seen = settings.said(before.settings, viewer.time_zone) if one.is_published or one.was_out else ()
    lines = [
        *differing.lines(seen, settings.said(now.settings, viewer.time_zone)),
        *comparing.asked(before, now, both.banks),
    ]
    if lines:
        differences.show(lines)
    else:
        st.caption(_("It asks the same as before, at most in another order."))
    st.page_link(
        ASSESSMENT_EDITOR,
        label=_("Open it"),
        icon=":material/quiz:",
        query_params=of_assessment_editor(assessment_id=one.id),
    )
