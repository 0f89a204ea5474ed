"""Pages and films of other sites: shown in a frame to who asks for them, and as a link where they can't be shown."""

from __future__ import annotations

from urllib.parse import urlsplit

import streamlit as st

from learncraft.courses import embeds
from learncraft.language import _
from pages.shared.render import plain


def show(address: str, name: str, key: str, *, height: int = 400, label: str | None = None) -> None:
    """A page of another site in a frame; that site hears of nobody who doesn't ask for it."""
    host = urlsplit(address).hostname or ""
    asked, place = f"shown-{key}", st.empty()
    label = label or _("Show what is on {host}", host=host)
    is_asked = st.session_state.get(asked) == host  # by the host: another lesson may have a block of the same name
    if is_asked or place.button(label, key=f"embed-{key}", icon=":material/visibility:"):
        st.session_state[asked] = host
        place.empty()
        st.iframe(address, height=height, alt=name)
        return
    st.caption(_("Then {host} learns that you are here. Nothing is asked of it before.", host=host))


def elsewhere(url: str, words: str) -> None:
    """Say that a page of another site isn't shown here, with the way to it."""
    page = embeds.elsewhere(url)
    if page is not None:
        host, address = page
        words = f"{words} [{_('Open it on {host}', host=plain(host))}]({address})"
    st.info(words, icon=":material/block:")
