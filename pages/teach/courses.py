"""My courses: what do I teach, and what may learners see?"""

from __future__ import annotations

import streamlit as st

from learncraft.authoring import reviewing, standing
from learncraft.authoring.standing import Standing
from learncraft.courses import publication, queries, service
from learncraft.courses.models import CourseStatus
from learncraft.courses.queries import TaughtCourse
from learncraft.courses.teaching import decides_on
from learncraft.enrollment import taught
from learncraft.language import _, _n, noted
from learncraft.tutor import queries as tutor
from learncraft.tutor.queries import Problem
from pages.shared import building, frame, navigation, people, words
from pages.shared.render import plain
from pages.teach import solutions

viewer = people.viewer(*navigation.TEACHERS)


REASON_SHOWN = 200  # characters of what a reviewer said; the review page has all of it


def publishing(course: TaughtCourse) -> None:
    """The switch between draft and published; none while a reviewer has it."""
    if course.status == CourseStatus.PENDING_REVIEW:
        return
    if course.status == CourseStatus.PUBLISHED:
        if not decides_on(viewer, course.instructor_id):
            return
        if st.button(_("Unpublish"), key=f"unpublish-{course.id}", icon=":material/visibility_off:", type="tertiary"):
            with frame.action(_("The course is out of the catalogue; those in it stay")) as session:
                service.unpublish_course(session, viewer, course.id)
            st.rerun()
    elif publication.needs_review(viewer):
        st.page_link(
            "pages/teach/review.py",
            label=_("Checklist and review"),
            icon=":material/rate_review:",
            query_params={"course": str(course.id)},
        )
    elif st.button(_("Publish"), key=f"publish-{course.id}", icon=":material/public:", type="primary"):
        with frame.action() as session:
            drafts = reviewing.drafts_to_publish(session, viewer, course.id)
        if solutions.are_sound(viewer, drafts):
            with frame.action(_("The course is in the catalogue")) as session:
                reviewing.publish(session, viewer, course.id)
            st.rerun()


def featuring(course: TaughtCourse) -> None:
    """Whether the course stands first in the catalogue: said by those who choose for it."""
    if not viewer.reviews_content or course.status != CourseStatus.PUBLISHED:
        return
    label = _("Don't feature") if course.is_featured else _("Feature")
    if st.button(label, key=f"feature-{course.id}", icon=":material/hotel_class:", type="tertiary"):
        done = _("The course stands among the others again") if course.is_featured else _("The course stands first now")
        with frame.action(done) as session:
            service.feature(session, viewer, course.id, is_featured=not course.is_featured)
        st.rerun()


def unread(problems: list[Problem]) -> None:
    """The files of a course that the tutor finds nothing in, and why."""
    with st.expander(
        _("The tutor can't read {files}", files=words.counted(len(problems), "file")), icon=":material/scan_delete:"
    ):
        st.markdown("\n".join(f"- {plain(one.lesson)}: {plain(one.sentence)}" for one in problems))


WAYS = (
    ("pages/teach/builder.py", noted("Build"), "edit_note"),
    ("pages/insights/course.py", noted("Insight"), "monitoring"),
    ("pages/learn/course.py", noted("See it as learners do"), "visibility"),
    ("pages/teach/files.py", noted("Files and video"), "perm_media"),
    ("pages/teach/flashcards.py", noted("Flashcards"), "style"),
    ("pages/teach/gradebook.py", noted("Gradebook"), "grading"),
    ("pages/teach/certificates.py", noted("Certificates"), "workspace_premium"),
)


def ways(course: TaughtCourse) -> None:
    """The links to what can be done with a course. Learners' addresses name it by its words."""
    for page, label, icon in WAYS:
        key = course.slug if page.startswith("pages/learn/") else str(course.id)
        st.page_link(page, label=_(label), icon=f":material/{icon}:", query_params={"course": key})


