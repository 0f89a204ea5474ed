"""Review: is the course ready, what changes for learners, and who decides?"""

from __future__ import annotations

import streamlit as st

from learncraft.authoring import comparing, comparing_course, reviewing
from learncraft.authoring import remarks as speaking
from learncraft.authoring.remarks import Anchor, Remark
from learncraft.courses import publication
from learncraft.courses.models import CourseStatus, ReviewDecision
from learncraft.courses.teaching import decides_on
from learncraft.language import _, noted
from pages.shared import building, differences, frame, navigation, people, remarks, unsent, words
from pages.shared.render import plain
from pages.teach import changed_assessments, checked, outer_links, solutions

viewer = people.viewer(*navigation.TEACHERS)
course = building.course_of_address(viewer)
SEEN = f"seen-in-review-{course.id}"

DECISIONS = {
    ReviewDecision.SUBMITTED: (noted("Sent to review"), "send"),
    ReviewDecision.APPROVED: (noted("Published"), "public"),
    ReviewDecision.RETURNED: (noted("Sent back"), "undo"),
    ReviewDecision.WITHDRAWN: (noted("Taken out of the review"), "remove_done"),
    ReviewDecision.ARCHIVED: (noted("Archived"), "archive"),
}
KINDS = {
    "new": (noted("New"), "add_circle"),
    "changed": (noted("Changed"), "edit"),
    "gone": (noted("Taken away"), "remove_circle"),
}


def to_lesson(lesson_id: object, label: str, icon: str) -> None:
    st.page_link(
        "pages/teach/builder.py",
        label=label,
        icon=f":material/{icon}:",
        query_params={"course": str(course.id), "lesson": str(lesson_id)},
    )


def show_changes(changes: list[comparing.Change], of_course: tuple[str, ...]) -> None:
    """What learners will see that they don't see now; what was said of it stands beside it."""
    st.subheader(_("What changes for learners"), anchor=False)
    if of_course or changes:
        st.caption(_("What learners read now and won't read any more is marked −; what they will read, +."))
    if of_course:
        with st.expander(_("What the course says of itself, and its modules"), icon=":material/tune:"):
            differences.show(of_course)
    if not changes:
        st.caption(_("No lesson differs from what learners see."))
    for one in changes:
        word, icon = KINDS[one.kind]
        at_it = [said for said in spoken if said.anchor.lesson_id == one.lesson_id]
        # The count of remarks stays out of the label: a label that changes would fold it up under who just wrote.
        label, key = f"{_(word)}: {plain(one.title)}", f"change-{one.lesson_id}"
        is_begun = st.session_state.setdefault(f"begun-{one.lesson_id}", remarks.place_of(str(one.lesson_id)) in begun)
        with st.expander(label, icon=f":material/{icon}:", key=key, expanded=is_begun, on_change="rerun") as unfolded:
            if one.lines:
                differences.show(one.lines)
            elif one.kind == "gone":
                st.caption(_("Learners will no longer find it. What they did in it is kept."))
            else:
                st.caption(_("Only its place, or what isn't text, is different."))
            if unfolded.open:
                beside(one, at_it)
    if len(changes) == comparing.MOST_LESSONS:
        st.caption(_("The first {count} lessons that differ.", count=comparing.MOST_LESSONS))


def beside(one: comparing.Change, at_it: list[Remark]) -> None:
    """The ways to a lesson that changes, what was said of it, and the form to say more."""
    if one.kind == "gone":
        remarks.show(viewer, at_it, course.id, begun, name="here", with_place=False)
        return
    with st.container(horizontal=True):
        to_lesson(one.lesson_id, _("Open it"), "edit_note")
        st.page_link(
            "pages/teach/preview.py",
            label=_("See it as a learner"),
            icon=":material/visibility:",
            query_params={"lesson": str(one.lesson_id)},
        )
    remarks.show(viewer, at_it, course.id, begun, name="here", with_place=False)
    with frame.reading() as session:
        questions = speaking.places_in(session, one.lesson_id)
    blocks = [(_("Block: {name}", name=label), Anchor(one.lesson_id, key)) for key, label in one.blocks]
    remarks.ask(
        viewer, [(_("The lesson as a whole"), Anchor(one.lesson_id)), *blocks, *questions], str(one.lesson_id), begun
    )


def show_remarks() -> None:
    """What nobody has taken care of yet, wherever it stands."""
    is_open = [one for one in spoken if one.is_open]
    settled = [one for one in spoken if not one.is_open]
    st.subheader(_("Open remarks ({count})", count=len(is_open)) if is_open else _("Remarks"), anchor=False)
    if not spoken:
        st.caption(_("Nothing was said yet. Write a remark beside what changes, or at a lesson in the builder."))
    elif not is_open:
        st.caption(_("All remarks are settled."))
    remarks.show(viewer, is_open, course.id, begun)
    if settled and st.toggle(
        _("Show {remarks}", remarks=words.counted(len(settled), "settled remark")), key="settled-too"
    ):
        remarks.show(viewer, settled, course.id, begun)


