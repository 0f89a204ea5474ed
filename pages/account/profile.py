"""Profile: how others see me, and how I like the platform."""

from __future__ import annotations

from zoneinfo import available_timezones

import streamlit as st

from learncraft.accounts import queries, service
from pages.shared import frame, people

viewer = people.viewer()
with frame.reading() as session:
    profile = queries.profile(session, viewer.id)

frame.head("Profile", f"{profile.email} · {people.ROLE_NAMES[viewer.role]}")

with st.form("profile"):
    first, last = st.columns(2)
    first_name = first.text_input("First name", profile.first_name, max_chars=100)
    last_name = last.text_input("Last name", profile.last_name, max_chars=100)
    bio = st.text_area("About you", profile.bio or "", max_chars=2000, help="Learners see it on the courses you teach.")
    zones = sorted(available_timezones())
    time_zone = st.selectbox(
        "Time zone",
        zones,
        index=zones.index(viewer.time_zone) if viewer.time_zone in zones else zones.index("UTC"),
        help="Days in charts and dates on pages are those of this zone.",
    )
    wants_mail = st.checkbox(
        "Letters about what concerns me",
        profile.email_notifications,
        help="When somebody names you in a discussion. Answers to what you asked for come in any case.",
    )
    weekly_letter = None
    if viewer.teaches:
        weekly_letter = st.checkbox(
            "A letter every Monday about the courses I teach",
            profile.weekly_letter,
            help="How many were active, joined and finished, and who may need a word from you.",
        )
    if st.form_submit_button("Save", type="primary", icon=":material/check:"):
        with frame.action("Your profile is saved") as session:
            service.update_profile(session, viewer.id, first_name=first_name, last_name=last_name, bio=bio)
            service.update_preferences(
                session,
                viewer.id,
                time_zone=time_zone,
                email_notifications=wants_mail,
                weekly_letter=weekly_letter,
            )
        st.rerun()

st.header("Password", anchor=False)
with st.form("password", clear_on_submit=True):
    current = st.text_input("Current password", type="password", autocomplete="current-password")
    new = st.text_input(
        "New password", type="password", autocomplete="new-password", help="At least 10 characters; long is better."
    )
    if st.form_submit_button("Change password", icon=":material/key:"):
        with frame.action("Your password is changed; other sign-ins have ended") as session:
            service.change_password(session, viewer.id, current=current, new=new, keep_family=viewer.family_id)
        st.rerun()
