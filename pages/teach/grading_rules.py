"""Weights and rules of a course's grades, and both in words: kept while they are typed, not over anybody's unseen."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

import pandas as pd
import streamlit as st
from sqlalchemy.orm import Session

from learncraft import differing
from learncraft.accounts.viewer import Viewer
from learncraft.assessments.gradebook import queries, service
from learncraft.assessments.gradebook.queries import Book
from learncraft.assessments.gradebook.rules import AttemptRule, Rules
from learncraft.assessments.gradebook.service import CategoryDraft, ItemDraft, SchemeDraft
from learncraft.language import Spoken, _, numbers
from pages.shared import frame, meanwhile, words
from pages.shared.meanwhile import Opened

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
    st.dialog(_("Weights and rules"), width="large", icon=":material/balance:")(_edit)(viewer, book.course_id)


@dataclass(frozen=True, slots=True)
class Said:
    """Rules as the fields give them, in plain JSON; with the rules themselves, where they are those that hold."""

    given: dict[str, Any]
    rules: Rules | None = None


def _edit(viewer: Viewer, course_id: UUID) -> None:
    """All rules at once: they are saved together or not at all, and kept for their writer until then."""
    with frame.reading() as session:  # anew with each run of the dialog: somebody else may be faster
        book = frame.require(queries.book_of(session, viewer, course_id), what="course")
    there = Said(_as_typed(book), book.rules)
    found = meanwhile.opened(viewer, f"rules-{course_id}", there, there.given, field="rule-categories", in_dialog=True)
    given = _ask(book, found)

    def write(session: Session, meant: Said, seen: Said) -> None:
        assert seen.rules is not None
        service.set_scheme(session, viewer, course_id, _draft(meant.given), seen=seen.rules)

    done = _("The rules are saved; all totals follow them")
    saves = st.button(_("Save the rules"), type="primary", icon=":material/check:", key="rule-save")
    meanwhile.keep(found, given)
    if saves:
        meanwhile.save(found, Said(given), write, done)
    meanwhile.settle(found, there, lambda theirs, mine: _compare(book, theirs, mine), write, done)
    decimals = words.counted(int(given["decimals"]), "decimal")
    st.caption(_("Totals are rounded half up, to {decimals}.", decimals=decimals))


def _as_typed(book: Book) -> dict[str, Any]:
    rules = book.rules
    named = {one.id: one.title for one in rules.categories}
    return {
        "attempts": rules.attempt_rule.value,
        "decimals": rules.decimals,
        "missing": rules.missing_is_zero,
        "categories": [[str(one.id), one.title, float(one.weight), one.drop_lowest] for one in rules.categories],
        "items": [[str(one.id), named.get(one.category_id, ""), float(one.weight)] for one in rules.items],
    }


def _ask(book: Book, found: Opened[Said]) -> dict[str, Any]:
    """The fields of the rules."""
    one: dict[str, Any] = found.typed
    with st.container(horizontal=True, vertical_alignment="bottom"):
        attempts = [rule.value for rule in AttemptRule]
        attempt = st.selectbox(
            _("Of several attempts"),
            attempts,
            index=attempts.index(one["attempts"]),
            format_func=lambda rule: COUNTS[AttemptRule(rule)],
            key=found.key("rule-attempts"),
            width=260,
        )
        decimals = st.selectbox(
            _("Decimals of the total"), [0, 1, 2], index=one["decimals"], key=found.key("rule-decimals"), width=180
        )
    is_zero = st.toggle(_("A missing grade counts as 0"), one["missing"], key=found.key("rule-missing"))
    categories = _categories(_ask_categories(found))
    titles = [title for _key, title, _weight, _drop in categories]
    return {
        "attempts": attempt,
        "decimals": decimals,
        "missing": is_zero,
        "categories": categories,
        "items": _items(book, _ask_items(book, found, titles), titles),
    }


def _ask_categories(found: Opened[Said]) -> pd.DataFrame:
    st.markdown(f"**{_('Categories')}**")
    st.caption(
        _("Only proportions of weights count: 2 and 3 are the same as 40 and 60. Without categories, all is one.")
    )
    return st.data_editor(
        pd.DataFrame(found.typed["categories"], columns=[ID, CATEGORY, WEIGHT, DROP]).astype(
            {ID: "string", CATEGORY: "string", WEIGHT: "float64", DROP: "Int64"}
        ),
        num_rows="dynamic",
        hide_index=True,
        column_config={
            ID: None,
            CATEGORY: st.column_config.TextColumn(_("Category"), required=True, max_chars=100, width="large"),
            WEIGHT: st.column_config.NumberColumn(_("Weight"), required=True, min_value=0.01, default=1.0),
            DROP: st.column_config.NumberColumn(_("Drop lowest"), min_value=0, step=1, default=0),
        },
        key=found.key("rule-categories"),
    )


def _ask_items(book: Book, found: Opened[Said], titles: list[str]) -> pd.DataFrame:
    st.markdown(f"**{_('Assessments')}**")
    st.caption(_("With categories, an assessment outside of them doesn't count. A weight of 0 keeps one out."))
    began = {row[0]: row for row in [*found.began["items"], *found.typed["items"]]}
    rows = [(column.heading, *began.get(str(column.id), ["", "", 1.0])[1:]) for column in book.columns]
    return st.data_editor(
        pd.DataFrame(
            [(heading, category or None, weight) for heading, category, weight in rows],
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
        key=found.key("rule-items"),
    )


def _categories(edited: pd.DataFrame) -> list[list[Any]]:
    return [
        [
            _text(row[ID]),
            _text(row[CATEGORY]),
            0.0 if pd.isna(row[WEIGHT]) else float(row[WEIGHT]),
            0 if pd.isna(row[DROP]) else int(row[DROP]),
        ]
        for row in edited.to_dict("records")
    ]


def _items(book: Book, edited: pd.DataFrame, titles: list[str]) -> list[list[Any]]:
    """A category that was renamed or removed in the same go is left."""
    return [
        [
            str(column.id),
            category if (category := _text(row[CATEGORY])) in titles else "",
            0.0 if pd.isna(row[WEIGHT]) else float(row[WEIGHT]),
        ]
        for column, row in zip(book.columns, edited.to_dict("records"), strict=True)
    ]


def _draft(given: dict[str, Any]) -> SchemeDraft:
    return SchemeDraft(
        AttemptRule(given["attempts"]),
        given["missing"],
        int(given["decimals"]),
        [
            CategoryDraft(title, Decimal(str(weight)), drop, UUID(key) if key else None)
            for key, title, weight, drop in given["categories"]
        ],
        [ItemDraft(UUID(key), category or None, Decimal(str(weight))) for key, category, weight in given["items"]],
    )


def _compare(book: Book, theirs: Said, mine: Said) -> tuple[str, ...]:
    """Where two people's rules differ."""
    headings = {str(column.id): column.heading for column in book.columns}

    def said(one: dict[str, Any]) -> list[str]:
        return [
            f"{_('Of several attempts')}: {COUNTS[AttemptRule(one['attempts'])]}",
            f"{_('Decimals of the total')}: {one['decimals']}",
            f"{_('A missing grade counts as 0')}: {_('Yes') if one['missing'] else _('No')}",
            *(
                f"{_('Category')}: {title}, {_('Weight')} {weight:g}, {_('Drop lowest')} {drop}"
                for _key, title, weight, drop in one["categories"]
            ),
            *(
                f"{headings.get(key, key)}: {category or '–'}, {_('Weight')} {weight:g}"
                for key, category, weight in one["items"]
            ),
        ]

    return differing.lines(said(theirs.given), said(mine.given))


def _text(value: Any) -> str:
    return "" if pd.isna(value) else str(value).strip()
