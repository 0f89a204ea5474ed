"""Snippets of a search: the text around its hits, with the hits marked."""

from __future__ import annotations

import html

import streamlit as st

from learncraft.enrollment.search_query import Snippet


def as_html(snippet: Snippet) -> str:
    """The snippet as HTML in which nothing but the marks is a tag."""
    return "".join(f"<mark>{html.escape(words)}</mark>" if hit else html.escape(words) for words, hit in snippet)


def show(snippet: Snippet) -> None:
    """Show a snippet."""
    st.html(f'<p class="lc-snippet">{as_html(snippet)}</p>')
