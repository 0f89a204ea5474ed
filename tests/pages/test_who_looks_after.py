"""A course's pages open for its instructor and for those who help, and stay shut for others who teach."""

from __future__ import annotations

import pytest

from learncraft.accounts.models import UserRole
from pages.shared.navigation import SCREENS, Screen
from tests.pages.conftest import World
from tests.pages.test_every_page import said

OF_ONE_COURSE = (
    "builder",
    "details",
    "review",
    "revisions",
    "grid",
    "preview",
    "lab",
    "certificates",
    "gradebook",
    "flashcards",
    "assessment",
    "fix_key",
    "registrations",
)


INSIGHTS = [one for one in SCREENS["Insights"] if UserRole.INSTRUCTOR in one.roles]
SHUT = ("does not exist", "not among yours")


def open_as(world: World, file: str, who: UserRole | str) -> str:
    app = world.open(file, who)
    assert not app.exception, f"{who}: {app.exception}"
    return said(app)


@pytest.mark.parametrize("name", OF_ONE_COURSE, ids=str)
def test_a_page_of_one_course_is_for_those_who_look_after_it(looked_at: World, name: str) -> None:
    file = f"pages/teach/{name}.py"
    looked_at.open("pages/teach/builder.py", UserRole.INSTRUCTOR)  # makes the working copy
    everybody: tuple[UserRole | str, ...] = (UserRole.INSTRUCTOR, "helper", UserRole.CONTENT_ADMIN, "stranger")
    opened = {who: open_as(looked_at, file, who) for who in everybody}
    assert [who for who, words in opened.items() if any(one in words for one in SHUT)] == ["stranger"]


@pytest.mark.parametrize("screen", INSIGHTS, ids=lambda one: one.file.removeprefix("pages/"))
def test_insights_are_the_same_for_who_helps_and_empty_for_others(looked_at: World, screen: Screen) -> None:
    file = screen.file
    seen: dict[UserRole | str, list[str]] = {}
    for who in (UserRole.INSTRUCTOR, "helper"):
        app = looked_at.open(file, who)
        assert not app.exception
        seen[who] = [str(one.value) for one in (*app.title, *app.caption[:1], *app.metric)]
    assert seen["helper"] == seen[UserRole.INSTRUCTOR]
    assert "No course yet" in open_as(looked_at, file, "stranger")


@pytest.mark.parametrize("file", ["pages/teach/courses.py", "pages/teach/offerings.py"], ids=str)
def test_a_list_names_the_course_for_those_who_look_after_it(looked_at: World, file: str) -> None:
    def listed(who: UserRole | str) -> list[str]:
        app = looked_at.open(file, who)
        assert not app.exception
        return [one.value for one in app.subheader]

    assert listed(UserRole.INSTRUCTOR) == listed("helper") != []
    assert listed("stranger") == []


def test_what_gives_the_course_away_is_not_offered_to_who_helps(looked_at: World) -> None:
    def buttons(file: str, who: UserRole | str) -> set[str]:
        app = looked_at.open(file, who)
        assert not app.exception
        return {str(one.label) for one in app.button}

    for file, deeds in {
        "pages/teach/details.py": {"Save the terms", "Let them help", "Hand it over"},
        "pages/teach/review.py": {"Archive"},
        "pages/teach/courses.py": {"Unpublish"},
    }.items():
        assert deeds <= buttons(file, UserRole.INSTRUCTOR), file
        assert not deeds & buttons(file, "helper"), file
