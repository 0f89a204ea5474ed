"""What comes from banks: questions that are taken over, and rules that draw some for each attempt."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from learncraft.accounts.viewer import Viewer
from learncraft.assessments import bank, drafting
from learncraft.assessments.checking import Pool
from learncraft.assessments.draft_shapes import DraftDraw
from learncraft.assessments.drafting import OpenDraft
from learncraft.db import new_id
from learncraft.language import _
from pages.shared import frame, words
from pages.shared.render import plain
from pages.teach.assessment_editor import keeping
from pages.teach.assessment_editor.fields import TYPES


def show(viewer: Viewer, found: OpenDraft, free: Mapping[DraftDraw, Pool], *, is_frozen: bool) -> None:
    """The rules first, with what each could draw from, then the bank to take from."""
    draws = found.document.draws
    with frame.reading() as session:
        banks = bank.banks(session, viewer)
        tags = bank.tags(session, viewer)
    if not banks and not draws:
        frame.empty(_("No bank yet"), _("Put a question of this assessment into a bank, or make one."), "inventory_2")
        st.page_link("pages/teach/question_bank.py", label=_("Question bank"), icon=":material/inventory_2:")
        return
    st.subheader(_("Draw for each attempt"), anchor=False)
    st.caption(_("Each learner gets so many questions, chosen anew for each attempt."))
    _rules(viewer, found, free, is_frozen=is_frozen)
    if banks and not is_frozen:
        _new_rule(viewer, found, banks)
        _take_over(viewer, found, [name for name, _ in tags])


def _rules(viewer: Viewer, found: OpenDraft, free: Mapping[DraftDraw, Pool], *, is_frozen: bool) -> None:
    draws = found.document.draws
    taken = {one.bank_item_id for one in found.document.questions}
    for place, draw in enumerate(draws):
        with st.container(border=True, horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            pool = free.get(draw)
            name = plain(pool.bank) if pool else _("a bank that is gone")
            there = len(pool.items - taken) if pool else 0
            what = _("with the tag “{tag}”", tag=plain(draw.tag)) if draw.tag else _("any question")
            st.markdown(
                f"**{draw.count}** {_('from “{bank}”', bank=name)}, {what}  \n"
                f":small[{_('{count} to draw from', count=there)}]"
            )
            if not is_frozen and st.button(
                _("Remove"), key=f"undraw-{place}", icon=":material/delete:", type="tertiary"
            ):
                _save(viewer, found, [one for one in draws if one != draw])


def _new_rule(viewer: Viewer, found: OpenDraft, banks: list[bank.Bank]) -> None:
    names = bank.names(banks)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        count = st.number_input(_("How many"), 1, 100, 5, key="draw-count", width=130)
        chosen = st.selectbox(_("From the bank"), [*names], format_func=lambda key: names[key], key="draw-bank")
        with frame.reading() as session:
            tags = [name for name, _ in bank.tags(session, viewer, chosen)] if chosen else []
        tag = st.selectbox(
            _("With the tag"), tags, index=None, key=f"draw-tag-{chosen}", placeholder=_("any question"), width=200
        )
        if st.button(_("Add the rule"), key="draw-add", icon=":material/casino:") and chosen is not None:
            _save(viewer, found, [*found.document.draws, DraftDraw(bank_id=chosen, tag=tag, count=int(count))])


def _take_over(viewer: Viewer, found: OpenDraft, tags: list[str]) -> None:
    st.subheader(_("Take a question over"), anchor=False)
    st.caption(_("The assessment gets a copy: a later change in the bank doesn't reach it."))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        typed = st.text_input(_("Search"), key="take-q", icon=":material/search:", live=True, width=300)
        tag = st.selectbox(_("Tag"), tags, index=None, key="take-tag", width=200)
    with frame.reading() as session:
        hits = bank.find(
            session, viewer, bank.Wanted(words=typed or "", tag=tag), page=st.session_state.get("take-page", 1)
        )
    st.caption(words.counted(hits.total, "question"))
    taken = {one.bank_item_id for one in found.document.questions}
    for item in hits.items:
        with st.container(border=True, horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            tags_of = plain(", ".join(item.tags) or _("no tags"))
            st.markdown(
                f":material/{TYPES[item.draft.question_type][1]}: {plain(item.draft.text[:200])}  \n"
                f":small[{tags_of} · {plain(item.bank)}]"
            )
            if item.id in taken:
                st.caption(f":material/check: {_('In the assessment')}")
            elif st.button(_("Take it"), key=f"take-{item.id}", icon=":material/add:"):
                copy = item.draft.model_copy(update={"id": new_id()})
                with frame.action(_("The question is in the assessment")) as session:
                    drafting.save_question(session, viewer, found.id, copy)
                st.rerun()
    if hits.total > bank.PAGE_SIZE:
        st.pagination(-(-hits.total // bank.PAGE_SIZE), key="take-page")


def _save(viewer: Viewer, found: OpenDraft, draws: list[DraftDraw]) -> None:
    def write(seen: tuple[DraftDraw, ...]) -> bool:
        return keeping.save(
            lambda session: drafting.save_draws(session, viewer, found.id, seen=seen, draws=draws), name="draws"
        )

    if write(found.document.draws):
        st.rerun()
