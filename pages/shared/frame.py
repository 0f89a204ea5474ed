"""The frame of every page: brand, width, head, and how actions and missing things are shown."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TypeVar

import streamlit as st
from sqlalchemy.orm import Session
from streamlit.navigation.page import Page

from learncraft import runtime
from learncraft.errors import LearnCraftError
from learncraft.language import Spoken, _
from pages.shared import navigation, people

T = TypeVar("T")

HERE = Path(__file__).parent
_NOTICE = "_notice"
_THIS = Spoken(
    {
        "page": "This page",
        "course": "This course",
        "lesson": "This lesson",
        "offering": "This offering",
        "attempt": "This attempt",
        "assessment": "This assessment",
        "chat": "This conversation",
        "thread": "This discussion",
        "discussion": "This discussion",
        "question": "This question",
    }
)


def begin() -> None:
    """Set the icon of the browser's tab before anything else.

    Streamlit's menu would otherwise fetch the page's own icon from a font server on the network.
    """
    st.set_page_config(page_title=runtime.current().settings.site_name, page_icon=_text("mark.svg"))


def draw(page: Page) -> None:
    """Draw what every page has, before the page itself."""
    site = runtime.current().settings.site_name
    st.set_page_config(
        page_title=f"{page.title} · {site}",
        layout="wide" if navigation.is_wide(page.url_path) else "centered",
    )
    st.logo(_text("brand.svg"), icon_image=_text("brand.svg"), size="large")
    st.html(f"<style>{_text('frame.css')}</style>")
    show_notice()


@cache
def _text(name: str) -> str:
    return (HERE / name).read_text(encoding="utf-8")


def head(title: str, context: str = "") -> None:
    """The title of a page, and one line that says what it is about."""
    st.title(title, anchor=False)
    if context:
        st.caption(context)


@contextmanager
def reading() -> Iterator[Session]:
    """A read-only session for what a page shows; a database that is away is said in words."""
    try:
        with runtime.current().database.reading(people.acting()) as session:
            yield session
    except LearnCraftError as error:
        st.error(str(error), icon=":material/cloud_off:")
        st.stop()


@contextmanager
def action(done: str = "") -> Iterator[Session]:
    """A transaction for what a person asked for: commits and says `done`, or shows the error in words.

    The run ends after an error, so nothing below pretends that it worked.
    """
    try:
        with runtime.current().database.transaction(people.acting()) as session:
            yield session
    except LearnCraftError as error:
        st.error(str(error), icon=":material/error:")
        st.stop()
    if done:
        notify(done)


@contextmanager
def saving() -> Iterator[Session | None]:
    """Like `action`, for callbacks: an error is kept and shown at the top of the next run."""
    try:
        with runtime.current().database.transaction(people.acting()) as session:
            yield session
    except LearnCraftError as error:
        st.session_state["_error"] = str(error)


def show_kept_error() -> None:
    """Show what a callback could not do."""
    if message := st.session_state.pop("_error", None):
        st.error(message, icon=":material/error:")


def notify(words: str) -> None:
    """Say on the next run that something is done."""
    st.session_state[_NOTICE] = words


def show_notice() -> None:
    """Show what was done. A fragment whose buttons do things calls this itself, since the frame isn't drawn anew."""
    if notice := st.session_state.pop(_NOTICE, None):
        st.toast(notice, icon=":material/check_circle:")


def require(found: T | None, *, what: str = "page") -> T:
    """The thing that was looked up, or a sentence that it isn't there, which ends the run."""
    if found is None:
        st.title(_("Not found"), anchor=False)
        st.markdown(
            _(
                "{this} does not exist, or it is not open to you. The address may be mistyped or out of date.",
                this=_THIS[what],
            )
        )
        st.page_link("pages/learn/catalogue.py", label=_("Look in the catalogue"), icon=":material/explore:")
        st.stop()
    return found


def empty(title: str, words: str, icon: str = "inbox") -> None:
    """An empty state: why there is nothing, and the one thing to do."""
    with st.container(border=True, horizontal_alignment="center", gap="small"):
        st.markdown(f"**:material/{icon}: {title}**")
        st.caption(words)
