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
from pages.shared import frame, navigation, people, words
from pages.shared.render import plain

DONE = {"insert": "added", "update": "changed", "delete": "deleted"}

viewer = people.viewer(*navigation.ADMINS)
frame.head("Audit trail", "Who changed what. Entries are written by the database itself, and nobody can change them.")


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
    person = st.text_input("Person", key="person", placeholder="The beginning of an e-mail address", width=260)
    table = st.selectbox("Table", audit.TABLES, index=None, key="table", placeholder="All", width=170)
    action = st.selectbox(
        "Action", audit.ACTIONS, index=None, key="action", placeholder="All", format_func=DONE.__getitem__, width=140
    )
    since = st.date_input("From", value=None, key="since", width=150)
    until = st.date_input("To", value=None, key="until", width=150)
    row = st.text_input("Row", key="row", placeholder="Its identifier", width=260)

try:
    row_id = UUID(row.strip()) if row and row.strip() else None
except ValueError:
    st.error("A row's identifier looks like 01a21805-f00c-78f5-944a-1fbb0e11d95d.", icon=":material/error:")
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
    frame.empty("No entries", "Nothing that fits was changed. Take a filter away.", "history")
    st.stop()

for entry in entries:
    who = plain(entry.who or "The platform")
    name = f"**{who}** {DONE.get(entry.action, plain(entry.action))} {entry.table}"
    with st.expander(f"{words.when(entry.at, viewer.time_zone)} · {name}"):
        st.caption(f"Row {entry.row}. From {entry.address or 'no address'}. {plain(entry.agent or 'No browser.')}")
        st.dataframe(
            pd.DataFrame(
                [(column, shown(entry.before.get(column)), shown(entry.after.get(column))) for column in entry.columns],
                columns=["Column", "Before", "After"],
            ),
            hide_index=True,
        )


def turn(by: int) -> None:
    """Go to another page of entries."""
    st.session_state["_audit_page"] += by


with st.container(horizontal=True):
    st.button("Newer", icon=":material/chevron_left:", disabled=number == 1, on_click=turn, args=(-1,))
    st.button("Older", icon=":material/chevron_right:", disabled=not has_more, on_click=turn, args=(1,))
    if st.button("Make a CSV file", icon=":material/table_view:"):
        with frame.reading() as session:
            exported = as_csv(audit.export(session, wanted))
        st.download_button(
            "Download", exported, "audit.csv", "text/csv", icon=":material/download:", type="primary", on_click="ignore"
        )
