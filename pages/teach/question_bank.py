"""The question bank: questions that are written once and used in many assessments."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation

import streamlit as st

from learncraft.assessments import bank, bank_drafts, draft_questions, teaching
from learncraft.assessments.bank import Bank, Item
from learncraft.assessments.bank_drafts import Unfinished
from learncraft.assessments.names import in_words
from learncraft.language import _
from pages.shared import folding, frame, navigation, people, unsent, words
from pages.shared.addresses import uuid_of
from pages.shared.render import plain
from pages.teach import bank_facts, bank_question
from pages.teach.assessment_editor import fields
from pages.teach.assessment_editor.fields import TYPES

viewer = people.viewer(*navigation.TEACHERS)


def going_on(one: Unfinished) -> None:
    """A question that was begun: go on with it, or forget it."""
    label, icon = fields.type_name(one.question.question_type), TYPES[one.question.question_type][1]
    said = in_words(one.question.text)[:120]
    with st.container(horizontal=True, vertical_alignment="center"):
        what = _("Changes that the bank doesn't have yet") if one.item_id else label
        when = _("kept {when}", when=words.when(one.at, viewer.time_zone))
        st.markdown(f":material/{icon}: {plain(said) or _('No text yet')}  \n:small[{what} · {when}]")
        if st.button(_("Go on"), key=f"go-on-{one.question.id}", icon=":material/edit:", type="tertiary"):
            bank_question.begin(viewer, banks_by_name, one)
        with st.popover(_("Forget it"), key=f"forget-{one.question.id}"):
            st.markdown(_("What you typed is gone then. The bank stays as it is."))
            if st.button(_("Forget what I typed"), key=f"forget-sure-{one.question.id}"):
                with frame.action(_("Forgotten")) as session:
                    bank_drafts.forget(session, viewer, one.question.id, item_id=one.item_id)
                st.rerun()


def filters() -> bank.Wanted:
    """What is looked for; the address keeps it."""
    if renamed := st.session_state.pop(bank_facts.RENAMED, None):
        st.session_state["bank"] = names.get(renamed)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        typed = st.text_input(_("Search"), key="q", bind="query-params", icon=":material/search:", live=True, width=300)
        chosen = st.selectbox(_("Bank"), [*banks_by_name], index=None, key="bank", bind="query-params", width=220)
        tag = st.selectbox(_("Tag"), [name for name, _ in tags], index=None, key="tag", bind="query-params", width=200)
        kind = st.selectbox(_("Type"), list(TYPES), index=None, format_func=fields.type_name, key="kind", width=260)
    return bank.Wanted(typed or "", tag, kind, banks_by_name[chosen].id if chosen else None)


def new_bank() -> None:
    """A bank of one's own, or one that all who teach a course write and use."""
    with frame.reading() as session:
        courses = teaching.courses_of(session, viewer)
    with st.form("new-bank-form", border=False):  # so that Enter makes it
        title = st.text_input(_("Title"), key=folding.key("new-bank", "bank-title"), max_chars=255)
        course = st.selectbox(
            _("Shared by those who teach"),
            [*courses],
            index=None,
            format_func=courses.__getitem__,
            key=folding.key("new-bank", "bank-course"),
            placeholder=_("Nobody, it is mine"),
        )
        is_sent = st.form_submit_button(_("Make it"), type="primary", key="bank-make")
    if is_sent:
        with frame.action(_("The bank is made")) as session:
            st.session_state[bank_facts.RENAMED] = bank.create(session, viewer, title=title or "", course_id=course)
        folding.close("new-bank")
        st.rerun()


def new_question() -> None:
    """A type first, then the fields."""
    kind = st.menu_button(
        _("New question"),
        list(TYPES),
        format_func=lambda one: f":material/{TYPES[one][1]}: {fields.type_name(one)}",
        icon=":material/add:",
        type="primary",
        key="new-question",
    )
    if kind is not None:
        made = draft_questions.new_question(kind)
        bank_question.begin(viewer, banks_by_name, Unfinished(made, None, None, "", datetime.now(UTC)))


def points_of(typed: str) -> str:
    """What a question is worth, as far as that can be read."""
    try:
        return words.counted_points(Decimal(typed))
    except InvalidOperation:
        return typed


