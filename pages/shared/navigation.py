"""Which pages there are, and which of them a role finds in its menu. Each page checks the role again itself."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass
from functools import cache

import streamlit as st
from streamlit.navigation.page import Page

from learncraft.accounts.models import UserRole
from learncraft.accounts.viewer import Viewer
from learncraft.language import _, noted

EVERYONE = frozenset(UserRole)
TEACHERS = frozenset({UserRole.INSTRUCTOR, UserRole.CONTENT_ADMIN, UserRole.SYSTEM_ADMIN})
REVIEWERS = frozenset({UserRole.CONTENT_ADMIN, UserRole.SYSTEM_ADMIN})
ADMINS = frozenset({UserRole.SYSTEM_ADMIN})


@dataclass(frozen=True, slots=True)
class Screen:
    """One page: its file, address, name and icon, whose it is, and whether the menu shows it."""

    file: str
    title: str
    icon: str
    roles: frozenset[UserRole] = EVERYONE
    in_menu: bool = True
    is_wide: bool = False

    @property
    def address(self) -> str:
        """The last part of the page's address."""
        room, name = self.file.removeprefix("pages/").removesuffix(".py").split("/")
        return name if room in {"learn", "account"} else f"{room}-{name}"


SCREENS: dict[str, tuple[Screen, ...]] = {
    noted("Learn"): (
        Screen("pages/learn/home.py", "My learning", "school"),
        Screen("pages/learn/catalogue.py", "Catalogue", "explore", is_wide=True),
        Screen("pages/learn/tutor.py", "Tutor", "contact_support"),
        Screen("pages/learn/certificates.py", "Certificates", "workspace_premium"),
        Screen("pages/learn/course.py", "Course", "menu_book", in_menu=False),
        Screen("pages/learn/instructor.py", "Who teaches", "person", in_menu=False),
        Screen("pages/learn/lesson.py", "Lesson", "article", in_menu=False),
        Screen("pages/learn/assessment.py", "Quiz", "quiz", in_menu=False),
        Screen("pages/learn/review.py", "Review", "style", in_menu=False),
        Screen("pages/learn/notes.py", "My notes", "edit_note", in_menu=False),
        Screen("pages/learn/grades.py", "My grades", "grading", in_menu=False),
        Screen("pages/learn/discussion.py", "Discussion", "forum", in_menu=False),
        Screen("pages/learn/registration.py", "Registration", "how_to_reg", in_menu=False),
    ),
    noted("Teach"): (
        Screen("pages/teach/courses.py", "My courses", "co_present", TEACHERS, is_wide=True),
        Screen(
            "pages/teach/certificates.py",
            "Certificates of a course",
            "workspace_premium",
            TEACHERS,
            in_menu=False,
            is_wide=True,
        ),
        Screen("pages/teach/assessment.py", "Assessments", "quiz", TEACHERS, is_wide=True),
        Screen("pages/teach/question_bank.py", "Question bank", "inventory_2", TEACHERS, is_wide=True),
        Screen("pages/teach/fix_key.py", "Correct a key", "key", TEACHERS, in_menu=False),
        Screen("pages/teach/offerings.py", "Offerings", "event_available", TEACHERS),
        Screen("pages/teach/registrations.py", "Registrations", "how_to_reg", TEACHERS, in_menu=False, is_wide=True),
        Screen("pages/teach/files.py", "Files and video", "perm_media", TEACHERS, in_menu=False),
        Screen("pages/teach/flashcards.py", "Flashcards", "style", TEACHERS, in_menu=False, is_wide=True),
        Screen("pages/teach/gradebook.py", "Gradebook", "grading", TEACHERS, in_menu=False, is_wide=True),
        Screen("pages/teach/grading.py", "Grading", "rate_review", TEACHERS),
        Screen("pages/teach/accommodations.py", "Extra time and attempts", "more_time", TEACHERS, in_menu=False),
        Screen("pages/teach/builder.py", "Course builder", "edit_note", TEACHERS, in_menu=False, is_wide=True),
        Screen("pages/teach/details.py", "Course details", "tune", TEACHERS, in_menu=False),
        Screen("pages/teach/review.py", "Review of a course", "rate_review", TEACHERS, in_menu=False),
        Screen("pages/teach/grid.py", "Lessons in a grid", "table_edit", TEACHERS, in_menu=False, is_wide=True),
        Screen("pages/teach/revisions.py", "Revisions of a lesson", "history", TEACHERS, in_menu=False, is_wide=True),
        Screen("pages/teach/preview.py", "Preview of a lesson", "visibility", TEACHERS, in_menu=False),
        Screen("pages/teach/lab.py", "Lab of a lesson", "terminal", TEACHERS, in_menu=False),
        Screen("pages/teach/reviews.py", "Course reviews", "fact_check", REVIEWERS),
        Screen("pages/teach/tutor.py", "The tutor in a course", "support_agent", TEACHERS),
        Screen("pages/teach/bring_in.py", "Import a course", "upload_file", TEACHERS),
    ),
    noted("Insights"): (
        Screen("pages/insights/overview.py", "Overview", "dashboard", ADMINS, is_wide=True),
        Screen("pages/insights/course.py", "Course insight", "monitoring", TEACHERS, is_wide=True),
        Screen("pages/insights/engagement.py", "Engagement", "groups", TEACHERS, is_wide=True),
        Screen("pages/insights/lessons.py", "Lessons", "stairs_2", TEACHERS, is_wide=True),
        Screen("pages/insights/video.py", "Video", "smart_display", TEACHERS, is_wide=True),
        Screen("pages/insights/items.py", "Assessment items", "fact_check", TEACHERS, is_wide=True),
        Screen("pages/insights/practice.py", "Labs and flashcards", "science", TEACHERS, is_wide=True),
        Screen("pages/insights/tutor.py", "Tutor questions", "contact_support", TEACHERS, is_wide=True),
        Screen("pages/insights/cohorts.py", "Cohorts and retention", "diversity_3", TEACHERS, is_wide=True),
        Screen("pages/insights/at_risk.py", "At risk", "support", TEACHERS, is_wide=True),
        Screen("pages/insights/learner.py", "One learner", "person_search", TEACHERS, is_wide=True),
    ),
    noted("Admin"): (
        Screen("pages/admin/people.py", "People", "group", ADMINS, is_wide=True),
        Screen("pages/admin/audit.py", "Audit trail", "policy", ADMINS, is_wide=True),
        Screen("pages/admin/orders.py", "Orders", "receipt_long", ADMINS, is_wide=True),
        Screen("pages/admin/outbox.py", "Outbox", "outbox", ADMINS),
        Screen("pages/admin/jobs.py", "Jobs", "engineering", ADMINS, is_wide=True),
        Screen("pages/admin/health.py", "Health", "monitor_heart", ADMINS, is_wide=True),
    ),
    noted("Account"): (
        Screen("pages/account/profile.py", "Profile", "account_circle"),
        Screen("pages/account/learning.py", "How I learn", "psychology"),
        Screen("pages/account/cart.py", "Cart", "shopping_cart"),
        Screen("pages/account/subscription.py", "Subscription", "card_membership"),
        Screen("pages/account/sign_ins.py", "Sign-ins", "devices"),
        Screen("pages/account/sign_out.py", "Sign out", "logout"),
    ),
}

