"""The menu of views: an insight page with its filters, kept under a name, found again, and sent as an address."""

from __future__ import annotations

import html
from urllib.parse import urlencode

import streamlit as st

from learncraft.accounts.viewer import Viewer
from learncraft.analytics import saved_views
from learncraft.analytics.saved_views import KeptView
from learncraft.language import _
from pages.shared import frame, navigation
from pages.shared.render import plain


def menu(viewer: Viewer, page: str) -> None:
    """Draw it. What is in it is read when it is opened."""
    folded = st.popover(_("Views"), icon=":material/bookmarks:", type="tertiary", on_change="rerun", key="views")
    if not folded.open:
        return
    with folded:
        with frame.reading() as session:
            kept = saved_views.kept_views(session, viewer.id)
        for one in kept:
            _line(viewer, one)
        if not kept:
            st.caption(_("You have kept no view yet."))
        name = st.text_input(
            _("Keep this view as"), key="view_name", max_chars=100, placeholder=_("Course, last 4 weeks")
        )
        if st.button(_("Keep"), key="keep_view", icon=":material/bookmark_add:", disabled=not name.strip()):
            with frame.action(_("The view is kept")) as session:
                saved_views.keep(session, user_id=viewer.id, name=name, page=page, query=_address())
            st.rerun()
        st.caption(_("To send the view to somebody who may see it too, send the address of this page."))


def _line(viewer: Viewer, one: KeptView) -> None:
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        screens = {screen.file: screen for room in navigation.SCREENS.values() for screen in room}
        if one.page in screens:
            # A page that is opened anew takes its filters from the address; a change of pages would keep those of here.
            address = f"/{screens[one.page].address}?{one.query}"
            st.html(f'<a class="lc-view" href="{html.escape(address)}">{html.escape(one.name)}</a>', width="content")
        else:
            st.caption(_("{name}: this page is no longer there.", name=plain(one.name)))
        if st.button(_("Remove"), key=f"forget-{one.id}", icon=":material/delete:", type="tertiary"):
            with frame.action(_("The view “{name}” is removed", name=one.name)) as session:
                saved_views.forget(session, user_id=viewer.id, view_id=one.id)
            st.rerun()


def _address() -> str:
    """The filters as they stand in the address."""
    return urlencode([(name, value) for name in st.query_params for value in st.query_params.get_all(name)])
