"""How I learn: what the tutor knows of how I like to be told, and how I change or delete that."""

from __future__ import annotations

import streamlit as st

from learncraft.language import Spoken, _, numbers
from learncraft.tutor import personas, profiles
from learncraft.tutor.personas import PERSONAS, QUESTIONNAIRE
from learncraft.tutor.profiles import Choice, Profile
from pages.shared import frame, people, words
from pages.shared.render import plain

HABIT_WORDS = Spoken(
    {
        "videos": "videos watched to the end: {count}",
        "hints": "hints asked for: {count}",
        "labs": "labs begun: {count}",
        "notes": "notes written: {count}",
        "flashcards": "flashcards turned: {count}",
    }
)

viewer = people.viewer()
with frame.reading() as session:
    profile = profiles.mine(session, viewer.id)
    chosen = profiles.choices(session, viewer.id)


def known(found: Profile) -> None:
    """The profile in words, with all that it rests on."""
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            st.subheader(_(personas.title(found.key)), anchor=False, width="content")
            if not found.is_own_choice:
                st.badge(
                    _("{confidence} sure", confidence=words.percent(found.confidence)),
                    icon=":material/psychology:",
                    color="blue",
                )
        st.markdown(plain(personas.retold(found.summary)))
        counted = [
            HABIT_WORDS[name].format(count=numbers.number(count))
            for name, count in found.habits.items()
            if count and name in HABIT_WORDS
        ]
        beside = f" ({', '.join(counted)})" if counted else ""
        st.caption(
            _(
                "Read {when}{beside}. Only you see this. The tutor uses it when you ask it to explain something "
                "differently.",
                when=words.when(found.analyzed_at, viewer.time_zone),
                beside=beside,
            )
        )


def questionnaire() -> None:
    """Four questions; what was answered before is still chosen."""
    answered = profile.answers if profile else {}
    with st.form("questionnaire"):
        answers = {}
        for question in QUESTIONNAIRE:
            choices = [choice for choice, _persona in question.choices]
            before = answered.get(question.key)
            answers[question.key] = st.radio(
                _(question.text),
                choices,
                index=choices.index(before) if before in choices else None,
                format_func=_,
                key=f"answer-{question.key}",
            )
        if st.form_submit_button(_("Save"), type="primary", icon=":material/check:"):
            given = {key: choice for key, choice in answers.items() if choice is not None}
            with frame.action(_("Your answers are saved")) as session:
                profiles.save(session, viewer_id=viewer.id, answers=given)
            st.rerun()


def own_choice() -> None:
    """Say it oneself, whatever was read."""
    ways = list(PERSONAS)
    with st.form("own-choice"):
        key = st.selectbox(
            _("How do you like to be told?"),
            ways,
            index=ways.index(profile.key) if profile and profile.key in ways else None,
            format_func=lambda one: f"{_(PERSONAS[one].title)}: {_(PERSONAS[one].meaning)}",
            placeholder=_("Choose one"),
        )
        if st.form_submit_button(_("Use this one"), icon=":material/how_to_reg:") and key is not None:
            with frame.action(_("The tutor explains it that way now")) as session:
                profiles.save(session, viewer_id=viewer.id, answers=profile.answers if profile else {}, own_choice=key)
            st.rerun()


def lessons(found: list[Choice]) -> None:
    """What was chosen for lessons, with the way back."""
    st.header(_("Lessons told my way"), anchor=False)
    for one in found:
        with st.container(border=True, horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            with st.container(width="content", gap=None):
                st.page_link("pages/learn/lesson.py", label=plain(one.lesson), query_params={"id": str(one.lesson_id)})
                st.caption(f"{plain(one.course)} · {_(personas.title(one.key))}")
            if st.button(_("As written"), key=f"written-{one.lesson_id}", icon=":material/undo:"):
                with frame.action(_("You read it as it was written again")) as session:
                    profiles.choose(session, viewer_id=viewer.id, lesson_id=one.lesson_id, key=None)
                st.rerun()


def forget() -> None:
    """Delete all of it."""
    with st.popover(_("Delete all of this"), icon=":material/delete:"):
        st.markdown(_("Your answers, what was read from them, and your choices for lessons are deleted."))
        if st.button(_("Delete"), key="forget", type="primary", icon=":material/delete:"):
            with frame.action(_("Nothing is kept of how you learn")) as session:
                profiles.forget(session, viewer_id=viewer.id)
            st.rerun()


frame.head(_("How I learn"), _("Four questions, and what you do here, say how the tutor explains things to you."))
if profile is not None:
    known(profile)
with st.expander(_("The questions"), expanded=profile is None, icon=":material/quiz:"):
    questionnaire()
with st.expander(_("Say it yourself"), icon=":material/how_to_reg:"):
    own_choice()
if chosen:
    lessons(chosen)
if profile is not None or chosen:
    forget()
