"""Keeping what is typed: what somebody else changed meanwhile is said, and never overwritten unseen."""

from __future__ import annotations

from collections.abc import Callable

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


def conflict(name: str, *, load: Callable[[], None], keep: Callable[[], object]) -> None:
    """What to do about a part that somebody else changed meanwhile."""
    if words := st.session_state.get(f"conflict-{name}"):
        with st.container(border=True):
            st.warning(words, icon=":material/group:")
            with st.container(horizontal=True):
                if st.button(_("Load theirs"), key=f"theirs-{name}"):
                    del st.session_state[f"conflict-{name}"]
                    load()
                    st.rerun()
                if st.button(_("Keep mine"), key=f"mine-{name}"):
                    del st.session_state[f"conflict-{name}"]
                    keep()
                    st.rerun()
