"""My learning: where was I, and what comes next?"""

from __future__ import annotations

import streamlit as st

from learncraft.enrollment import queries
from learncraft.enrollment.models import EnrollmentStatus
from learncraft.enrollment.queries import MyCourse
from pages.shared import frame, people, words
from pages.shared.render import plain

viewer = people.viewer()
with frame.reading() as session:
    courses = queries.my_courses(session, viewer.id)


def continue_at(course: MyCourse) -> None:
    """The way to the next lesson, or back to a finished course."""
    if course.next_lesson_id is None:
        st.page_link(
            "pages/learn/course.py",
            label="Look back at the course",
            icon=":material/history:",
            query_params={"course": course.slug},
        )
        return
    begun = course.last_accessed_at is not None and course.completed_lessons > 0
    label = f"{'Continue' if begun else 'Start'}: {plain(course.next_lesson_title or '')}"
    if st.button(label, type="primary", icon=":material/play_arrow:", key=f"continue-{course.id}"):
        st.switch_page("pages/learn/lesson.py", query_params={"id": str(course.next_lesson_id)})


def card(course: MyCourse) -> None:
    """One course: how far, and the one thing to do next."""
    with st.container(border=True):
        st.subheader(plain(course.title), anchor=False)
        done = f"{course.completed_lessons} of {words.counted(course.total_lessons, 'lesson')}"
        when = (
            f" · last here {words.when(course.last_accessed_at, viewer.time_zone)}" if course.last_accessed_at else ""
        )
        st.progress(float(course.percent) / 100, text=f"{done}{when}")
        with st.container(horizontal=True, vertical_alignment="center"):
            continue_at(course)
            st.page_link(
                "pages/learn/course.py",
                label="Outline",
                icon=":material/toc:",
                query_params={"course": course.slug},
            )


frame.head(f"Hello, {plain(viewer.first_name)}")
st.page_link("pages/learn/notes.py", label="My notes", icon=":material/edit_note:")
under_way = [course for course in courses if course.status == EnrollmentStatus.ACTIVE]
finished = [course for course in courses if course.status == EnrollmentStatus.COMPLETED]

if not courses:
    frame.empty("You are in no course yet", "Pick one from the catalogue; it will wait for you here.", "school")
    st.page_link("pages/learn/catalogue.py", label="Open the catalogue", icon=":material/explore:")
for one in under_way:
    card(one)
if finished:
    st.header("Finished", anchor=False)
    for one in finished:
        card(one)
