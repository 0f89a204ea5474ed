"""People: who has an account, and what may each do?"""

from __future__ import annotations

import pandas as pd
import streamlit as st

from learncraft.accounts import queries, service
from learncraft.accounts.models import UserRole
from learncraft.language import _, numbers
from pages.shared import frame, navigation, people, words
from pages.shared.render import plain

viewer = people.viewer(*navigation.ADMINS)
frame.head(_("People"), _("Everybody with an account. Choose a row to change a role or close an account."))

search = st.text_input(
    _("Search"),
    key="q",
    bind="query-params",
    placeholder=_("The beginning of a name or an address"),
    icon=":material/search:",
    width=360,
)
page = st.session_state.get("people_page", 1)
with frame.reading() as session:
    found = queries.list_users(session, search=search or "", page=page)

if not found.users:
    frame.empty(_("Nobody fits"), _("Try the first letters of the name or of the address."), "person_search")
    st.stop()

table = pd.DataFrame(
    [
        (
            user.full_name,
            user.email,
            people.ROLE_NAMES[user.role],
            _("active") if user.is_active else _("closed"),
            words.when(user.last_login_at, viewer.time_zone) if user.last_login_at else _("never"),
        )
        for user in found.users
    ],
    columns=[_("Name"), _("Address"), _("Role"), _("Account"), _("Last signed in")],
)
if found.total < queries.MOST_COUNTED:
    st.caption(words.counted(found.total, "person", "people"))
else:
    st.caption(
        _(
            "The newest {count} of more people. Search for a name to find the others.",
            count=numbers.number(found.total),
        )
    )
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
                _("Role"),
                roles,
                index=roles.index(user.role),
                format_func=people.ROLE_NAMES.__getitem__,
                key=f"role-{user.id}",
                width=240,
            )
            if st.button(_("Save role"), type="primary", key="save-role", disabled=role == user.role):
                done = _("{name} is now: {role}", name=user.full_name, role=people.ROLE_NAMES[role])
                with frame.action(done) as session:
                    service.set_role(session, user.id, role)
                st.rerun()
            if user.is_active:
                label, icon, change = _("Close account"), "block", service.deactivate
                done = _("The account of {name} is closed", name=user.full_name)
            else:
                label, icon, change = _("Open account"), "lock_open", service.activate
                done = _("The account of {name} is open", name=user.full_name)
            if st.button(label, key="toggle", icon=f":material/{icon}:", disabled=user.id == viewer.id):
                with frame.action(done) as session:
                    change(session, user.id)
                st.rerun()
