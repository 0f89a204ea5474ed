"""Every page opens for every role: as itself for those who may see it, as a sentence for the others."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import text

from learncraft.accounts.models import UserRole
from learncraft.enrollment import dictionary
from pages.shared.navigation import HOMES, SCREENS, Screen
from tests.pages.conftest import World

EVERY_SCREEN = [screen for screens in SCREENS.values() for screen in screens]
PAGE_QUERIES = 12  # the most that a page may ask, whatever the data's size


def said(app: object) -> str:
    """All titles, texts and messages that a page shows."""
    kinds = ("title", "markdown", "caption", "error", "warning", "info", "success")
    return "\n".join(str(element.value) for kind in kinds for element in getattr(app, kind))


def ids() -> Iterator[str]:
    for screen in EVERY_SCREEN:
        yield screen.file.removeprefix("pages/")


@pytest.mark.parametrize("screen", EVERY_SCREEN, ids=ids())
def test_a_page_opens_for_every_role(looked_at: World, screen: Screen) -> None:
    for role in UserRole:
        app = looked_at.open(screen.file, role)
        assert not app.exception, f"{role}: {app.exception}"
        is_refused = "not for your role" in said(app)
        assert is_refused == (role not in screen.roles), f"{role}: {said(app)}"
        assert len(looked_at.statements) <= PAGE_QUERIES, f"{role}: {looked_at.statements}"


def test_the_bare_address_leads_each_role_home(looked_at: World) -> None:
    for role in UserRole:
        at_home = looked_at.open(HOMES[role], role)
        app = looked_at.open_bare(role)
        assert not app.exception
        assert [title.value for title in app.title] == [title.value for title in at_home.title]


def test_a_page_says_that_nobody_is_signed_in(world: World) -> None:
    with world.database.transaction() as session:
        session.execute(text("UPDATE user_sessions SET revoked_at = now()"))
    app = world.open_bare()
    assert not app.exception
    assert "You are signed out" in said(app)


@pytest.mark.parametrize(
    "file", ["pages/learn/course.py", "pages/learn/lesson.py", "pages/learn/assessment.py"], ids=str
)
@pytest.mark.parametrize("address", ["", "id=nonsense&course=none&attempt=1", "id={id}&course=x&attempt={id}"])
def test_an_address_that_leads_nowhere_is_a_sentence(looked_at: World, file: str, address: str) -> None:
    looked_at.queries[file] = address.format(id="00000000-0000-0000-0000-000000000000")
    app = looked_at.open(file, UserRole.LEARNER)
    assert not app.exception
    assert "does not exist" in said(app)


def test_a_result_shows_the_points_and_the_reasons(looked_at: World) -> None:
    looked_at.queries["pages/learn/assessment.py"] = looked_at.queries["closed attempt"]
    app = looked_at.open("pages/learn/assessment.py", UserRole.LEARNER)
    assert not app.exception
    assert "33 %, and 70 % are needed to pass." in said(app)
    assert [metric.value for metric in app.metric][:2] == ["1 of 3", "33 %"]


def test_nobody_sees_somebody_elses_attempt(looked_at: World) -> None:
    app = looked_at.open("pages/learn/assessment.py", UserRole.INSTRUCTOR)
    assert "does not exist" in said(app)


def test_a_lesson_with_a_quiz_to_pass_is_not_finished_by_the_button(world: World) -> None:
    app = world.open("pages/learn/lesson.py", UserRole.LEARNER)
    app.button(key="finish").click().run()
    assert not app.exception
    assert "Pass “Quiz” to finish this lesson." in said(app)


def test_the_numbers_of_the_course_insight_are_those_of_the_database(looked_at: World) -> None:
    app = looked_at.open("pages/insights/course.py", UserRole.INSTRUCTOR)
    assert not app.exception
    assert "As of" in said(app)
    assert [metric.value for metric in app.metric][:2] == ["4", "4"]


def test_a_changed_role_holds_at_the_next_click(world: World) -> None:
    app = world.open("pages/teach/courses.py", UserRole.INSTRUCTOR)
    assert "not for your role" not in said(app)
    with world.database.transaction() as session:
        session.execute(
            text("UPDATE users SET role = 'learner' WHERE id = :id"), {"id": world.people[UserRole.INSTRUCTOR]}
        )
    assert "not for your role" in said(app.run())


def test_a_search_is_told_once_for_each_query_not_at_each_rerun(world: World) -> None:
    app = world.open("pages/learn/catalogue.py", UserRole.LEARNER)
    for query in ("course", "course", "emoji 😀", "course"):
        app.text_input(key="q").set_value(query).run()
        app.run()
        assert not app.exception
    with world.database.reading() as session:
        told = session.execute(
            text("SELECT event_data ->> 'query' FROM learning_events WHERE event_type = 'search_made' ORDER BY 1")
        ).scalars()
        assert list(told) == ["course", "emoji 😀"]


def test_the_catalogue_narrows_by_what_its_address_says(looked_at: World) -> None:
    looked_at.queries["pages/learn/catalogue.py"] = "level=expert&subject=nonsense"
    app = looked_at.open("pages/learn/catalogue.py", UserRole.LEARNER)
    assert not app.exception
    assert "No course fits" in said(app)


@pytest.mark.parametrize("query", ["lesson", "leson", "'); DROP TABLE courses", "x" * 300])
def test_a_search_keeps_within_the_number_of_queries(world: World, query: str) -> None:
    with world.database.transaction() as session:
        dictionary.refresh(session)
    world.queries["pages/learn/catalogue.py"] = f"q={query}"
    app = world.open("pages/learn/catalogue.py", UserRole.LEARNER)
    assert not app.exception
    assert len(world.statements) <= PAGE_QUERIES, world.statements


def test_a_choice_stands_in_the_address_and_can_be_given_up(looked_at: World) -> None:
    app = looked_at.open("pages/learn/catalogue.py", UserRole.LEARNER)
    app.button(key="subject-databases").click().run()
    assert app.query_params["subject"] in ("databases", ["databases"])
    assert "1 course under databases" in said(app)
    app.button(key="reset").click().run()
    assert "subject" not in app.query_params


def test_reviewers_search_all_courses_by_the_address(world: World) -> None:
    world.queries["pages/teach/courses.py"] = "q=zymurgy"
    app = world.open("pages/teach/courses.py", UserRole.CONTENT_ADMIN)
    assert not app.exception
    assert "No course fits" in said(app)
    app.text_input(key="q").set_value("course").run()
    assert not app.exception
    assert any(str(button.key).startswith(("publish-", "unpublish-")) for button in app.button)
