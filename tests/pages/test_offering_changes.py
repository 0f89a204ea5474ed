"""Two who change one offering on its page: the later one compares and chooses, and what was typed stays."""

from __future__ import annotations

from uuid import UUID

import pytest
import streamlit as st
from sqlalchemy import text
from streamlit.testing.v1 import AppTest

from learncraft.accounts.models import UserRole
from tests.pages.conftest import World, differences
from tests.pages.test_every_page import said

PAGE = "pages/teach/offerings.py"


def test_of_two_who_describe_an_offering_the_later_one_compares_and_chooses(world: World) -> None:
    world.queries[PAGE] = world.queries["pages/teach/registrations.py"]

    def describe(app: AppTest, words: str) -> None:
        next(one for one in app.text_area if one.label == "What people should know").set_value(words)
        next(one for one in app.button if one.label == "Save").click().run()
        assert not app.exception

    def stands() -> str:
        with world.database.reading() as session:
            return str(session.execute(text("SELECT description FROM course_offerings")).scalar_one())

    one, other = world.open(PAGE, UserRole.INSTRUCTOR), world.open(PAGE, UserRole.CONTENT_ADMIN)
    describe(one, "Theirs.")
    describe(other, "Mine.")
    assert "Somebody else changed this meanwhile" in said(other)
    assert differences(other) == ["-What people should know: Theirs.\n+What people should know: Mine."]
    assert stands() == "Theirs."
    next(each for each in other.button if each.label == "Keep mine").click().run()
    assert stands() == "Mine."
    describe(one, "Once more.")
    next(each for each in one.button if each.label == "Load theirs").click().run()
    assert (stands(), next(each for each in one.text_area).value) == ("Mine.", "Mine.")


def writing() -> None:
    """The dialog by itself: an application that is tested forgets a dialog with the next click."""
    import streamlit as st

    from pages.shared import people
    from pages.teach import cohort_facts

    viewer = people.arrive()
    if not st.session_state.get("is-done"):
        cohort_facts.change(viewer, *st.session_state["cohort"])


def test_a_cohort_is_kept_while_it_is_typed_and_two_who_change_it_compare(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    again = st.rerun
    monkeypatch.setattr(st, "rerun", lambda scope="app": again())  # here a dialog never runs without its page
    offering = UUID(world.queries["pages/teach/registrations.py"].partition("=")[2])

    def opened(role: UserRole, cohort: UUID | None) -> AppTest:
        app = AppTest.from_function(writing, default_timeout=30)
        app.session_state["_family"] = world.families[role]
        app.session_state["cohort"] = (offering, cohort)
        return app.run()

    def name(app: AppTest, words: str) -> None:
        app.text_input[0].set_value(words).run()
        assert not app.exception

    def stands() -> list[str]:
        with world.database.reading() as session:
            return list(session.scalars(text("SELECT name FROM cohorts")))

    name(opened(UserRole.INSTRUCTOR, None), "Spri")
    app = opened(UserRole.INSTRUCTOR, None)
    assert (app.text_input[0].value, stands()) == ("Spri", [])
    name(app, "Spring")
    app.button(key="cohort-save").click().run()
    with world.database.reading() as session:
        cohort = session.scalars(text("SELECT id FROM cohorts")).one()
    assert opened(UserRole.INSTRUCTOR, None).text_input[0].value == ""
    one, other = opened(UserRole.INSTRUCTOR, cohort), opened(UserRole.CONTENT_ADMIN, cohort)
    name(one, "Theirs")
    one.button(key="cohort-save").click().run()
    name(other, "Mine")
    other = opened(UserRole.CONTENT_ADMIN, cohort)
    assert "Somebody else has changed this since you typed" in said(other)
    other.button(key="cohort-save").click().run()
    assert differences(other) == ["-Name: Theirs\n+Name: Mine"]
    other.button(key=f"mine-cohort-{cohort}").click().run()
    assert stands() == ["Mine"]
