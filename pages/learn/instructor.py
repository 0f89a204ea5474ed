"""Who teaches: can I learn from this person, and what?"""

from __future__ import annotations

import streamlit as st

from learncraft.enrollment import instructors
from learncraft.enrollment.instructors import Instructor, TeachersCourse
from learncraft.language import _, numbers
from pages.shared import frame, people, portraits, words
from pages.shared.addresses import uuid_of
from pages.shared.render import plain

viewer = people.viewer()
person_id = frame.require(uuid_of(st.query_params.get("id")), what="profile")
with frame.reading() as session:
    found = frame.require(instructors.instructor(session, person_id, viewer_id=viewer.id), what="profile")


def head(person: Instructor) -> None:
    """The picture, the name, and the line under it."""
    with st.container(horizontal=True, vertical_alignment="center"):
        portraits.show(person.name, person.picture, large=True)
        with st.container(width="stretch", gap=None):
            frame.head(plain(person.name), plain(person.told.headline))


def in_numbers(person: Instructor) -> None:
    """Courses, learners, rating."""
    with st.container(horizontal=True, gap="large"):
        st.metric(_("Courses"), len(person.courses), width="content")
        st.metric(_("Places taken"), numbers.number(person.learners), width="content")
        if person.rating is not None:
            st.metric(
                _("Rating"),
                f"★ {numbers.number(person.rating, 1)}",
                width="content",
                help=words.counted(person.ratings, "rating"),
            )


def course(one: TeachersCourse) -> None:
    """One of their courses."""
    with st.container(border=True, gap="small"):
        st.page_link("pages/learn/course.py", label=f"**{plain(one.title)}**", query_params={"course": one.slug})
        if one.short_description:
            st.markdown(plain(one.short_description))
        rated = f" · {words.stars(one.rating)} ({numbers.number(one.ratings)})" if one.ratings else ""
        st.caption(f"{words.counted(one.learners, 'learner')}{rated}")


head(found)
in_numbers(found)
if found.about:
    st.markdown(plain(found.about))
if found.told.subjects:
    st.caption(_("Teaches {subjects}", subjects=", ".join(plain(subject) for subject in found.told.subjects)))
if found.told.website:
    st.link_button(_("Their own page"), found.told.website, icon=":material/open_in_new:")
if found.id == viewer.id:
    st.page_link("pages/account/profile.py", label=_("Change your profile"), icon=":material/edit:")
if found.courses:
    st.header(_("Courses"), anchor=False)
    for each in found.courses:
        course(each)
else:
    st.caption(_("None of your courses is published yet; others don't see this page until one is."))
