"""Sign-ins: where am I signed in, and is each of them me?"""

from __future__ import annotations

import streamlit as st

from learncraft.accounts import sessions
from learncraft.language import _
from pages.shared import frame, people, words
from pages.shared.render import plain

viewer = people.viewer()
with frame.reading() as session:
    families = sessions.list_families(session, viewer.id, current=viewer.family_id)

frame.head(
    _("Sign-ins"), _("The browsers that are signed in as you. End those that you don't know, and change your password.")
)
if len(families) > 1 and st.button(_("End all others"), key="end-others", icon=":material/logout:"):
    with frame.action(_("All other sign-ins have ended")) as session:
        sessions.revoke_all(session, viewer.id, except_family=viewer.family_id)
    st.rerun()
for one in families:
    with st.container(border=True, horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        with st.container(width="content", gap=None):
            st.markdown(f"**{plain(one.device)}**{' · ' + _('this browser') if one.is_current else ''}")
            st.caption(
                _(
                    "{place} · since {since} · last used {last_used}",
                    place=plain(one.place),
                    since=words.when(one.signed_in_at, viewer.time_zone),
                    last_used=words.when(one.last_used_at, viewer.time_zone),
                )
            )
        if not one.is_current and st.button(_("End"), key=f"end-{one.family_id}", icon=":material/logout:"):
            with frame.action(_("That sign-in has ended")) as session:
                sessions.revoke_family(session, one.family_id, owner_id=viewer.id)
            st.rerun()
