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
from learncraft.language import Spoken, _, numbers
from pages.shared import frame, words

ATTEMPTS = Spoken(
    {
        AttemptRule.BEST: "best attempt",
        AttemptRule.LAST: "last attempt",
        AttemptRule.AVERAGE: "mean of attempts",
    }
)
COUNTS = Spoken(
    {
        AttemptRule.BEST: "the best attempt counts",
        AttemptRule.LAST: "the last attempt counts",
        AttemptRule.AVERAGE: "the mean of attempts counts",
    }
)
ID, CATEGORY, WEIGHT, DROP, ASSESSMENT = "id", "category", "weight", "drop", "assessment"


def explained(rules: Rules) -> str:
    """The rules in a few words."""
    parts = [ATTEMPTS[rules.attempt_rule], _("missing is 0") if rules.missing_is_zero else _("missing doesn't count")]
    if rules.categories:
        parts.append(", ".join(f"{one.title} {numbers.plain_number(one.weight)}" for one in rules.categories))
    return " · ".join(parts)


def edit(viewer: Viewer, book: Book) -> None:
    """Ask for the weights and rules of a course."""
    st.dialog(_("Weights and rules"), width="large", icon=":material/balance:")(_edit)(viewer, book)


def _edit(viewer: Viewer, book: Book) -> None:
    """All rules at once: they are saved together or not at all."""
    rules = book.rules
    with st.container(horizontal=True, vertical_alignment="bottom"):
        attempt = st.selectbox(
            _("Of several attempts"),
            list(AttemptRule),
            index=list(AttemptRule).index(rules.attempt_rule),
            format_func=COUNTS.__getitem__,
            key="rule-attempts",
            width=260,
        )
        decimals = st.selectbox(
            _("Decimals of the total"), [0, 1, 2], index=rules.decimals, key="rule-decimals", width=180
        )
    is_zero = st.toggle(_("A missing grade counts as 0"), rules.missing_is_zero, key="rule-missing")
    categories = _ask_categories(rules)
    titles = [str(title).strip() for title in categories[CATEGORY].dropna()]
    items = _ask_items(book, titles)
    if st.button(_("Save the rules"), type="primary", icon=":material/check:", key="rule-save"):
        draft = SchemeDraft(
            attempt or rules.attempt_rule, is_zero, int(decimals), _categories(categories), _items(book, items, titles)
        )
        with frame.action(_("The rules are saved; all totals follow them")) as session:
            service.set_scheme(session, viewer, book.course_id, draft, seen=rules)
        st.rerun()
    st.caption(_("Totals are rounded half up, to {decimals}.", decimals=words.counted(int(decimals), "decimal")))


def _ask_categories(rules: Rules) -> pd.DataFrame:
    st.markdown(f"**{_('Categories')}**")
    st.caption(
        _("Only proportions of weights count: 2 and 3 are the same as 40 and 60. Without categories, all is one.")
    )
    return st.data_editor(
        pd.DataFrame(
            [(str(one.id), one.title, float(one.weight), one.drop_lowest) for one in rules.categories],
            columns=[ID, CATEGORY, WEIGHT, DROP],
        ).astype({ID: "string", CATEGORY: "string", WEIGHT: "float64", DROP: "Int64"}),
        num_rows="dynamic",
        hide_index=True,
        column_config={
            ID: None,
            CATEGORY: st.column_config.TextColumn(_("Category"), required=True, max_chars=100, width="large"),
            WEIGHT: st.column_config.NumberColumn(_("Weight"), required=True, min_value=0.01, default=1.0),
            DROP: st.column_config.NumberColumn(_("Drop lowest"), min_value=0, step=1, default=0),
        },
        key="rule-categories",
    )


def _ask_items(book: Book, titles: list[str]) -> pd.DataFrame:
    named = {one.id: one.title for one in book.rules.categories}
    st.markdown(f"**{_('Assessments')}**")
    st.caption(_("With categories, an assessment outside of them doesn't count. A weight of 0 keeps one out."))
    return st.data_editor(
        pd.DataFrame(
            [
                (column.heading, named.get(item.category_id), float(item.weight))
                for column, item in zip(book.columns, book.rules.items, strict=True)
            ],
            columns=[ASSESSMENT, CATEGORY, WEIGHT],
        ).astype({CATEGORY: "string", WEIGHT: "float64"}),
        hide_index=True,
        disabled=[ASSESSMENT],
        column_config={
            ASSESSMENT: st.column_config.TextColumn(_("Assessment"), width="large"),
            CATEGORY: st.column_config.SelectboxColumn(_("Category"), options=titles),
            WEIGHT: st.column_config.NumberColumn(_("Weight"), required=True, min_value=0.0),
        },
        placeholder="–",
        key="rule-items",
    )


def _categories(edited: pd.DataFrame) -> list[CategoryDraft]:
    return [
        CategoryDraft(
            title=_text(row[CATEGORY]),
            weight=_decimal(row[WEIGHT]),
            drop_lowest=0 if pd.isna(row[DROP]) else int(row[DROP]),
            id=None if pd.isna(row[ID]) else UUID(row[ID]),
        )
        for row in edited.to_dict("records")
    ]


def _items(book: Book, edited: pd.DataFrame, titles: list[str]) -> list[ItemDraft]:
    """A category that was renamed or removed in the same go is left."""
    return [
        ItemDraft(
            column.id,
            category if (category := _text(row[CATEGORY])) in titles else None,
            _decimal(row[WEIGHT]),
        )
        for column, row in zip(book.columns, edited.to_dict("records"), strict=True)
    ]


def _text(value: Any) -> str:
    return "" if pd.isna(value) else str(value).strip()


def _decimal(value: Any) -> Decimal:
    return Decimal(0) if pd.isna(value) else Decimal(str(value))
