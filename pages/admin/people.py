"""People: who has an account, and what may each do?"""

from __future__ import annotations

import pandas as pd
import streamlit as st

from learncraft.accounts import queries, service
from learncraft.accounts.models import UserRole
from pages.shared import frame, navigation, people, words
from pages.shared.render import plain

viewer = people.viewer(*navigation.ADMINS)
frame.head("People", "Everybody with an account. Choose a row to change a role or close an account.")

search = st.text_input(
    "Search",
    key="q",
    bind="query-params",
    placeholder="The beginning of a name or an address",
    icon=":material/search:",
    width=360,
)
page = st.session_state.get("people_page", 1)
with frame.reading() as session:
    found = queries.list_users(session, search=search or "", page=page)

if not found.users:
    frame.empty("Nobody fits", "Try the first letters of the name or of the address.", "person_search")
    st.stop()

table = pd.DataFrame(
    [
        (
            user.full_name,
            user.email,
            people.ROLE_NAMES[user.role],
            "active" if user.is_active else "closed",
            words.when(user.last_login_at, viewer.time_zone) if user.last_login_at else "never",
        )
        for user in found.users
    ],
    columns=["Name", "Address", "Role", "Account", "Last signed in"],
)
if found.total < queries.MOST_COUNTED:
    st.caption(words.counted(found.total, "person", "people"))
else:
    st.caption(f"The newest {found.total:,} of more people. Search for a name to find the others.")
chosen = st.dataframe(table, hide_index=True, on_select="rerun", selection_mode="single-row", key="people")
if found.total > queries.PAGE_SIZE:
    st.pagination(-(-found.total // queries.PAGE_SIZE), key="people_page")

rows = chosen.selection.rows if chosen else []
if rows and rows[0] < len(found.users):
    user = found.users[rows[0]]
    with st.container(border=True):
        st.subheader(plain(user.full_name), anchor=False)
        st.caption(plain(user.email))
        roles = list(UserRole)
        with st.container(horizontal=True, vertical_alignment="bottom"):
            role = st.selectbox(
                "Role",
                roles,
                index=roles.index(user.role),
                format_func=people.ROLE_NAMES.__getitem__,
                key=f"role-{user.id}",
                width=240,
            )
            if st.button("Save role", type="primary", key="save-role", disabled=role == user.role):
                with frame.action(f"{user.full_name} is now {people.ROLE_NAMES[role].lower()}") as session:
                    service.set_role(session, user.id, role)
                st.rerun()
            label, icon = (
                ("Close account", ":material/block:") if user.is_active else ("Open account", ":material/lock_open:")
            )
            if st.button(label, key="toggle", icon=icon, disabled=user.id == viewer.id):
                change = service.deactivate if user.is_active else service.activate
                with frame.action(f"{user.full_name}: {label.lower()}, done") as session:
                    change(session, user.id)
                st.rerun()
