"""Catalogue: which course shall I take?"""

from __future__ import annotations

import html

import streamlit as st

from learncraft.courses.models import CourseCategory, SkillLevel
from learncraft.enrollment.catalogue import PAGE_SIZE, CourseCard, catalogue
from pages.shared import frame, people, words
from pages.shared.render import plain

viewer = people.viewer()
frame.head("Catalogue", "Courses that are open to you. Enroll on a course's page; leave whenever you like.")

with st.container(horizontal=True, vertical_alignment="bottom"):
    search = st.text_input(
        "Search",
        key="q",
        bind="query-params",
        placeholder="A subject, a word, a tag",
        icon=":material/search:",
        width=320,
    )
    category = st.selectbox(
        "Subject",
        list(words.CATEGORIES.values()),
        index=None,
        key="subject",
        bind="query-params",
        placeholder="Any subject",
        width=220,
    )
    level = st.selectbox(
        "Level",
        list(words.LEVELS.values()),
        index=None,
        key="level",
        bind="query-params",
        placeholder="Any level",
        width=180,
    )

categories: dict[str, CourseCategory] = {name: key for key, name in words.CATEGORIES.items()}
levels: dict[str, SkillLevel] = {name: key for key, name in words.LEVELS.items()}
page = st.session_state.get("catalogue_page", 1)
with frame.reading() as session:
    found = catalogue(
        session,
        viewer_id=viewer.id,
        search=search or "",
        category=categories[category] if category else None,
        level=levels[level] if level else None,
        page=page,
    )


def card(course: CourseCard) -> None:
    """One course at a glance."""
    with st.container(border=True, height="stretch"):
        if course.thumbnail_url:
            st.html(f'<img class="lc-cover" src="{html.escape(course.thumbnail_url)}" alt="" loading="lazy">')
        st.page_link("pages/learn/course.py", label=f"**{plain(course.title)}**", query_params={"course": course.slug})
        st.caption(
            f"{words.CATEGORIES[course.category]} · {words.LEVELS[course.skill_level]} · "
            f"{words.counted(course.lessons, 'lesson')} · {words.minutes(course.duration_minutes)}"
        )
        st.markdown(plain(course.short_description))
        if course.percent is not None:
            st.progress(float(course.percent) / 100, text=f"You are in this course: {course.percent:.0f} %")
        else:
            price = "Free" if not course.price else f"{course.price:.2f}"
            st.caption(f"{price} · {words.counted(course.learners, 'learner')} · by {plain(course.instructor)}")


if not found.cards:
    frame.empty("No course fits", "Try fewer words, or another subject or level.", "search_off")
else:
    st.caption(f"{words.counted(found.total, 'course')}")
for first in range(0, len(found.cards), 3):
    for column, one in zip(st.columns(3), found.cards[first : first + 3], strict=False):
        with column:
            card(one)
if found.total > PAGE_SIZE:
    st.pagination(-(-found.total // PAGE_SIZE), key="catalogue_page")
