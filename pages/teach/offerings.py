"""Offerings: what can people sign up for, when, and how many?"""

from __future__ import annotations

from uuid import UUID

import streamlit as st

from learncraft.courses import queries as courses
from learncraft.enrollment.registration import offerings, queries
from learncraft.enrollment.registration.offerings import OfferingDraft
from learncraft.enrollment.registration.queries import OfferingLine, OfferingView
from learncraft.language import _, dates, numbers
from pages.shared import frame, meanwhile, navigation, people, unsent, words
from pages.shared.addresses import uuid_of
from pages.shared.render import plain
from pages.teach import cohort_facts, offering_facts, offering_form

viewer = people.viewer(*navigation.TEACHERS)


def places_of(taken: int, capacity: int | None) -> str:
    """How many places are taken, such as '12 of 30 places'."""
    if not capacity:
        return words.counted(taken, "place")
    return _("{taken} of {places}", taken=numbers.number(taken), places=words.counted(capacity, "place"))


def line(one: OfferingLine) -> None:
    """One offering of the list."""
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            st.subheader(plain(one.title), anchor=False, width="content")
            if not one.is_active:
                st.badge(_("Withdrawn"), icon=":material/block:", color="gray")
            elif one.to_decide:
                st.badge(
                    _("{count} to decide", count=numbers.number(one.to_decide)), icon=":material/inbox:", color="orange"
                )
        facts = [
            plain(one.course_title),
            _("{places} taken", places=places_of(one.places, one.capacity)),
            _("{count} waiting", count=numbers.number(one.waiting)),
        ]
        if one.starts:
            facts.append(_("begins {day}", day=dates.day(one.starts)))
        st.caption(" · ".join(facts))
        with st.container(horizontal=True, vertical_alignment="center"):
            st.page_link(
                "pages/teach/registrations.py",
                label=_("Registrations"),
                icon=":material/how_to_reg:",
                query_params={"offering": str(one.id)},
            )
            st.page_link(
                "pages/teach/offerings.py",
                label=_("Change"),
                icon=":material/edit:",
                query_params={"offering": str(one.id)},
            )
            st.link_button(_("Public page"), f"/offers/{one.id}", icon=":material/public:", type="tertiary")


@st.dialog(_("A new offering"))
def new() -> None:
    """Ask for what it takes at least; the rest is on the offering's page."""
    with frame.reading() as session:
        taught = {one.id: one.title for one in courses.taught_names(session, viewer)}
    if not taught:
        st.info(_("Make or import a course first."), icon=":material/info:")
        return
    course_id = st.selectbox(_("Course"), list(taught), format_func=lambda one: taught[one], key="new-course")
    title = st.text_input(_("Title"), key="new-title", placeholder=_("Spring 2027"), max_chars=255)
    if st.button(_("Make it"), type="primary", icon=":material/add:", key="new-make"):
        with frame.action(_("Made. Say when it takes place, and what you ask")) as session:
            made = offerings.save(session, viewer, OfferingDraft(title=title, is_active=False), course_id=course_id)
        st.query_params["offering"] = str(made)
        st.rerun()


def cohorts(offering: OfferingView) -> None:
    """The cohorts with their places."""
    st.header(_("Cohorts"), anchor=False)
    if not offering.cohorts:
        st.caption(_("Without a cohort, people join the course itself, at their own pace."))
    begun = unsent.kept(viewer, f"{meanwhile.PLACE}cohort-")
    for one in offering.cohorts:
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            start, end = dates.day(one.start_date), one.end_date
            facts = [
                f"**{plain(one.name)}**",
                _("{start} to {end}", start=start, end=dates.day(end)) if end else start,
                places_of(one.members, one.capacity) if one.capacity else words.counted(one.members, "member"),
            ]
            if not one.is_active:
                facts.append(_("cancelled"))
            st.markdown(" · ".join(facts))
            label = _("Go on") if cohort_facts.place(offering.id, one.id) in begun else _("Change")
            if st.button(label, key=f"cohort-{one.id}", icon=":material/edit:", type="tertiary"):
                cohort_facts.change(viewer, offering.id, one.id)
    label = _("Go on with the new cohort") if cohort_facts.place(offering.id, None) in begun else _("Add a cohort")
    if st.button(label, icon=":material/add:", key="cohort-add"):
        cohort_facts.change(viewer, offering.id, None)


def one_offering(offering_id: UUID) -> None:
    """One offering to change."""
    with frame.reading() as session:
        offering = frame.require(queries.taught_offering(session, viewer, offering_id), what="offering")
    frame.head(plain(offering.title), _("An offering of {course}", course=plain(offering.course_title)))
    with st.container(horizontal=True, vertical_alignment="center"):
        st.page_link("pages/teach/offerings.py", label=_("All offerings"), icon=":material/arrow_back:")
        st.page_link(
            "pages/teach/registrations.py",
            label=_("Registrations"),
            icon=":material/how_to_reg:",
            query_params={"offering": str(offering.id)},
        )
        st.link_button(_("Public page"), f"/offers/{offering.id}", icon=":material/public:", type="tertiary")
    unsent.as_it_is_typed()
    offering_facts.change(viewer, offering)
    cohorts(offering)
    offering_form.change(viewer, offering)


def all_offerings() -> None:
    """The list."""
    with frame.reading() as session:
        found = queries.taught(session, viewer)
    frame.head(_("Offerings"), _("What people sign up for: cohorts, workshops, places at one's own pace."))
    if st.button(_("New offering"), icon=":material/add:", type="primary", key="new"):
        new()
    if not found:
        frame.empty(
            _("Nothing is offered yet"),
            _("An offering has dates, places and a form of its own. Courses can be joined without one."),
            "event_available",
        )
    for one in found:
        line(one)


# A link within this page leaves the browser's address as it was, and the next click would come from there.
st.query_params.from_dict(st.query_params.to_dict())
chosen = uuid_of(st.query_params.get("offering"))
if chosen is None:
    all_offerings()
else:
    one_offering(chosen)
