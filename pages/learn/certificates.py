"""My certificates: what have I finished, and how do I show it?"""

from __future__ import annotations

import streamlit as st

from learncraft.enrollment.certificates import queries
from learncraft.enrollment.certificates.queries import CertificateView
from learncraft.language import _
from pages.shared import frame, people, words
from pages.shared.render import plain

viewer = people.viewer()
with frame.reading() as session:
    certificates = queries.of_learner(session, viewer.id)


def card(certificate: CertificateView) -> None:
    """One certificate: for what, since when, and the ways to show it."""
    with st.container(border=True):
        st.subheader(plain(certificate.title), anchor=False)
        done = words.when(certificate.completed_at, viewer.time_zone)
        st.caption(_("Completed {done} · number {number}", done=done, number=certificate.number))
        if certificate.is_revoked:
            reason = plain(certificate.revoke_reason or "")
            st.error(_("This certificate was revoked. {reason}", reason=reason), icon=":material/block:")
            return
        with st.container(horizontal=True, vertical_alignment="center"):
            folder = f"/verify/{certificate.number}"
            st.link_button(_("Open the certificate"), f"{folder}/certificate.pdf", icon=":material/picture_as_pdf:")
            st.link_button(_("Page to share"), folder, icon=":material/share:", type="tertiary")
            st.link_button(_("Open Badge"), f"{folder}/badge.jwt", icon=":material/military_tech:", type="tertiary")


frame.head(_("My certificates"), _("Anyone can check them by their number; the page to share says that they count."))
if not certificates:
    frame.empty(
        _("No certificate yet"),
        _("You get one when you finish a course. Go on with one of yours."),
        "workspace_premium",
    )
    st.page_link("pages/learn/home.py", label=_("My learning"), icon=":material/school:")
for one in certificates:
    card(one)
