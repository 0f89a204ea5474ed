"""Writing one question of the bank: kept as it is typed, and never put over somebody else's words unseen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from uuid import UUID

import streamlit as st

from learncraft.accounts.viewer import Viewer
from learncraft.assessments import bank, bank_drafts, comparing, draft_questions
from learncraft.assessments.bank import Bank, Item, Seen
from learncraft.assessments.bank_drafts import Unfinished
from learncraft.assessments.draft_shapes import DraftQuestion
from learncraft.db import new_id
from learncraft.language import _
from pages.shared import frame, meanwhile
from pages.shared.render import plain
from pages.teach.assessment_editor import fields
from pages.teach.assessment_editor.fields import Fields


@dataclass(frozen=True, slots=True)
class Held:
    """What stands in the fields. `loading` tells fields that were filled anew from those before."""

    question: DraftQuestion
    tags: str
    changes: Seen | None
    is_typed: bool = False
    is_let_go: bool = False  # somebody deleted the question that it changed
    loading: UUID = field(default_factory=new_id)


def begin(viewer: Viewer, banks: Mapping[str, Bank], begun: Unfinished) -> None:
    """Open a question for writing, anew each time: what was typed before is in its draft."""
    st.session_state[f"bank-question-{begun.question.id}"] = Held(begun.question, begun.tags, begun.changes)
    write(viewer, banks, begun)


@st.dialog(_("A question of the bank"), width="large")
def write(viewer: Viewer, banks: Mapping[str, Bank], begun: Unfinished) -> None:
    """The fields of a question. A bank holds finished questions only, so what is typed is kept beside it until then."""
    name = str(begun.question.id)
    memory = f"bank-question-{name}"
    held, there = _beside(viewer, st.session_state[memory])
    st.session_state[memory] = held
    _say(viewer, held, there)
    target = None if held.changes else st.selectbox(_("Bank"), [*banks], key=f"bank-into-{name}")
    with st.container(key=f"writing-bank-{name}"):
        now = fields.question(Fields(f"bank-{name}-{held.loading}"), held.question)
        key = f"bank-tags-{name}-{held.loading}"
        typed = st.text_input(_("Tags, with commas between"), held.tags, key=key, live=True) or ""
    if (now, typed) != (held.question, held.tags):
        with frame.action() as session:
            bank_drafts.keep(session, viewer, now, typed, changes=held.changes)
        st.session_state[memory] = replace(held, question=now, tags=typed, is_typed=True)
        st.rerun(scope="fragment")  # rows that were added or removed
    if held.is_typed:
        st.caption(":material/cloud_done: " + _("What you type is kept for you; the bank gets it when it is finished."))
    for sentence in draft_questions.ready(now)[1]:
        st.caption(f":orange[:material/error:] {plain(sentence)}")
    if held.changes and there and there.changed_at > held.changes.changed_at:
        _choose(viewer, memory, held, there)
    elif st.button(_("Put it into the bank"), type="primary", icon=":material/check:", key=f"bank-keep-{name}"):
        into = there.bank_id if there else banks[target or next(iter(banks))].id
        _put(viewer, memory, held, into, held.changes)


def _beside(viewer: Viewer, held: Held) -> tuple[Held, Item | None]:
    """The question as the bank has it now. When somebody deleted it, what was typed becomes a new one."""
    if held.changes is None:
        return held, None
    with frame.reading() as session:
        there = bank.standing(session, viewer, held.changes.item_id)
    if there is not None:
        return held, there
    with frame.action() as session:
        new = bank_drafts.keep_as_new(session, viewer, held.question, held.tags)
    return replace(held, question=new, changes=None, is_let_go=True), None


def _say(viewer: Viewer, held: Held, there: Item | None) -> None:
    """What somebody else did to the question meanwhile."""
    if held.is_let_go:
        said = _(
            "Somebody deleted this question from the bank meanwhile. What you typed is kept; it goes in as a new one."
        )
        st.info(said, icon=":material/group:")
    elif held.changes and there and there.changed_at > held.changes.changed_at:
        st.warning(_meanwhile(viewer, there), icon=":material/group:")


def _choose(viewer: Viewer, memory: str, held: Held, there: Item) -> None:
    """Theirs beside one's own, and what may become of both."""
    of_mine = bank.clean_tags(held.tags.split(","))
    lines = comparing.questions(there.draft, held.question, tags=(there.tags, of_mine))
    choice = meanwhile.choose(_meanwhile(viewer, there), lines, name=memory, mine=_("Put mine in its place"))
    if choice == "theirs":
        with frame.action() as session:
            bank_drafts.forget(session, viewer, held.question.id, item_id=there.id)
        st.session_state[memory] = Held(there.draft, ", ".join(there.tags), there.seen)
        st.rerun(scope="fragment")
    if choice == "mine":
        _put(viewer, memory, held, there.bank_id, there.seen)


def _meanwhile(viewer: Viewer, there: Item) -> str:
    if there.changed_by_id == viewer.id:
        return _("You changed this question in another tab. Nothing is overwritten: compare both, then choose.")
    return _(
        "{name} changed this question meanwhile. Nothing is overwritten: compare both, then choose.",
        name=plain(there.changed_by or _("Somebody else")),
    )


def _put(viewer: Viewer, memory: str, held: Held, bank_id: UUID, changes: Seen | None) -> None:
    """Into the bank, over what was seen of it and nothing newer."""
    with frame.action(_("The question is in the bank")) as session:
        bank.save_item(session, viewer, bank_id, held.question, held.tags.split(","), changes=changes)
        bank_drafts.forget(session, viewer, held.question.id, item_id=changes.item_id if changes else None)
    st.session_state.pop(memory, None)
    st.rerun()
