"""The tutor in my course: what may it do during quizzes, and how are lessons told to whom?"""

from __future__ import annotations

from uuid import UUID

import streamlit as st

from learncraft import runtime
from learncraft.assessments import live
from learncraft.assessments.live import HelpRule
from learncraft.assessments.models import TutorHelp
from learncraft.courses import queries as courses
from learncraft.courses.queries import CourseName, LessonName
from learncraft.tutor import personas, variants
from learncraft.tutor.personas import PERSONAS
from learncraft.tutor.variants import Variant
from pages.shared import filters, frame, navigation, people, words
from pages.shared.render import plain

BY_TYPE = "By its type"
HELP = {
    TutorHelp.NOTHING: "No tutor",
    TutorHelp.HINTS: "Hints, never the answer",
    TutorHelp.ANSWERS: "Hints and answers",
}

viewer = people.viewer(*navigation.TEACHERS)
with frame.reading() as session:
    taught = {one.id: one for one in courses.taught_names(session, viewer)}
frame.head(
    "The tutor in a course", "What it may do while a quiz is open, and lessons told for those who learn otherwise."
)
if not taught:
    frame.empty("No course yet", "Import or make a course first.", "co_present")
    st.stop()
course: CourseName = filters.course(taught)
with frame.reading() as session:
    rules = live.help_rules(session, course.id)
    lessons = courses.lesson_names(session, course.id)
    tellings = variants.of_course(session, viewer, course.id)


def rule(one: HelpRule) -> None:
    """What the tutor may do in one assessment. A choice is kept at once."""
    usual = HELP[live.help_in(one.kind, None)].lower()
    labels = {f"{BY_TYPE}: {usual}": None} | {label: help for help, label in HELP.items()}
    chosen = next(label for label, help in labels.items() if help == one.chosen)
    key = f"rule-{one.assessment_id}"
    st.session_state.setdefault(key, chosen)
    st.selectbox(
        f"{plain(one.title)} · {one.kind.value} in {plain(one.lesson)}",
        list(labels),
        key=key,
        on_change=choose,
        args=(one.assessment_id, labels, key),
    )


def choose(assessment_id: UUID, labels: dict[str, TutorHelp | None], key: str) -> None:
    """Keep a choice; open attempts follow it at once."""
    with frame.saving() as session:
        if session is not None:
            live.choose_help(session, viewer, assessment_id=assessment_id, chosen=labels[st.session_state[key]])


def telling(one: Variant) -> None:
    """One telling: read it, change it, show it or take it back."""
    state = "learners may choose it" if one.is_published else "waits for your yes"
    icon = ":material/public:" if one.is_published else ":material/hourglass:"
    with st.expander(f"{plain(one.lesson)} · {personas.title(one.key)} · {state}", icon=icon):
        text = st.text_area("Text, in Markdown", one.text, key=f"text-{one.id}", height=320, max_chars=variants.LONGEST)
        with st.container(horizontal=True):
            label = "Save" if one.is_published else "Approve and show"
            if st.button(label, key=f"approve-{one.id}", type="primary", icon=":material/check:"):
                with frame.action("Learners may choose it") as session:
                    variants.write(session, viewer, lesson_id=one.lesson_id, key=one.key, text=text or "", publish=True)
                st.rerun()
            if one.is_published and st.button("Take back", key=f"back-{one.id}", icon=":material/visibility_off:"):
                with frame.action("Learners read the lesson as it was written") as session:
                    variants.approve(session, viewer, variant_id=one.id, is_published=False)
                st.rerun()
            if st.button("Delete", key=f"delete-{one.id}", icon=":material/delete:", type="tertiary"):
                with frame.action("This telling is deleted") as session:
                    variants.remove(session, viewer, variant_id=one.id)
                st.rerun()


@st.dialog("Tell a lesson anew", width="large", icon=":material/style:")
def new_telling(found: list[LessonName]) -> None:
    """Tell a lesson anew: write it, or have it written where a language model is set."""
    has_model = runtime.current().settings.tutor_url is not None
    left, right = st.columns(2)
    lesson = left.selectbox("Lesson", found, format_func=lambda one: f"{one.place}. {one.title}", key="anew-lesson")
    key = right.selectbox("For", list(PERSONAS), format_func=personas.title, key="anew-for")
    text = st.text_area("Text, in Markdown", key="anew-text", height=320, max_chars=variants.LONGEST)
    st.caption("Quizzes, videos and files of the lesson stay as they are.")
    with st.container(horizontal=True):
        if st.button("Save for later", key="anew-save", type="primary", icon=":material/save:") and lesson and key:
            with frame.action("Saved; learners don't see it yet") as session:
                variants.write(session, viewer, lesson_id=lesson.id, key=key, text=text or "", publish=False)
            st.rerun()
        if (
            has_model
            and st.button("Have it written", key="anew-ask", icon=":material/auto_awesome:")
            and lesson
            and key
        ):
            with frame.action("It is being written. You find it here when it is done") as session:
                variants.ask_for(session, viewer, lesson_id=lesson.id, key=key)
            st.rerun()


frame.show_kept_error()
st.header("While a quiz is open", anchor=False)
if rules:
    for each in rules:
        rule(each)
else:
    st.caption("This course has no quiz.")
st.header("Lessons told anew", anchor=False)
waiting = sum(not one.is_published for one in tellings)
shown = f"{words.counted(len(tellings) - waiting, 'telling')} to choose from, {waiting} waiting for your yes. "
st.caption(
    f"{shown if tellings else ''}The same lesson with examples from sports, or step by step: learners choose it beside "
    "the lesson, and the tutor then answers from it."
)
if lessons and st.button("Tell a lesson anew", key="anew", icon=":material/style:"):
    new_telling(lessons)
for one in tellings:
    telling(one)
