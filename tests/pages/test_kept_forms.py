"""What is typed in fields that a press saves is kept for its writer, and there again in another tab until then."""

from __future__ import annotations

import json
from uuid import UUID

import pytest
import streamlit as st
from sqlalchemy import text
from sqlalchemy.orm import Session
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import NumberInput, TextArea

from learncraft.accounts import unsent
from learncraft.accounts.models import UserRole
from learncraft.assessments.gradebook import queries
from learncraft.authoring import parts
from learncraft.tutor import variants
from tests.assessments.test_marks import handed_in
from tests.pages.conftest import World, differences, session_viewer
from tests.pages.test_every_page import PAGE_QUERIES, said

LAB, TERMS, OFFERING = "pages/teach/lab.py", "pages/teach/details.py", "pages/teach/offerings.py"
TELLING, CARDS, GRADING = "pages/teach/tutor.py", "pages/teach/flashcards.py", "pages/teach/grading.py"
KEPT = "Kept for you until you save it."


def prepare(world: World) -> UUID:
    """A lesson with a lab and a telling; its offering is named by the address."""
    world.queries[OFFERING] = world.queries["pages/teach/registrations.py"]
    lesson_id = UUID(world.queries[LAB].partition("=")[2])
    teacher = session_viewer(world, UserRole.INSTRUCTOR)
    with world.database.transaction() as session:
        parts.add_lab(session, teacher, lesson_id, title="Lab")
        variants.write(session, teacher, lesson_id=lesson_id, key="sports", text="A pass.", publish=False)
    return lesson_id


def field(app: AppTest, label: str) -> TextArea | NumberInput:
    assert not app.exception
    return next(one for one in (*app.text_area, *app.number_input) if one.label == label)


def press(app: AppTest, label: str) -> None:
    next(one for one in app.button if one.label == label).click().run()
    assert not app.exception


def waiting(world: World, role: UserRole = UserRole.INSTRUCTOR) -> dict[str, str]:
    with world.database.reading() as session:
        return unsent.kept(session, world.people[role], "typed ")


def test_what_is_typed_in_whole_forms_is_there_again_for_its_writer_alone_until_it_is_discarded(world: World) -> None:
    prepare(world)
    for page, label, words in (
        (LAB, "What to do", "Count wor"),
        (TERMS, "Seats, empty for any number", 12),
        (OFFERING, "What people should know", "Bring a lapt"),
        (OFFERING, "JSON Schema", "{"),
        (TELLING, "Text, in Markdown", "A pass, and a jo"),
    ):
        app = world.open(page, UserRole.INSTRUCTOR)
        assert len(world.statements) <= PAGE_QUERIES, (page, world.statements)
        before = field(app, label).value
        assert waiting(world) == {}, page  # to look keeps nothing
        field(app, label).set_value(words).run()  # type: ignore[arg-type]
        assert KEPT in said(app), page
        other = world.open(page, UserRole.CONTENT_ADMIN)
        assert field(other, label).value == before, page
        assert KEPT not in said(other), page
        again = world.open(page, UserRole.INSTRUCTOR)  # another tab
        assert field(again, label).value == words, page
        assert KEPT in said(again), page
        press(again, "Discard what I typed")
        assert field(again, label).value == before, page
        assert waiting(world) == {}, page


def test_what_was_typed_over_something_else_is_compared_when_it_is_saved_and_goes_with_it(world: World) -> None:
    prepare(world)
    field(world.open(LAB, UserRole.INSTRUCTOR), "What to do").set_value("Count letters.").run()
    helper = world.open(LAB, "helper")
    field(helper, "What to do").set_value("Count words.").run()
    press(helper, "Save the lab")
    app = world.open(LAB, UserRole.INSTRUCTOR)
    assert field(app, "What to do").value == "Count letters."
    assert "Somebody else has changed this since you typed" in said(app)
    press(app, "Save the lab")
    assert "-What to do: Count words.\n+What to do: Count letters." in differences(app)
    press(app, "Keep mine")
    assert waiting(world) == {}
    app = world.open(LAB, UserRole.INSTRUCTOR)
    assert field(app, "What to do").value == "Count letters."
    assert KEPT not in said(app)
    with world.database.reading() as session:
        assert session.execute(text("SELECT instructions FROM labs")).scalar_one() == "Count letters."


def test_what_was_typed_in_other_fields_than_there_are_now_keeps_nobody_from_the_page(world: World) -> None:
    lesson_id = prepare(world)
    before = field(world.open(LAB, UserRole.INSTRUCTOR), "What to do").value
    for typed in ({"title": "Of a version without the rest"}, ["Of no version"]):
        with world.database.transaction() as session:
            words = json.dumps({"typed": typed, "over": ""})
            unsent.keep(session, world.people[UserRole.INSTRUCTOR], f"typed lab-{lesson_id}", words)
        assert field(world.open(LAB, UserRole.INSTRUCTOR), "What to do").value == before


