"""What is said of a course: threads where they stand, and the form for a new remark."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

import streamlit as st

from learncraft.accounts.viewer import Viewer
from learncraft.authoring import remarks
from learncraft.authoring.remarks import Anchor, Remark
from learncraft.language import _
from pages.shared import folding, frame, unsent, words
from pages.shared.render import plain


def nobody() -> str:
    """Who said it, when nobody knows any more."""
    return _("somebody whose account is closed")


def show(
    viewer: Viewer,
    found: Sequence[Remark],
    course_id: UUID,
    known: Mapping[str, str],
    *,
    name: str = "all",
    with_place: bool = True,
) -> None:
    """Threads, each with its place and what can be done about it; `known` is what the viewer has begun to answer.

    `name` tells lists of a page apart.
    """
    for one in found:
        with st.container(border=True):
            if with_place:
                _place(one, course_id)
            _thread(viewer, one, f"{name}-{one.id}", known)


def begun(viewer: Viewer) -> dict[str, str]:
    """What the viewer has begun to say and not sent, by its place."""
    return unsent.kept(viewer, "remark ")


def place_of(name: str) -> str:
    """What the form of this name is called among what was begun."""
    return f"remark at {name}"


@st.fragment
def ask(viewer: Viewer, places: Sequence[tuple[str, Anchor]], name: str, known: Mapping[str, str]) -> None:
    """The form for a new remark at one of several places; what is typed is kept.

    `name` tells forms of a page apart; `known` is what the viewer has begun to say.
    """
    place = place_of(name)
    about = _about(viewer, places, f"{place}, about", known)
    body = unsent.area(viewer, _("Remark"), place, known, max_chars=remarks.LONGEST, height=80)
    if st.button(_("Send the remark"), icon=":material/send:", key=f"say-{name}"):
        with frame.action(_("The remark stands there now")) as session:
            remarks.say(session, viewer, about, body)
            for sent in (place, f"{place}, about"):
                unsent.sent(session, viewer, sent)
        st.rerun()


def _about(viewer: Viewer, places: Sequence[tuple[str, Anchor]], place: str, known: Mapping[str, str]) -> Anchor:
    """What the remark is about; kept like its words, which would mean something else at another place."""
    if len(places) == 1:
        return places[0][1]
    names = {str(anchor.block_id or anchor.question_id or ""): (label, anchor) for label, anchor in places}
    before = known.get(place, "")
    chosen = st.selectbox(
        _("About"),
        list(names),
        list(names).index(before) if before in names else 0,
        format_func=lambda one: names[one][0],
        key=unsent.key(place),
    )
    if chosen != before:
        unsent.keep(viewer, place, chosen)
    return names[chosen][1]


def _thread(viewer: Viewer, one: Remark, name: str, known: Mapping[str, str]) -> None:
    st.caption(f"{plain(one.by or nobody())}, {words.when(one.at, viewer.time_zone)}")
    st.text(one.body)
    for said in one.answers:
        st.caption(f":material/reply: {plain(said.by or nobody())}, {words.when(said.at, viewer.time_zone)}")
        st.text(said.body)
    if one.settled_at is not None:
        name_of, when = plain(one.settled_by or nobody()), words.when(one.settled_at, viewer.time_zone)
        st.caption(f":material/check: {_('Settled by {name}, {time}', name=name_of, time=when)}")
    _actions(viewer, one, name, known)


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


def _actions(viewer: Viewer, one: Remark, name: str, known: Mapping[str, str]) -> None:
    with st.container(horizontal=True):
        if not one.is_open:
            if st.button(_("Take it up again"), icon=":material/undo:", key=f"reopen-{name}", type="tertiary"):
                with frame.action() as session:
                    remarks.settle(session, viewer, one.id, is_settled=False)
                st.rerun()
            return
        label = _("Go on with your answer") if place_of(name) in known else _("Answer")
        with st.popover(label, icon=":material/reply:", key=folding.key(f"answer-{name}")):
            _answer(viewer, one, name, known)
        if st.button(_("Settle"), icon=":material/check:", key=f"settle-{name}"):
            with frame.action(_("Settled")) as session:
                remarks.settle(session, viewer, one.id)
            st.rerun()


@st.fragment
def _answer(viewer: Viewer, one: Remark, name: str, known: Mapping[str, str]) -> None:
    place = place_of(name)
    body = unsent.area(viewer, _("Your answer"), place, known, max_chars=remarks.LONGEST)
    if st.button(_("Send the answer"), icon=":material/send:", type="primary", key=f"answer-send-{name}"):
        with frame.action(_("Answered")) as session:
            remarks.answer(session, viewer, one.id, body)
            unsent.sent(session, viewer, place)
        folding.close(f"answer-{name}")
        st.rerun()