def decide() -> None:
    """What a reviewer does with a course that waits, as this page showed it before the click."""
    seen = st.session_state.get(SEEN, course.submitted_at)
    place = f"remark on sending back {course.id}"
    said = unsent.area(
        viewer,
        _("What you want to tell the author"),
        place,
        begun,
        max_chars=5000,
        help=_("A course that is sent back carries its open remarks, with these words or without."),
    )
    with st.container(horizontal=True):
        if st.button(_("Approve and publish"), type="primary", icon=":material/public:"):
            with frame.action(_("The course is published as reviewed")) as session:
                reviewing.approve(session, viewer, course.id, said, seen=seen)
                unsent.sent(session, viewer, place)
            st.rerun()
        if st.button(_("Send back"), icon=":material/undo:"):
            with frame.action(_("The course is back with its author")) as session:
                reviewing.send_back(session, viewer, course.id, said, seen=seen)
                unsent.sent(session, viewer, place)
            st.rerun()


def bring_out() -> None:
    """Publish without a review."""
    if solutions.are_sound(viewer, looked.drafts):
        with frame.action(_("Learners see this version from now on")) as session:
            reviewing.publish(session, viewer, course.id)
        st.rerun()


def ask() -> None:
    """Send the course to those who review."""
    if solutions.are_sound(viewer, looked.drafts):
        with frame.action(_("The course waits for a reviewer")) as session:
            reviewing.submit(session, viewer, course.id)
        st.rerun()


def say_why_it_came_back() -> None:
    """What the reviewer said, before anything else: it is what there is to do now."""
    back = next((one for one in steps if one.decision == ReviewDecision.RETURNED), None)
    if back is None or course.draft_status != CourseStatus.REVISION_NEEDED:
        return
    by = plain(back.by) or _("somebody whose account is closed")
    when = words.when(back.at, viewer.time_zone)
    st.warning(
        _("Sent back by {name}, {when}:", name=by, when=when) + f"\n\n{plain(back.said)}", icon=":material/undo:"
    )


def act() -> None:
    """What may be done now."""
    if course.is_in_review:
        st.info(_("The course is in review; until it is decided, nothing of it changes."), icon=":material/hourglass:")
        if viewer.reviews_content:
            decide()
        if st.button(_("Take it out of the review"), icon=":material/remove_done:", type="tertiary"):
            with frame.action(_("The course is yours to change again")) as session:
                reviewing.withdraw(session, viewer, course.id)
            st.rerun()
        return
    is_as_seen = course.is_seen and not course.has_changes and not looked.drafts.going_out
    needs_review = publication.needs_review(viewer)
    if course.status == CourseStatus.ARCHIVED:
        st.info(
            _("Nobody joins this course any more. Once a review has approved it, it is open again.")
            if needs_review
            else _("Nobody joins this course any more. Publish it, and it is open again."),
            icon=":material/archive:",
        )
    if needs_review:
        said = _("Here a content admin reads a course before learners see it. Ask for a review when it is ready.")
        st.caption(f":material/rate_review: {said}")
    with st.container(horizontal=True):
        if not needs_review and st.button(_("Publish"), type="primary", icon=":material/public:", disabled=is_as_seen):
            bring_out()
        if st.button(
            _("Ask for a review"),
            type="primary" if needs_review else "secondary",
            icon=":material/send:",
            disabled=is_as_seen,
        ):
            ask()
        may_archive = course.status == CourseStatus.PUBLISHED and decides_on(viewer, course.instructor_id)
        if may_archive and st.button(
            _("Archive"),
            icon=":material/archive:",
            type="tertiary",
            help=_("Nobody joins it any more; its learners stay."),
        ):
            with frame.action(_("The course is archived; those in it stay")) as session:
                reviewing.archive(session, viewer, course.id)
            st.rerun()


building.head(course, "review")
with frame.reading() as session:
    looked, links = outer_links.look(session, course.id)
    changes = comparing.with_published(session, course.id)
    of_course = comparing_course.with_published(session, course.id)
    steps = reviewing.history(session, course.id)
    spoken = speaking.of_course(session, course.id)
begun = remarks.begun(viewer)
unsent.as_it_is_typed()
say_why_it_came_back()
act()
show_remarks()
checked.show(looked.found, course.id, course.details.language)
outer_links.show(viewer, links, course.id)
show_changes(changes, of_course)
changed_assessments.show(viewer, looked.drafts)
if steps:
    st.subheader(_("Until now"), anchor=False)
for step in steps:
    word, icon = DECISIONS[step.decision]
    by = plain(step.by) or _("somebody whose account is closed")
    done = _("by {name}, {when}", name=by, when=words.when(step.at, viewer.time_zone))
    st.markdown(f":material/{icon}: **{_(word)}** {done}")
    if step.remarks:
        st.caption(_("With {remarks}", remarks=words.counted(step.remarks, "remark")))
    if step.said:
        st.text(step.said)
st.session_state[SEEN] = course.submitted_at
