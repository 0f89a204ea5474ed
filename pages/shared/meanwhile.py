"""What somebody else wrote meanwhile, beside one's own, and the choice between both."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import streamlit as st

from learncraft.language import _


def choose(said: str, lines: Sequence[str], *, name: str, mine: str = "") -> Literal["theirs", "mine"] | None:
    """Theirs beside one's own, line by line, and what the viewer wants to stand; None until they have said."""
    with st.container(border=True):
        st.warning(said, icon=":material/group:")
        st.caption(_("Theirs, marked −, and yours, marked +"))
        st.code("\n".join(lines) or _("Both say the same."), language="diff", wrap_lines=True)
        with st.container(horizontal=True):
            help_ = _("What you typed is gone then.")
            theirs = st.button(_("Load theirs"), key=f"theirs-{name}", icon=":material/download:", help=help_)
            if st.button(mine or _("Keep mine"), key=f"mine-{name}", icon=":material/check:"):
                return "mine"
    return "theirs" if theirs else None
