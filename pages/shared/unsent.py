"""Areas whose text is kept as it is typed and is there again in another tab, until it is sent."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import streamlit as st
from sqlalchemy.orm import Session

from learncraft.accounts import unsent
from learncraft.accounts.viewer import Viewer
from learncraft.language import _
from pages.shared import frame

_keep = st.components.v2.component("learncraft_keep", js=(Path(__file__).parent / "keep.js").read_text("utf-8"))


def as_it_is_typed() -> None:
    """Let the areas of containers whose key begins with `writing` give their text after each pause."""
    _keep(key="keep-typed")


def kept(viewer: Viewer, beginning: str) -> dict[str, str]:
    """What somebody typed at the places whose names begin so."""
    with frame.reading() as session:
        return unsent.kept(session, viewer.id, beginning)


def area(viewer: Viewer, label: str, place: str, known: Mapping[str, str], **more: Any) -> str:
    """An area that begins with what was typed at its place. `as_it_is_typed` lets it give its text at each pause."""
    before = known.get(place, "")
    with st.container(key=f"writing-{key(place)}"):
        typed = st.text_area(label, before, key=key(place), **more) or ""
    if typed != before:
        keep(viewer, place, typed)
    if typed.strip():
        st.caption(f":material/cloud_done: {_('Kept for you until you send it.')}")
    return typed


def key(place: str) -> str:
    """The key of the field at a place: another one once what stood in it was sent, so that it is empty again."""
    sent: int = st.session_state.setdefault(f"unsent-{place}", 0)
    return f"{place}-{sent}"


def keep(viewer: Viewer, place: str, words: str) -> None:
    """Keep what stands at a place now; nothing, once it was emptied."""
    with frame.action() as session:
        unsent.keep(session, viewer.id, place, words)


def sent(session: Session, viewer: Viewer, place: str) -> None:
    """It is where it belongs now: in its transaction, what was kept goes, and the area is empty again."""
    unsent.forget(session, viewer.id, place)
    st.session_state[f"unsent-{place}"] = st.session_state.get(f"unsent-{place}", 0) + 1
