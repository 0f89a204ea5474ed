"""The switch between the ways in which a lesson is told; the choice is kept for the lesson."""

from __future__ import annotations

import streamlit as st

from learncraft.accounts.viewer import Viewer
from learncraft.courses import telling
from learncraft.courses.blocks import LessonContent
from learncraft.enrollment.queries import LessonView
from learncraft.language import _, noted
from learncraft.tutor import personas, profiles
from learncraft.tutor.variants import ToldFor
from pages.shared import frame

WRITTEN = noted("As written")


def content(lesson: LessonView, tellings: list[ToldFor]) -> LessonContent:
    """What the viewer reads: the telling that they chose, else the lesson as it was written."""
    chosen = next((one for one in tellings if one.is_chosen), None)
    return telling.told(lesson.content, chosen.telling) if chosen else lesson.content


def switch(viewer: Viewer, lesson: LessonView, tellings: list[ToldFor]) -> None:
    """Choose how the lesson is told, where it is told in more ways than one."""
    if not tellings:
        return
    titles = {WRITTEN: None} | {personas.title(one.key): one.key for one in tellings}
    chosen = next(
        (title for title, key in titles.items() for one in tellings if one.is_chosen and key == one.key), WRITTEN
    )
    key = f"told-{lesson.id}"
    st.session_state.setdefault(key, chosen)
    st.segmented_control(
        _("Told"),
        list(titles),
        format_func=_,
        key=key,
        required=True,
        label_visibility="collapsed",
        on_change=_choose,
        args=(viewer, lesson, titles, key),
    )


def _choose(viewer: Viewer, lesson: LessonView, titles: dict[str, str | None], key: str) -> None:
    with frame.saving() as session:
        if session is not None:
            profiles.choose(session, viewer_id=viewer.id, lesson_id=lesson.id, key=titles[st.session_state[key]])