def reviewed(course: TaughtCourse, stands: Standing) -> None:
    """How far its review is, with the way there; nothing where nothing is to be done or waited for."""
    facts, icon = [], "forum"
    if stands.is_in_review and stands.since is not None:
        icon = "hourglass"
        facts.append(_("Sent to review {when}", when=words.when(stands.since, viewer.time_zone)))
    elif stands.is_sent_back and stands.since is not None:
        icon = "undo"
        when, reason = words.when(stands.since, viewer.time_zone), plain(shortened(stands.reason))
        facts.append(_("Sent back {when}: {reason}", when=when, reason=reason))
    if stands.remarks:
        facts.append(words.counted(stands.remarks, "open remark"))
    if facts:
        st.page_link(
            "pages/teach/review.py",
            label=" · ".join(facts),
            icon=f":material/{icon}:",
            query_params={"course": str(course.id)},
        )


def shortened(said: str) -> str:
    """The beginning of what a reviewer said, in one line."""
    line = " ".join(said.split())
    return line if len(line) <= REASON_SHOWN else f"{line[:REASON_SHOWN].rstrip()}…"


def badges(course: TaughtCourse, stands: Standing | None) -> None:
    """What learners see of it, and where its working copy stands when that is another thing."""
    shown = [course.status]
    if stands is not None and (stands.is_in_review or stands.is_sent_back) and stands.status != course.status:
        shown.append(stands.status)
    with st.container(horizontal=True, width="content"):
        if course.is_featured:
            st.badge(_("Featured"), icon=":material/hotel_class:", color="violet")
        for status in shown:
            label, icon, color = building.STATUS[status]
            st.badge(_(label), icon=icon, color=color)


def row(course: TaughtCourse, stands: Standing | None, problems: list[Problem]) -> None:
    """One course: its state, its size, and the ways to it."""
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            st.subheader(plain(course.title), anchor=False, width="content")
            badges(course, stands)
        facts = [
            words.counted(course.modules, "module"),
            words.counted(course.lessons, "lesson"),
            words.counted(course.learners, "learner"),
            _("changed {when}", when=words.when(course.updated_at, viewer.time_zone)),
        ]
        if viewer.reviews_content:
            facts.insert(0, _("by {name}", name=plain(course.instructor)))
        st.caption(" · ".join(facts))
        if stands is not None:
            reviewed(course, stands)
        with st.container(horizontal=True, vertical_alignment="center"):
            ways(course)
            featuring(course)
            publishing(course)
        if problems:
            unread(problems)


frame.head(
    _("My courses"), _("What you teach or help with. Learners find a published course in the catalogue, and no draft.")
)
with st.container(horizontal=True, gap="medium"):
    st.page_link("pages/teach/details.py", label=_("New course"), icon=":material/add:")
    st.page_link("pages/teach/bring_in.py", label=_("Import a course"), icon=":material/upload_file:")
box = st.container()
typed = st.session_state.get("q", st.query_params.get("q", ""))
with frame.reading() as session:
    found = taught.find(session, viewer, search=typed, page=st.session_state.get("taught_page", 1))
    problems = tutor.problems(session, [one.id for one in found.courses])
    reviews = standing.of_courses(session, [one.id for one in found.courses])
    waiting = standing.waiting(session, viewer)
if waiting:
    label = _n("{count} course waits for a review", "{count} courses wait for a review", waiting)
    box.page_link("pages/teach/reviews.py", label=f"**{label}**", icon=":material/fact_check:")
if typed or found.total > queries.PAGE_SIZE:
    box.text_input(
        _("Search"),
        key="q",
        bind="query-params",
        placeholder=_("A word of a course, drafts too"),
        icon=":material/search:",
        max_chars=200,
        width=360,
    )
if typed and not found.total:
    frame.empty(_("No course fits"), _("Try fewer words, or the beginning of one."), "search_off")
elif not found.total:
    frame.empty(_("No course yet"), _("Import one, for example an Open edX archive (.tar.gz)."), "co_present")
for one in found.courses:
    row(one, reviews.get(one.id), [problem for problem in problems if problem.course_id == one.id])
if found.total > queries.PAGE_SIZE:
    st.pagination(-(-found.total // queries.PAGE_SIZE), key="taught_page")
