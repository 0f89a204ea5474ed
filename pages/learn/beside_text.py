"""What stands in a lesson and is no text: its lab, and pages of other sites, which nobody is shown without asking."""

from __future__ import annotations

import streamlit as st

from learncraft.courses import embeds
from learncraft.courses.blocks import EmbedBlock
from learncraft.labs.queries import LabView
from learncraft.language import _
from pages.shared import foreign, words
from pages.shared.render import plain


def lab(one: LabView | None) -> None:
    """What a lab asks. Its environment isn't part of the lesson, and that is said where a button would be missed."""
    if one is None:
        return
    with st.container(border=True):
        st.markdown(f":material/terminal: **{plain(one.title)}**")
        st.caption(_("Lab · {minutes}", minutes=words.minutes(one.minutes)))
        if one.description:
            st.markdown(one.description)
        st.markdown(one.instructions)
        if one.criteria:
            lines = "\n".join(f"- {plain(line)}" for line in one.criteria)
            st.markdown(_("It is done when\n{lines}", lines=lines))
        for path, source in one.starter_files.items():
            with st.expander(plain(path), icon=":material/draft:"):
                st.code(source, language=None)
        st.caption(_("It isn't run or checked here. Read it, and work on it with tools of your own."))


def embed(one: EmbedBlock) -> None:
    """A page of another site, or why it isn't here."""
    address = embeds.address(one.url)
    st.markdown(f":material/web_asset: **{plain(one.title)}**")
    if address is None:
        foreign.elsewhere(one.url, _("This page can't be shown here: its site isn't one that lessons may show."))
    else:
        foreign.show(address, one.title, one.id)
