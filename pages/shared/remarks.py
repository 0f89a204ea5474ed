"""What is said of a course: threads where they stand, and the form for a new remark."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import streamlit as st

from learncraft.accounts.viewer import Viewer
from learncraft.authoring import remarks
from learncraft.authoring.remarks import Anchor, Remark
from learncraft.language import _
from pages.shared import frame, words
from pages.shared.render import plain


def nobody() -> str:
    """Who said it, when nobody knows any more."""
    return _("somebody whose account is closed")


def show(
    viewer: Viewer, found: Sequence[Remark], course_id: UUID, *, name: str = "all", with_place: bool = True
) -> None:
    """Threads, each with its place and what can be done about it. `name` tells lists of a page apart."""
    for one in found:
        with st.container(border=True):
            if with_place:
                _place(one, course_id)
            _thread(viewer, one, f"{name}-{one.id}")


def ask(viewer: Viewer, places: Sequence[tuple[str, Anchor]], name: str) -> None:
    """The form for a new remark at one of several places. `name` tells forms of a page apart."""
    sent = st.session_state.setdefault(f"said-{name}", 0)  # a form that was sent gives way to an empty one
    labels = [label for label, _anchor in places]
    chosen = st.selectbox(_("About"), labels, key=f"about-{name}") if len(labels) > 1 else labels[0]
    body = st.text_area(_("Remark"), key=f"body-{name}-{sent}", max_chars=remarks.LONGEST, height=80)
    if st.button(_("Send the remark"), icon=":material/send:", key=f"say-{name}"):
        with frame.action(_("The remark stands there now")) as session:
            remarks.say(session, viewer, dict(places)[chosen or labels[0]], body or "")
        st.session_state[f"said-{name}"] = sent + 1
        st.rerun()


def _thread(viewer: Viewer, one: Remark, name: str) -> None:
    st.caption(f"{plain(one.by or nobody())}, {words.when(one.at, viewer.time_zone)}")
    st.text(one.body)
    for said in one.answers:
        st.caption(f":material/reply: {plain(said.by or nobody())}, {words.when(said.at, viewer.time_zone)}")
        st.text(said.body)
    if one.settled_at is not None:
        name_of, when = plain(one.settled_by or nobody()), words.when(one.settled_at, viewer.time_zone)
        st.caption(f":material/check: {_('Settled by {name}, {time}', name=name_of, time=when)}")
    _actions(viewer, one, name)


def _place(one: Remark, course_id: UUID) -> None:
    """Where it stands, with a way there; or that the place is gone."""
    anchor = one.anchor
    if one.is_lesson_gone:
        gone = _("This lesson was deleted")
        st.markdown(f":material/delete: **{plain(one.lesson)}** :orange-badge[{gone}]")
    elif one.is_question_gone:
        gone = _("The question was taken out")
        st.markdown(f":material/delete: **{plain(one.assessment)}** :orange-badge[{gone}]")
    elif anchor.assessment_id is not None:
        query = {"id": str(anchor.assessment_id)}
        if one.question_now is not None:
            query["question"] = str(one.question_now)
        st.page_link(
            "pages/teach/assessment.py",
            label=f"{plain(one.assessment)}: {plain(one.question[:80])}",
            icon=":material/quiz:",
            query_params=query,
        )
    else:
        title = plain(one.lesson)
        label = _("**{lesson}**, at a block", lesson=title) if anchor.block_id else f"**{title}**"
        at_block = {"block": anchor.block_id} if anchor.block_id else {}
        st.page_link(
            "pages/teach/builder.py",
            label=label,
            icon=":material/article:",
            query_params={"course": str(course_id), "lesson": str(anchor.lesson_id)} | at_block,
        )


def _actions(viewer: Viewer, one: Remark, name: str) -> None:
    with st.container(horizontal=True):
        if not one.is_open:
            if st.button(_("Take it up again"), icon=":material/undo:", key=f"reopen-{name}", type="tertiary"):
                with frame.action() as session:
                    remarks.settle(session, viewer, one.id, is_settled=False)
                st.rerun()
            return
        with st.popover(_("Answer"), icon=":material/reply:", key=f"answer-{name}"):
            body = st.text_area(_("Your answer"), key=f"answer-body-{name}", max_chars=remarks.LONGEST)
            if st.button(_("Send the answer"), icon=":material/send:", type="primary", key=f"answer-send-{name}"):
                with frame.action(_("Answered")) as session:
                    remarks.answer(session, viewer, one.id, body or "")
                st.rerun()
        if st.button(_("Settle"), icon=":material/check:", key=f"settle-{name}"):
            with frame.action(_("Settled")) as session:
                remarks.settle(session, viewer, one.id)
            st.rerun()