def row(item: Item) -> None:
    """One question: its text, tags and worth, and what can be done with it."""
    label, icon = fields.type_name(item.draft.question_type), TYPES[item.draft.question_type][1]
    with st.container(border=True):
        st.markdown(f":material/{icon}: {plain(item.draft.text[:300])}")
        badges = " ".join(f":gray-badge[{plain(tag)}]" for tag in item.tags)
        worth = points_of(item.draft.points)
        facts = f"{label} · {worth} · {plain(item.bank)} · {words.when(item.changed_at, viewer.time_zone)}"
        st.markdown(f"{badges} :small[{facts}]")  # in a caption, badges are too faint to be read
        with st.container(horizontal=True):
            if st.button(_("Edit"), key=f"edit-{item.id}", icon=":material/edit:", type="tertiary"):
                kept = next((one for one in begun if one.item_id == item.id), None)
                fresh = Unfinished(item.draft, item.seen, item.bank_id, ", ".join(item.tags), datetime.now(UTC))
                bank_question.begin(viewer, banks_by_name, kept or fresh)
            if others := {key: name for key, name in names.items() if key != item.bank_id}:
                with st.popover(_("Move or copy"), icon=":material/drive_file_move:", key=f"move-{item.id}"):
                    bank_facts.move(viewer, item, others)
            with st.popover(_("Delete"), icon=":material/delete:", key=f"delete-{item.id}"):
                st.markdown(_("Assessments keep the copies that they have of it."))
                st.button(_("Delete the question"), key=f"delete-sure-{item.id}", on_click=take_out, args=(item,))


def come_for() -> Item | None:
    """The question that the address names, before all others: a checklist leads here."""
    asked = uuid_of(st.query_params.get("question"))
    if asked is None:
        return None
    with frame.reading() as session:
        item = bank.standing(session, viewer, asked)
    if item is None:
        st.caption(_("The question that you came for was deleted, or is in a bank that isn't open to you."))
        return None
    st.caption(_("The question that you came for"))
    row(item)
    return item


def take_out(item: Item) -> None:
    """Delete a question as it was shown: this run may find it changed by somebody else already."""
    with frame.saving() as session:
        if session is not None:
            bank.delete_item(session, viewer, item.bank_id, item.seen)
            frame.notify(_("The question is gone from the bank"))


with frame.reading() as session:
    open_banks = bank.banks(session, viewer)
    tags = bank.tags(session, viewer)
    begun = bank_drafts.unfinished(session, viewer)
    uneven = bank.uneven(session, viewer, open_banks)
names = bank.names(open_banks)
banks_by_name: dict[str, Bank] = {names[one.id]: one for one in open_banks}
frame.head(
    _("Question bank"), _("Questions that you use again. An assessment gets copies, or draws some for each attempt.")
)
frame.show_kept_error()
with st.container(horizontal=True):
    if banks_by_name:
        new_question()
    with st.popover(_("New bank"), icon=":material/inventory_2:", key=folding.key("new-bank")):
        new_bank()
if uneven:
    st.warning(
        _(
            "{assessments} draws from questions that are worth different points, so learners could earn different "
            "totals. Give them the same points.",
            assessments=plain(uneven),
        ),
        icon=":material/balance:",
    )
unsent.as_it_is_typed()
if begun and banks_by_name:
    with st.expander(
        _("{questions} not finished", questions=words.counted(len(begun), "question")),
        icon=":material/edit_note:",
        expanded=True,
    ):
        for unfinished in begun:
            going_on(unfinished)
if not banks_by_name:
    frame.empty(_("No bank yet"), _("Make one for a subject that you ask about again and again."), "inventory_2")
else:
    first = come_for()
    wanted = filters()
    if looked_at := next((one for one in open_banks if len(open_banks) == 1 or one.id == wanted.bank_id), None):
        bank_facts.show(viewer, looked_at)
    with frame.reading() as session:
        found = bank.find(session, viewer, wanted, page=st.session_state.get("bank-page", 1))
    st.caption(words.counted(found.total, "question"))
    if not found.total:
        if any(one.items for one in ([looked_at] if looked_at else open_banks)):
            frame.empty(_("No question fits"), _("Search for other words, or write the first one."), "search_off")
        else:
            frame.empty(_("No question yet"), _("Write the first one."), "inventory_2")
    for each in found.items:
        if first is None or each.id != first.id:
            row(each)
    if found.total > bank.PAGE_SIZE:
        st.pagination(-(-found.total // bank.PAGE_SIZE), key="bank-page")
