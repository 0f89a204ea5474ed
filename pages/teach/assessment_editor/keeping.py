"""Keeping what is typed: what somebody else changed meanwhile is said, and never overwritten unseen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

import streamlit as st
from sqlalchemy.orm import Session

from learncraft import runtime
from learncraft.assessments.errors import DraftChangedError
from learncraft.errors import LearnCraftError
from learncraft.language import _
from pages.shared import people


def save(write: Callable[[Session], None], *, name: str) -> bool:
    """Keep a change; says whether it is kept. What stands in the fields stays there when it isn't."""
    try:
        with runtime.current().database.transaction(people.acting()) as session:
            write(session)
    except DraftChangedError as error:
        st.session_state[f"conflict-{name}"] = str(error)
    except LearnCraftError as error:
        st.error(_("{error} What you typed still stands here.", error=error), icon=":material/error:")
    else:
        st.session_state.pop(f"conflict-{name}", None)
        return True
    return False


def conflict(name: str, lines: Sequence[str], *, load: Callable[[], None], keep: Callable[[], object]) -> None:
    """What to do about a part that somebody else changed meanwhile; `lines` tell theirs from one's own."""
    if words := st.session_state.get(f"conflict-{name}"):
        choice = choose(words, lines, name=name)
        if choice is not None:
            del st.session_state[f"conflict-{name}"]
            if choice == "theirs":
                load()
            else:
                keep()
            st.rerun()


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
