"""Audit: who changed what, when, and from where?"""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pandas as pd
import streamlit as st

from learncraft.accounts import audit
from learncraft.accounts.audit import Entry, Wanted
from learncraft.language import Spoken, _, noted
from pages.shared import frame, navigation, people, words
from pages.shared.render import plain

DONE = Spoken({"insert": "added", "update": "changed", "delete": "deleted"})
SENTENCES = {
    "insert": noted("**{who}** added {table}"),
    "update": noted("**{who}** changed {table}"),
    "delete": noted("**{who}** deleted {table}"),
}

viewer = people.viewer(*navigation.ADMINS)
frame.head(
    _("Audit trail"), _("Who changed what. Entries are written by the database itself, and nobody can change them.")
)


def midnight(day: date) -> datetime:
    """When a day begins for the one who looks."""
    return datetime.combine(day, time(), ZoneInfo(viewer.time_zone)).astimezone(UTC)


def as_csv(entries: list[Entry]) -> bytes:
    """One line for each entry. A cell that a spreadsheet would compute is made a text."""
    target = io.StringIO()
    writer = csv.writer(target)
    writer.writerow(["at", "who", "action", "table", "row", "before", "after", "address", "agent"])
    for entry in entries:
        cells = [
            entry.at.isoformat(),
            entry.who or "",
            entry.action,
            entry.table,
            str(entry.row or ""),
            json.dumps(entry.before, ensure_ascii=False),
            json.dumps(entry.after, ensure_ascii=False),
            entry.address or "",
            entry.agent or "",
        ]
        writer.writerow(["'" + cell if cell[:1] in "=+-@\t\r" else cell for cell in cells])
    return target.getvalue().encode()


def shown(value: Any) -> str:
    """A value in a cell."""
    return "" if value is None else value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


with st.container(horizontal=True, vertical_alignment="bottom"):
    person = st.text_input(_("Person"), key="person", placeholder=_("The beginning of an e-mail address"), width=260)
    table = st.selectbox(_("Table"), audit.TABLES, index=None, key="table", placeholder=_("All"), width=170)
    action = st.selectbox(
        _("Action"),
        audit.ACTIONS,
        index=None,
        key="action",
        placeholder=_("All"),
        format_func=DONE.__getitem__,
        width=140,
    )
    since = st.date_input(_("From"), value=None, key="since", format=words.day_field(), width=150)
    until = st.date_input(_("To"), value=None, key="until", format=words.day_field(), width=150)
    row = st.text_input(_("Row"), key="row", placeholder=_("Its identifier"), width=260)

try:
    row_id = UUID(row.strip()) if row and row.strip() else None
except ValueError:
    st.error(_("A row's identifier looks like 01a21805-f00c-78f5-944a-1fbb0e11d95d."), icon=":material/error:")
    st.stop()
wanted = Wanted(
    person or "",
    table,
    row_id,
    action,
    midnight(since) if since else None,
    midnight(until + timedelta(days=1)) if until else None,
)
if st.session_state.get("_audit_wanted") != wanted:
    st.session_state["_audit_wanted"] = wanted
    st.session_state["_audit_page"] = 1
number = st.session_state["_audit_page"]
with frame.reading() as session:
    entries, has_more = audit.find(session, wanted, page=number)

if not entries:
    frame.empty(_("No entries"), _("Nothing that fits was changed. Take a filter away."), "history")
    st.stop()

for entry in entries:
    who = plain(entry.who or _("The platform"))
    name = _(SENTENCES.get(entry.action, "{who} · {table}"), who=who, table=entry.table)
    with st.expander(f"{words.when(entry.at, viewer.time_zone)} · {name}"):
        st.caption(
            _(
                "Row {row}. From {address}. {browser}",
                row=entry.row,
                address=entry.address or _("no address"),
                browser=plain(entry.agent or _("No browser.")),
            )
        )
        st.dataframe(
            pd.DataFrame(
                [(column, shown(entry.before.get(column)), shown(entry.after.get(column))) for column in entry.columns],
                columns=[_("Column"), _("Before"), _("After")],
            ),
            hide_index=True,
        )


def turn(by: int) -> None:
    """Go to another page of entries."""
    st.session_state["_audit_page"] += by


with st.container(horizontal=True):
    st.button(_("Newer"), icon=":material/chevron_left:", disabled=number == 1, on_click=turn, args=(-1,))
    st.button(_("Older"), icon=":material/chevron_right:", disabled=not has_more, on_click=turn, args=(1,))
    if st.button(_("Make a CSV file"), icon=":material/table_view:"):
        with frame.reading() as session:
            exported = as_csv(audit.export(session, wanted))
        st.download_button(
            _("Download"),
            exported,
            "audit.csv",
            "text/csv",
            icon=":material/download:",
            type="primary",
            on_click="ignore",
        )
