"""Weights and rules of a course's grades, and both in words."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

import pandas as pd
import streamlit as st

from learncraft.accounts.viewer import Viewer
from learncraft.assessments.gradebook import service
from learncraft.assessments.gradebook.queries import Book
from learncraft.assessments.gradebook.rules import AttemptRule, Rules
from learncraft.assessments.gradebook.service import CategoryDraft, ItemDraft, SchemeDraft
from pages.shared import frame, words

ATTEMPTS = {AttemptRule.BEST: "best attempt", AttemptRule.LAST: "last attempt", AttemptRule.AVERAGE: "mean of attempts"}


def explained(rules: Rules) -> str:
    """The rules in a few words."""
    parts = [ATTEMPTS[rules.attempt_rule], "missing is 0" if rules.missing_is_zero else "missing doesn't count"]
    if rules.categories:
        parts.append(", ".join(f"{one.title} {one.weight.normalize():f}" for one in rules.categories))
    return " · ".join(parts)


@st.dialog("Weights and rules", width="large", icon=":material/balance:")
def edit(viewer: Viewer, book: Book) -> None:
    """All rules at once: they are saved together or not at all."""
    rules = book.rules
    with st.container(horizontal=True, vertical_alignment="bottom"):
        attempt = st.selectbox(
            "Of several attempts",
            list(AttemptRule),
            index=list(AttemptRule).index(rules.attempt_rule),
            format_func=lambda rule: f"the {ATTEMPTS[rule]} counts",
            key="rule-attempts",
            width=260,
        )
        decimals = st.selectbox(
            "Decimals of the total", [0, 1, 2], index=rules.decimals, key="rule-decimals", width=180
        )
    is_zero = st.toggle("A missing grade counts as 0", rules.missing_is_zero, key="rule-missing")
    st.markdown("**Categories**")
    st.caption("Only proportions of weights count: 2 and 3 are the same as 40 and 60. Without categories, all is one.")
    categories = st.data_editor(
        pd.DataFrame(
            [(str(one.id), one.title, float(one.weight), one.drop_lowest) for one in rules.categories],
            columns=["id", "Category", "Weight", "Drop lowest"],
        ).astype({"id": "string", "Category": "string", "Weight": "float64", "Drop lowest": "Int64"}),
        num_rows="dynamic",
        hide_index=True,
        column_config={
            "id": None,
            "Category": st.column_config.TextColumn(required=True, max_chars=100, width="large"),
            "Weight": st.column_config.NumberColumn(required=True, min_value=0.01, default=1.0),
            "Drop lowest": st.column_config.NumberColumn(min_value=0, step=1, default=0),
        },
        key="rule-categories",
    )
    titles = [str(title).strip() for title in categories["Category"].dropna()]
    named = {one.id: one.title for one in rules.categories}
    st.markdown("**Assessments**")
    st.caption("With categories, an assessment outside of them doesn't count. A weight of 0 keeps one out.")
    items = st.data_editor(
        pd.DataFrame(
            [
                (column.heading, named.get(item.category_id), float(item.weight))
                for column, item in zip(book.columns, rules.items, strict=True)
            ],
            columns=["Assessment", "Category", "Weight"],
        ).astype({"Category": "string", "Weight": "float64"}),
        hide_index=True,
        disabled=["Assessment"],
        column_config={
            "Assessment": st.column_config.TextColumn(width="large"),
            "Category": st.column_config.SelectboxColumn(options=titles),
            "Weight": st.column_config.NumberColumn(required=True, min_value=0.0),
        },
        placeholder="–",
        key="rule-items",
    )
    if st.button("Save the rules", type="primary", icon=":material/check:", key="rule-save"):
        draft = SchemeDraft(
            attempt or rules.attempt_rule, is_zero, int(decimals), _categories(categories), _items(book, items, titles)
        )
        with frame.action("The rules are saved; all totals follow them") as session:
            service.set_scheme(session, viewer, book.course_id, draft)
        st.rerun()
    st.caption(f"Totals are rounded half up, to {words.counted(int(decimals), 'decimal')}.")


def _categories(edited: pd.DataFrame) -> list[CategoryDraft]:
    return [
        CategoryDraft(
            title=_text(row["Category"]),
            weight=_decimal(row["Weight"]),
            drop_lowest=0 if pd.isna(row["Drop lowest"]) else int(row["Drop lowest"]),
            id=None if pd.isna(row["id"]) else UUID(row["id"]),
        )
        for row in edited.to_dict("records")
    ]


def _items(book: Book, edited: pd.DataFrame, titles: list[str]) -> list[ItemDraft]:
    """A category that was renamed or removed in the same go is left."""
    return [
        ItemDraft(
            column.id,
            category if (category := _text(row["Category"])) in titles else None,
            _decimal(row["Weight"]),
        )
        for column, row in zip(book.columns, edited.to_dict("records"), strict=True)
    ]


def _text(value: Any) -> str:
    return "" if pd.isna(value) else str(value).strip()


def _decimal(value: Any) -> Decimal:
    return Decimal(0) if pd.isna(value) else Decimal(str(value))
