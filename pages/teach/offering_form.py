"""The form of an offering as a table of questions: changed, and not over somebody else's unseen."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd
import streamlit as st
from sqlalchemy.orm import Session

from learncraft import differing
from learncraft.accounts.viewer import Viewer
from learncraft.enrollment.registration import form, form_rows, offerings
from learncraft.enrollment.registration.form_rows import FormRow
from learncraft.enrollment.registration.queries import OfferingView
from learncraft.enrollment.shapes import RegistrationForm
from learncraft.errors import LearnCraftError
from learncraft.language import _
from pages.shared import meanwhile
from pages.shared.meanwhile import Opened
from pages.teach.offering_facts import drafted

STAGE, QUESTION, KIND, REQUIRED, CHOICES, STAGE_KEY, KEY = (
    "stage",
    "question",
    "kind",
    "required",
    "choices",
    "stage_key",
    "key",
)
COLUMNS = [STAGE, QUESTION, KIND, REQUIRED, CHOICES, STAGE_KEY, KEY]


def change(viewer: Viewer, offering: OfferingView) -> None:
    """The questions as a table; the same as JSON Schema for who likes that better."""
    st.header(_("The form"), anchor=False)
    st.caption(_("Questions with the same stage stand on one page of the form. Separate choices by semicolons."))
    began = {"rows": as_typed(form_rows.as_rows(offering.form)), "schema": form.schema_text(offering.form)}
    found = meanwhile.opened(viewer, f"form-{offering.id}", offering.form, began, field="form")

    def write(session: Session, meant: RegistrationForm, seen: RegistrationForm) -> None:
        facts = drafted(offering)
        save, seen_all = replace(facts, form=meant), replace(facts, form=seen)
        offerings.save(session, viewer, save, course_id=offering.course_id, offering_id=offering.id, seen=seen_all)

    asked = _ask(found)
    if asked is not None:
        meanwhile.save(found, asked, write, _("The form is saved"))
    meanwhile.settle(found, offering.form, _compare, write, _("The form is saved"))


def _compare(theirs: RegistrationForm, mine: RegistrationForm) -> tuple[str, ...]:
    """Where two people's forms differ, a line for each question."""

    def said(one: RegistrationForm) -> list[str]:
        rows = form_rows.as_rows(one)
        required = {True: f", {_('Required')}", False: ""}
        return [
            f"{row.stage}: {row.question} ({form.KINDS[row.kind]}{required[row.is_required]}) {row.choices}".rstrip()
            for row in rows
        ]

    return differing.lines(said(theirs), said(mine))


def _ask(found: Opened[RegistrationForm]) -> RegistrationForm | None:
    """The table of questions, and what is meant once it is pressed."""
    names = list(form.KINDS.values())
    table = pd.DataFrame(
        [[*row[:2], form.KINDS.get(row[2], ""), *row[3:]] for row in found.typed["rows"]], columns=COLUMNS
    )
    edited = st.data_editor(
        table,
        num_rows="dynamic",
        hide_index=True,
        key=found.key("form"),
        column_order=[STAGE, QUESTION, KIND, REQUIRED, CHOICES],
        column_config={
            STAGE: st.column_config.TextColumn(_("Stage"), default=_("Your registration"), width="medium"),
            QUESTION: st.column_config.TextColumn(_("Question"), width="large"),
            KIND: st.column_config.SelectboxColumn(_("Kind"), options=names, default=names[0]),
            REQUIRED: st.column_config.CheckboxColumn(_("Required"), default=False, width="small"),
            CHOICES: st.column_config.TextColumn(_("Choices")),
        },
    )
    rows = _rows(edited)
    with st.container(horizontal=True):
        saves = st.button(_("Save the form"), type="primary", icon=":material/check:", key="form-save")
        with st.popover(_("As JSON Schema"), icon=":material/data_object:"), st.container(key="writing-schema"):
            typed = st.text_area(_("JSON Schema"), found.typed["schema"], height=320, key=found.key("schema"))
            uses = st.button(_("Use this definition"), icon=":material/upload:", key="schema-use")
    meanwhile.keep(found, {"rows": as_typed(rows), "schema": typed})
    try:
        if uses:
            return form.read_schema(typed)
        return form_rows.from_rows(rows) if saves else None
    except LearnCraftError as error:
        st.error(str(error), icon=":material/error:")
        return None


def as_typed(rows: list[FormRow]) -> list[list[Any]]:
    """Questions as the rows of a table give them, in plain JSON."""
    return [[row.stage, row.question, row.kind, row.is_required, row.choices, row.stage_key, row.key] for row in rows]


def _rows(edited: pd.DataFrame) -> list[FormRow]:
    """What the table says."""
    by_name = {name: kind for kind, name in form.KINDS.items()}
    return [
        FormRow(
            stage=str(row[STAGE]),
            question=str(row[QUESTION]),
            kind=by_name.get(str(row[KIND]), ""),
            is_required=bool(row[REQUIRED]),
            choices=str(row[CHOICES]),
            stage_key=str(row[STAGE_KEY]),
            key=str(row[KEY]),
        )
        for row in edited.fillna("").to_dict("records")
    ]
