"""A bank as a whole: what it is called and is for, and the way to delete it; and questions that change banks."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

import streamlit as st
from sqlalchemy.orm import Session

from learncraft import differing
from learncraft.accounts.viewer import Viewer
from learncraft.assessments import banks
from learncraft.assessments.bank import Bank, Item
from learncraft.assessments.banks import About, Stock
from learncraft.language import _
from pages.shared import folding, frame, meanwhile, words
from pages.shared.render import plain

RENAMED = "bank-renamed"  # the bank that was just made or named anew, which is the chosen one


def show(viewer: Viewer, one: Bank) -> None:
    """The bank that is looked at, and what can be done with it."""
    if one.description:
        st.markdown(plain(one.description))
    with st.container(horizontal=True):
        with st.popover(_("Name and purpose"), icon=":material/edit:", key=folding.key(f"about-{one.id}")):
            _describe(viewer, one)
        with st.popover(_("Delete the bank"), icon=":material/delete:", key=f"delete-bank-{one.id}"):
            count = words.counted(one.items, "question")
            st.markdown(
                _(
                    "This deletes the bank and what is in it: {questions}. Assessments keep the copies that they have.",
                    questions=count,
                )
            )
            st.button(_("Delete it for good"), key=f"delete-bank-sure-{one.id}", on_click=_delete, args=(viewer, one))


def _describe(viewer: Viewer, one: Bank) -> None:
    there = banks.about(one)
    began = {"title": there.title, "description": there.description}
    found = meanwhile.opened(viewer, f"bank-{one.id}", there, began, field="bank-title")
    with st.container(key=f"writing-bank-{one.id}"):
        title = st.text_input(
            _("Title"), found.typed["title"], max_chars=banks.LONGEST_TITLE, key=found.key("bank-title"), live=True
        )
        description = st.text_area(
            _("What it is for"),
            found.typed["description"],
            max_chars=banks.LONGEST_DESCRIPTION,
            key=found.key("bank-description"),
        )
    saves = st.button(_("Save"), key=f"bank-save-{one.id}", type="primary", icon=":material/check:")
    meanwhile.keep(found, {"title": title, "description": description})

    def write(session: Session, meant: About, seen: About) -> None:
        banks.describe(session, viewer, one.id, meant, seen=seen)
        st.session_state[RENAMED] = one.id
        folding.close(f"about-{one.id}")

    if saves:
        meanwhile.save(found, About(title.strip(), description.strip()), write, _("Saved"))
    meanwhile.settle(found, there, _compare, write, _("Saved"))


def _compare(theirs: About, mine: About) -> tuple[str, ...]:
    def said(one: About) -> list[str]:
        return [
            f"{_('Title')}: {one.title}",
            *(f"{_('What it is for')}: {line}" for line in one.description.splitlines()),
        ]

    return differing.lines(said(theirs), said(mine))


def _delete(viewer: Viewer, one: Bank) -> None:
    """Delete a bank as it was shown: this run may find more in it already."""
    with frame.saving() as session:
        if session is not None:
            banks.remove(session, viewer, one.id, seen=Stock(one.items, one.changed_at))
            frame.notify(_("The bank is deleted"))


def move(viewer: Viewer, item: Item, others: Mapping[UUID, str]) -> None:
    """Put a question, or a copy of it, into another bank."""
    into = st.selectbox(_("Bank"), list(others), format_func=others.__getitem__, key=f"move-into-{item.id}")
    st.caption(_("Rules draw a question from the bank that it is in. A copy is changed apart from then on."))
    with st.container(horizontal=True):
        st.button(_("Move it"), key=f"move-sure-{item.id}", on_click=_move, args=(viewer, item, into))
        st.button(_("Copy it"), key=f"copy-{item.id}", on_click=_copy, args=(viewer, item, into))


def _move(viewer: Viewer, item: Item, into: UUID) -> None:
    with frame.saving() as session:
        if session is not None:
            banks.move_item(session, viewer, item.bank_id, item.seen, into=into)
            frame.notify(_("The question is in the other bank"))


def _copy(viewer: Viewer, item: Item, into: UUID) -> None:
    with frame.saving() as session:
        if session is not None:
            banks.copy_item(session, viewer, item.bank_id, item.seen, into=into)
            frame.notify(_("A copy is in the other bank"))
