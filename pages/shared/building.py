"""What the pages about one course that is built have in common: the course, its state, and the ways between them."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

import streamlit as st

from learncraft.accounts.viewer import Viewer
from learncraft.authoring import drafting, queries
from learncraft.authoring.queries import BuiltCourse
from learncraft.courses.models import CourseStatus
from learncraft.language import _, noted
from pages.shared import frame, navigation
from pages.shared.addresses import uuid_of
from pages.shared.render import plain

Color = Literal["gray", "blue", "orange", "green"]
STATUS: dict[CourseStatus, tuple[str, str, Color]] = {
    CourseStatus.DRAFT: (noted("Draft"), ":material/edit:", "gray"),
    CourseStatus.PENDING_REVIEW: (noted("In review"), ":material/hourglass:", "blue"),
    CourseStatus.REVISION_NEEDED: (noted("Sent back"), ":material/undo:", "orange"),
    CourseStatus.PUBLISHED: (noted("Published"), ":material/public:", "green"),
    CourseStatus.ARCHIVED: (noted("Archived"), ":material/archive:", "gray"),
}
_UNSENT = (CourseStatus.DRAFT, CourseStatus.PUBLISHED)  # of the latter, an assessment has changes
_WAYS = {
    "builder": (noted("Outline and lessons"), "edit_note"),
    "grid": (noted("All in a grid"), "table_edit"),
    "details": (noted("Details"), "tune"),
    "files": (noted("Files and video"), "perm_media"),
    "review": (noted("Checklist and review"), "rate_review"),
}


def course_of_address(viewer: Viewer) -> BuiltCourse:
    """The course that the address names, with its working copy, which is made when there is none yet."""
    course_id: UUID = frame.require(uuid_of(st.query_params.get("course")), what="course")
    with frame.reading() as session:
        found = queries.course(session, viewer, course_id)
    if found is None:
        with frame.action() as session:
            drafting.begin(session, viewer, course_id)
        with frame.reading() as session:
            found = queries.course(session, viewer, course_id)
    return frame.require(found, what="course")


def head(course: BuiltCourse, here: str) -> None:
    """The title, the state, and the ways to the other pages of the course."""
    label, icon, color = STATUS[course.draft_status]
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.title(plain(course.title), anchor=False, width="content")
        with st.container(horizontal=True, width="content"):
            if course.status == CourseStatus.ARCHIVED:
                st.badge(_("Archived"), icon=":material/archive:", color="gray")
            elif course.is_seen and course.has_changes:
                st.badge(_("Learners see the published version"), icon=":material/public:", color="green")
            is_changed = course.is_seen and course.has_changes and course.draft_status in _UNSENT
            if course.has_changes or course.is_seen:  # nobody finds what is archived, so it isn't called published
                st.badge(_("Draft with changes") if is_changed else _(label), icon=icon, color=color)
    with st.container(horizontal=True, gap="medium"):
        for name, (words, symbol) in _WAYS.items():
            if name != here and navigation.address_of(f"pages/teach/{name}.py"):
                st.page_link(
                    f"pages/teach/{name}.py",
                    label=_(words),
                    icon=f":material/{symbol}:",
                    query_params={"course": str(course.id)},
                )
