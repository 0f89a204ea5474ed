"""Popovers that close once what they are for is done: Streamlit leaves one open, with what was typed in it."""

from __future__ import annotations

import streamlit as st


def key(popover: str, field: str = "") -> str:
    """The key of a popover, or of a field in it, until it is closed; both begin anew then, under another key."""
    times = st.session_state.get(_place(popover), 0)
    return f"{field or popover}-{times}" if times else field or popover


def close(popover: str) -> None:
    """Close it with the next run."""
    st.session_state[_place(popover)] = st.session_state.get(_place(popover), 0) + 1


def _place(popover: str) -> str:
    return f"closed-{popover}"
