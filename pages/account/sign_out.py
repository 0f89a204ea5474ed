"""Sign out, after asking once."""

from __future__ import annotations

import streamlit as st

from learncraft.accounts import sessions
from learncraft.language import _
from pages.shared import frame, people

viewer = people.viewer()
frame.head(_("Sign out"), _("You are signed in as {email}.", email=viewer.email))
if st.button(_("Sign out"), type="primary", icon=":material/logout:", key="sign-out"):
    with frame.action() as session:
        sessions.revoke_family(session, viewer.family_id, owner_id=viewer.id, reason="signed_out")
    # The cookie is worthless now; the sign-in form replaces it. Only the browser can leave this page.
    st.html("<script>window.location.assign('/auth/sign-in')</script>", unsafe_allow_javascript=True)
    st.markdown(_("You are signed out. [Sign in again](/auth/sign-in)"))
    st.stop()