# Where each role begins: with what they came to do.
HOMES: dict[UserRole, str] = {
    UserRole.LEARNER: "pages/learn/home.py",
    UserRole.INSTRUCTOR: "pages/teach/courses.py",
    UserRole.CONTENT_ADMIN: "pages/teach/courses.py",
    UserRole.SYSTEM_ADMIN: "pages/admin/health.py",
}


def for_viewer(viewer: Viewer) -> Page:
    """Draw the menu of the viewer's role and return the page that the address asks for.

    Pages of other roles stay reachable by address, so that they can say whose they are. The bare address leads to the
    role's home. No page is the default itself: Streamlit takes a default page's own address away and calls it unknown.
    """
    is_learner = viewer.role == UserRole.LEARNER
    start = st.Page(_nothing, title="Start", default=True, visibility="hidden")
    sections: dict[str, list[Page]] = {}
    for room, screens in SCREENS.items():
        # A learner's first pages stand in the top bar itself, the rest folds into a menu.
        section = "" if is_learner and room == "Learn" else _(room)
        sections[section] = [_page(screen, viewer) for screen in screens]
    sections[next(iter(sections))].append(start)
    asked = st.navigation(sections, position="top" if is_learner else "sidebar")
    if asked == start:
        st.switch_page(HOMES[viewer.role])
    return asked


def _nothing() -> None:
    """What the bare address shows: its viewer is sent on before."""


def _page(screen: Screen, viewer: Viewer) -> Page:
    visible = screen.in_menu and viewer.role in screen.roles
    # A copy, because Streamlit notes on a page that this run may show it.
    return copy(_drawn(screen, _(screen.title), visible=visible))


@cache
def _drawn(screen: Screen, title: str, *, visible: bool) -> Page:
    """Made once: a page looks for its file and checks its icon and address, and each run of each page names all."""
    return st.Page(
        screen.file,
        title=title,
        icon=f":material/{screen.icon}:",
        url_path=screen.address,
        visibility="visible" if visible else "hidden",
    )


def file_of(title: str) -> str:
    """The file of the page with this title."""
    return next(screen.file for screens in SCREENS.values() for screen in screens if screen.title == title)


def address_of(file: str) -> str | None:
    """The address of a page, such as "/teach-courses"; None when there is no such page."""
    found = (screen for screens in SCREENS.values() for screen in screens if screen.file == file)
    return next((f"/{screen.address}" for screen in found), None)


def is_wide(address: str) -> bool:
    """Whether the page of an address uses the whole width of the screen."""
    return any(screen.is_wide for screens in SCREENS.values() for screen in screens if screen.address == address)
