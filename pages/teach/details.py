"""What a course says of itself, and on which terms people join it. Without a course in the address: a new one."""

from __future__ import annotations

import html

import streamlit as st

from learncraft import runtime
from learncraft.authoring import details as service
from learncraft.authoring import pictures, sharing
from learncraft.authoring.queries import BuiltCourse
from learncraft.authoring.sharing import Helper
from learncraft.courses.teaching import decides_on
from learncraft.language import _
from pages.shared import building, frame, navigation, people, unsent
from pages.shared.render import plain
from pages.teach import course_terms, course_words, new_course

viewer = people.viewer(*navigation.TEACHERS)


def edit(course: BuiltCourse) -> None:
    """What a course says of itself, and its terms."""
    building.head(course, "details")
    if course.is_in_review:
        st.info(_("The course is in review. Withdraw it to change what it says."), icon=":material/hourglass:")
    with frame.reading() as session:
        offer = service.offer_of(session, course.id)
        choices = service.required_choices(session, viewer, course.id)
        helpers = sharing.helpers(session, course.id)
    unsent.as_it_is_typed()
    course_words.write(viewer, course)
    picture(course)
    if decides_on(viewer, course.instructor_id):
        course_terms.change(viewer, course, offer, choices)
    people_of(course, helpers)


def people_of(course: BuiltCourse, helpers: list[Helper]) -> None:
    """Who teaches the course: its instructor, and who helps."""
    is_own = decides_on(viewer, course.instructor_id)
    with st.container(border=True):
        st.subheader(_("Who teaches it"), anchor=False)
        st.markdown(f":material/person: **{plain(course.instructor)}**, {_('instructor')}")
        for one in helpers:
            with st.container(horizontal=True, vertical_alignment="center"):
                st.markdown(f":material/group: {plain(one.name)}, {plain(one.email)}", width="content")
                if (is_own or one.id == viewer.id) and st.button(
                    _("Leave") if one.id == viewer.id else _("Remove"), key=f"remove-{one.id}", type="tertiary"
                ):
                    with frame.action(_("The course is built without them from now on")) as session:
                        sharing.remove_helper(session, viewer, course.id, one.id)
                    st.rerun()
        if not is_own:
            return
        email = st.text_input(_("E-mail of somebody who teaches"), key="asked", max_chars=255)
        with st.container(horizontal=True):
            if st.button(_("Let them help"), icon=":material/person_add:", disabled=not email):
                with frame.action(_("They find the course among theirs")) as session:
                    sharing.add_helper(session, viewer, course.id, email)
                st.rerun()
            with st.popover(
                _("Hand the course over"), icon=":material/swap_horiz:", disabled=not email, key="hand-over"
            ):
                st.markdown(
                    _(
                        "{email} decides from then on about its price, its helpers, and whose it is. You stay as a "
                        "helper; only they, or a content admin, can give it back.",
                        email=plain(email or ""),
                    )
                )
                if st.button(_("Hand it over"), type="primary", key="hand-over-sure"):
                    with frame.action(_("The course is theirs; you help from now on")) as session:
                        sharing.hand_over(session, viewer, course.id, email)
                    st.rerun()


def picture(course: BuiltCourse) -> None:
    """The picture of the course."""
    with st.container(border=True):
        st.subheader(_("Picture"), anchor=False)
        if course.details.thumbnail_url:
            st.html(
                f'<img src="{course.details.thumbnail_url}" style="max-width:20rem"'
                f' alt="{html.escape(_("The picture of the course"))}">'
            )
        given = st.file_uploader(
            _("A PNG, JPEG or WebP file of at most 5 MB"),
            type=["png", "jpg", "jpeg", "webp"],
            max_upload_size=5,
            disabled=course.is_in_review,
        )
        if given is not None and st.button(_("Use this picture"), key="use-picture", icon=":material/image:"):
            with frame.action(_("The picture is saved")) as session:
                pictures.set_picture(
                    session,
                    viewer,
                    course.id,
                    files_dir=runtime.current().settings.files_dir,
                    name=given.name,
                    data=given.getvalue(),
                )
            st.rerun()


if st.query_params.get("course"):
    edit(building.course_of_address(viewer))
else:
    new_course.make(viewer)
