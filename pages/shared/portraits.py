"""The picture of a person; the first letters of the name where there is none."""

from __future__ import annotations

import html

import streamlit as st


def show(name: str, picture: str | None, *, large: bool = False) -> None:
    """A round picture beside a name that is written next to it, so screen readers skip it."""
    size = "lc-portrait lc-large" if large else "lc-portrait"
    if picture:
        shown = f'<img class="{size}" src="{html.escape(picture)}" alt="" loading="lazy">'
    else:
        letters = "".join(part[0] for part in name.split()[:2]).upper()
        shown = f'<span class="{size}" aria-hidden="true">{html.escape(letters)}</span>'
    st.html(shown, width="content")