def test_rows_of_tables_are_kept_as_they_stand_and_what_is_there_by_now_is_no_longer_kept(world: World) -> None:
    lesson_id = prepare(world)
    app = world.open(CARDS, UserRole.INSTRUCTOR)
    place, signed = f"typed cards-{lesson_id}", sign(world, app, f"cards-{lesson_id}")

    def typed(*rows: list[str]) -> None:
        with world.database.transaction() as session:
            words = json.dumps({"typed": rows, "over": signed})
            unsent.keep(session, world.people[UserRole.INSTRUCTOR], place, words)

    typed(["Front", "Back", ""], ["Half a car", "", ""])
    app = world.open(CARDS, UserRole.INSTRUCTOR)
    assert KEPT in said(app)
    press(app, "Save the cards")
    assert "A card has two sides" in said(app)  # and both rows stay
    assert place in waiting(world)
    typed(["Front", "Back", ""])
    app = world.open(CARDS, UserRole.INSTRUCTOR)
    press(app, "Save the cards")
    assert waiting(world) == {}


def sign(world: World, app: AppTest, name: str) -> str:
    """What the fields were opened over."""
    return str(app.session_state[f"opened-{name}"].loading.split("-")[-2])


def test_a_new_course_and_a_new_telling_are_kept_whole(world: World) -> None:
    world.queries[TERMS] = ""
    app = world.open(TERMS, UserRole.INSTRUCTOR)
    field(app, "Seats, empty for any number").set_value(30).run()
    assert field(world.open(TERMS, UserRole.INSTRUCTOR), "Seats, empty for any number").value == 30
    about = {one.label: one for one in opened_telling(world).selectbox}
    assert (about["Lesson"].index, about["For"].index) == (0, 0)
    course_id = world.queries[CARDS].partition("=")[2]
    with world.database.transaction() as session:
        teacher = world.people[UserRole.INSTRUCTOR]
        unsent.keep(session, teacher, f"telling {course_id} about", f"{third_lesson(session)} sports")
    about = {one.label: one for one in opened_telling(world, "Go on with your telling").selectbox}
    assert about["Lesson"].index == 2
    assert str(about["For"].value) == "sports"


def opened_telling(world: World, button: str = "Tell a lesson anew") -> AppTest:
    app = world.open(TELLING, UserRole.INSTRUCTOR)
    press(app, button)
    return app


def third_lesson(session: Session) -> UUID:
    found: UUID = (
        session.execute(
            text(
                "SELECT l.id FROM lessons l JOIN modules m ON m.id = l.module_id ORDER BY m.order_index, l.order_index"
            )
        )
        .scalars()
        .all()[2]
    )
    return found


def test_a_mark_that_is_half_given_waits_for_its_grader_and_goes_once_it_is_given(world: World) -> None:
    with world.database.transaction() as session:
        _, attempt, question = handed_in(session)
    world.queries[GRADING] = f"attempt={attempt}"
    app = world.open(GRADING, UserRole.CONTENT_ADMIN)
    assert len(world.statements) <= PAGE_QUERIES, world.statements
    app.radio[0].set_value("high").run()
    field(app, "Words for the learner").set_value("Well sa").run()
    app = world.open(GRADING, UserRole.CONTENT_ADMIN)
    assert (app.radio[0].value, field(app, "Words for the learner").value) == ("high", "Well sa")
    press(app, "Save mark")
    assert "Evidence" in said(app)  # it lacks a level, and waits
    app.radio[1].set_value("full").run()
    assert field(world.open(GRADING, UserRole.SYSTEM_ADMIN), "Words for the learner").value == ""
    app.button(key=f"save-{question}").click().run()
    assert waiting(world, UserRole.CONTENT_ADMIN) == {}
    assert "Well sa" in said(world.open(GRADING, UserRole.CONTENT_ADMIN))


def weighing() -> None:
    """The dialog by itself: an application that is tested forgets a dialog with the next click."""
    import streamlit as st

    from pages.shared import people
    from pages.teach import grading_rules

    viewer = people.arrive()
    grading_rules.edit(viewer, st.session_state["book"])


def test_rules_of_grades_wait_for_their_writer_and_two_who_change_them_compare(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    again = st.rerun
    monkeypatch.setattr(st, "rerun", lambda scope="app": again())  # here a dialog never runs without its page
    course_id = UUID(world.queries[CARDS].partition("=")[2])

    def opened(role: UserRole) -> AppTest:
        app = AppTest.from_function(weighing, default_timeout=30)
        app.session_state["_family"] = world.families[role]
        with world.database.reading() as session:
            app.session_state["book"] = queries.book_of(session, session_viewer(world, role), course_id)
        app.run()
        assert not app.exception
        return app

    opened(UserRole.INSTRUCTOR)
    assert waiting(world) == {}  # to look keeps nothing
    opened(UserRole.INSTRUCTOR).toggle[0].set_value(True).run()
    other = opened(UserRole.CONTENT_ADMIN)
    other.selectbox[1].select(2).run()
    press(other, "Save the rules")
    app = opened(UserRole.INSTRUCTOR)
    assert app.toggle[0].value
    assert "Somebody else has changed this since you typed" in said(app)
    press(app, "Save the rules")
    assert differences(app) == [
        "-Decimals of the total: 2\n-A missing grade counts as 0: No\n"
        "+Decimals of the total: 1\n+A missing grade counts as 0: Yes"
    ]
    press(app, "Keep mine")
    assert waiting(world) == {}
    with world.database.reading() as session:
        rules = queries.open_book(session, course_id, "").rules
    assert (rules.decimals, rules.missing_is_zero) == (1, True)
