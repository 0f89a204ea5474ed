"""Gradebook: how does everyone in the course stand, and which grades need a hand?"""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

import pandas as pd
import streamlit as st
from pandas.io.formats.style import Styler

from learncraft import runtime
from learncraft.acting import Acting
from learncraft.assessments.gradebook import files, queries
from learncraft.assessments.gradebook.queries import Book, Cell, Filter, Order, Row, Shown
from learncraft.language import Spoken, _
from pages.shared import addresses, frame, navigation, people, words
from pages.shared.render import plain
from pages.teach import grade_dialogs, grading_rules

viewer = people.viewer(*navigation.TEACHERS)
course_id = addresses.uuid_of(st.query_params.get("course"))
ORDERS = Spoken(
    {
        Order.NAME: "Name, A to Z",
        Order.NAME_DOWN: "Name, Z to A",
        Order.EMAIL: "E-mail",
        Order.TOTAL: "Total, lowest first",
        Order.TOTAL_DOWN: "Total, highest first",
    }
)
BY_HAND = "rgba(99, 102, 241, .18)"

with frame.reading() as session:
    book: Book = frame.require(queries.book_of(session, viewer, course_id) if course_id else None, what="course")
    cohorts = queries.cohorts_of(session, book.course_id)


def filters() -> Filter:
    """Which learners, in which order; the choice stands in the address."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        search = st.text_input(
            _("Search"),
            key="find",
            bind="query-params",
            placeholder=_("A name or an address"),
            icon=":material/search:",
            width=260,
        )
        cohort: UUID | None = None
        if cohorts:
            by_name = {name: key for key, name in cohorts.items()}
            chosen = st.selectbox(
                _("Cohort"),
                ["Everyone", *by_name],
                format_func=lambda name: name if name in by_name else _("Everyone"),
                key="cohort",
                bind="query-params",
                width=220,
            )
            cohort = by_name.get(chosen)
        order = st.selectbox(
            _("Sort by"),
            [order.value for order in ORDERS],
            format_func=lambda value: ORDERS[Order(value)],
            key="sort",
            bind="query-params",
            width=220,
        )
    return Filter(search or "", cohort, Order(order), st.session_state.get("grade_page", 1))


def actions(wanted: Filter) -> None:
    """Files out and in, the rules, a grade by hand."""
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button(
            _("Set a grade"), icon=":material/edit:", type="primary", key="set-grade", disabled=not shown.rows
        ):
            grade_dialogs.set_grade(viewer, book, shown.rows)
        if st.button(_("Weights and rules"), icon=":material/balance:", key="rules"):
            grading_rules.edit(viewer, book)
        if st.button(_("Import"), icon=":material/upload_file:", key="import"):
            grade_dialogs.bring_in(viewer, book)
        who = people.acting()  # a file is made outside of a run, which has no viewer
        name = f"grades-{datetime.now(ZoneInfo(viewer.time_zone)):%Y-%m-%d}"
        st.download_button(
            "CSV", lambda: as_csv(wanted, who), f"{name}.csv", "text/csv", icon=":material/download:", key="csv"
        )
        st.download_button(
            "Excel",
            lambda: as_excel(wanted, who),
            f"{name}.xlsx",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            icon=":material/download:",
            key="xlsx",
        )


def as_csv(wanted: Filter, who: Acting) -> bytes:
    """All learners that the filter names, read when the file is asked for."""
    with runtime.current().database.reading(who) as session:
        return b"".join(files.csv_chunks(book, queries.all_rows(session, book, wanted)))


def as_excel(wanted: Filter, who: Acting) -> bytes:
    """The same for Excel."""
    target = io.BytesIO()
    with runtime.current().database.reading(who) as session:
        files.write_excel(book, queries.all_rows(session, book, wanted), target)
    return target.getvalue()


def table(rows: tuple[Row, ...]) -> Styler:
    """Learners by assessments. What was set by hand has a mark and a ground of its own."""
    headings = [column.heading for column in book.columns]
    cells = [[row.cells.get(column.id) or Cell() for column in book.columns] for row in rows]
    data = pd.DataFrame(
        [
            [row.name, _number(row.total.percent), *(_number(cell.grade.percent) for cell in line)]
            for row, line in zip(rows, cells, strict=True)
        ],
        columns=[_("Learner"), _("Total"), *headings],
    )
    style = data.style.format("{:.1f}", na_rep="", subset=pd.Index(headings))
    style = style.format(f"{{:.{book.rules.decimals}f}}", na_rep="", subset=pd.Index([_("Total")]))
    for place, line in enumerate(cells):
        for heading, cell in zip(headings, line, strict=True):
            if cell.is_by_hand:
                spot = pd.IndexSlice[[place], [heading]]
                shown = files.EXCUSED if cell.grade.is_excused else "{:.1f} ✎"
                style = style.format(shown, na_rep=files.EXCUSED, subset=spot)
                style = style.set_properties(subset=spot, **{"background-color": BY_HAND})
    return style


def _number(percent: object) -> float | None:
    return None if percent is None else float(percent)  # type: ignore[arg-type]


def body(shown: Shown) -> None:
    """The table, and what can be done with the grade that is picked in it."""
    facts = [words.counted(shown.learners, "learner"), words.counted(len(book.columns), "assessment")]
    facts += [_("in percent"), _("✎ set by hand"), grading_rules.explained(book.rules)]
    st.caption(" · ".join(facts))
    picked = st.dataframe(
        table(shown.rows),
        hide_index=True,
        height=min(38 + 35 * len(shown.rows), 640),
        column_config={
            _("Learner"): st.column_config.TextColumn(pinned=True, width=150),
            _("Total"): st.column_config.NumberColumn(width=70),
            **{column.heading: st.column_config.NumberColumn(width=130) for column in book.columns},
        },
        placeholder="–",
        on_select="rerun",
        selection_mode="single-cell",
        key="grades",
        alt=_("Learners by assessments, in percent"),
    )
    if shown.pages > 1:
        st.pagination(shown.pages, key="grade_page")
    chosen = picked.selection.cells if picked else []
    if chosen and chosen != st.session_state.get("_picked"):
        place, heading = chosen[0]
        column = next((one for one in book.columns if one.heading == heading), None)
        if place < len(shown.rows):
            st.session_state["_picked"] = chosen
            grade_dialogs.set_grade(
                viewer, book, shown.rows, shown.rows[place].learner_id, column.id if column else None
            )
    elif not chosen:
        st.session_state.pop("_picked", None)


frame.head(_("Gradebook"), plain(book.course_title))
wanted = filters()
with frame.reading() as session:
    shown = queries.shown(session, book, wanted)
actions(replace(wanted, page=1))
if not book.columns:
    frame.empty(_("Nothing to grade yet"), _("Publish a quiz or an exam in a lesson of this course first."), "quiz")
elif not shown.rows:
    is_narrowed = bool(wanted.search or wanted.cohort_id)
    frame.empty(
        _("Nobody fits") if is_narrowed else _("No learners yet"),
        _("Try another name or cohort.") if is_narrowed else _("They appear here as soon as they join the course."),
        "group",
    )
else:
    body(shown)
