"""A course page and what leads to it: opinions with answers, featured courses, profiles; written by those who may."""

from __future__ import annotations

from sqlalchemy import text

from learncraft.accounts.models import UserRole
from learncraft.enrollment import reviews
from tests.pages.conftest import World, session_viewer
from tests.pages.test_every_page import said

COURSE = "pages/learn/course.py"


def shown_texts(app: object) -> list[str]:
    return [str(one.value) for one in app.text]  # type: ignore[attr-defined]


def test_a_review_is_written_by_a_learner_and_answered_by_the_teacher(world: World) -> None:
    app = world.open(COURSE, UserRole.LEARNER)
    app.text_area(key="review").set_value("Too <b>fast</b>")
    app.session_state["stars"] = 1
    app.button(key="review-save").click().run()
    assert not app.exception
    teacher = session_viewer(world, UserRole.INSTRUCTOR)
    with world.database.reading(teacher.acting()) as session:
        course_id = session.scalar(text("SELECT id FROM courses LIMIT 1"))
        [one] = reviews.of_course(session, teacher, course_id).latest
    assert (one.rating, one.text) == (2, "Too <b>fast</b>")
    app = world.open(COURSE, UserRole.INSTRUCTOR)
    app.text_area(key=f"answer-text-{one.id}").set_value("We add pauses")
    app.button(key=f"answer-save-{one.id}").click().run()
    assert not app.exception
    app = world.open(COURSE, UserRole.LEARNER)
    assert shown_texts(app) == ["Too <b>fast</b>", "We add pauses"]
    assert not [one for one in app.button if str(one.key).startswith("answer-save")]
    assert len(world.statements) <= 12


def test_content_admins_choose_what_stands_first_and_instructors_do_not(world: World) -> None:
    assert not [
        one for one in world.open("pages/teach/courses.py", UserRole.INSTRUCTOR).button if one.label == "Feature"
    ]
    app = world.open("pages/teach/courses.py", UserRole.CONTENT_ADMIN)
    next(one for one in app.button if one.label == "Feature").click().run()
    assert not app.exception
    catalogue = world.open("pages/learn/catalogue.py", UserRole.LEARNER)
    assert [one.value for one in catalogue.subheader] == ["Featured"]


def test_who_teaches_tells_of_themselves_and_an_address_that_is_none_is_a_sentence(world: World) -> None:
    app = world.open("pages/account/profile.py", UserRole.INSTRUCTOR)
    fields = {one.label: one for one in app.text_input}
    fields["One line under your name"].set_value("Tells tables")
    fields["Your own page"].set_value("javascript:alert(1)")
    saves = next(one for one in app.button if one.label == "Save what learners see")
    saves.click().run()
    assert "Type the whole address" in said(app)
    app = world.open("pages/account/profile.py", UserRole.INSTRUCTOR)
    next(one for one in app.text_input if one.label == "One line under your name").set_value("Tells tables")
    next(one for one in app.button if one.label == "Save what learners see").click().run()
    assert not app.exception
    assert "Tells tables" in said(world.open("pages/learn/instructor.py", UserRole.LEARNER))
