"""Remarks on the pages of reviewers and authors: written beside what changes, found at their place, settled there."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import text
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import TextArea

from learncraft.accounts import unsent
from learncraft.accounts.models import UserRole
from learncraft.authoring import drafting, outlining, reviewing
from tests.pages.conftest import World, session_viewer
from tests.pages.test_every_page import PAGE_QUERIES, said


def in_review(world: World) -> tuple[UUID, UUID]:
    """The world's course, its first lesson renamed, waiting for a reviewer."""
    course_id, lesson_id = (UUID(one.partition("=")[2]) for one in world.queries["pages/teach/builder.py"].split("&"))
    teacher = session_viewer(world, UserRole.INSTRUCTOR)
    with world.database.transaction() as session:
        drafting.begin(session, teacher, course_id)
        outlining.rename_lesson(session, teacher, lesson_id, title="Joins, renamed")
        reviewing.submit(session, teacher, course_id)
    return course_id, lesson_id


def field(app: AppTest, label: str) -> TextArea:
    """The first area of this label."""
    return next(one for one in app.text_area if one.label == label)


def test_a_reviewer_speaks_at_a_lesson_and_a_question_and_the_author_finds_answers_and_settles_it(
    world: World,
) -> None:
    _, lesson_id = in_review(world)
    app = world.open("pages/teach/review.py", UserRole.CONTENT_ADMIN)
    app.session_state[f"change-{lesson_id}"] = True
    app.run()
    field(app, "Remark").input("Explain joins first.").run()
    app.button(key=f"say-{lesson_id}").click().run()
    assert not app.exception
    app.session_state[f"change-{lesson_id}"] = True  # a browser keeps it unfolded
    app.run()
    choice = next(one for one in app.selectbox if one.label == "About")
    assert choice.options[0] == "The lesson as a whole"
    choice.select(next(one for one in choice.options if "question 1" in one)).run()
    field(app, "Remark").input("Which join?").run()
    app.button(key=f"say-{lesson_id}").click().run()
    assert "Open remarks (2)" in [one.value for one in app.subheader]
    assert "2 open remarks" in said(world.open("pages/teach/reviews.py", UserRole.CONTENT_ADMIN))
    app = world.open("pages/teach/review.py", UserRole.CONTENT_ADMIN)
    assert len(world.statements) <= PAGE_QUERIES, world.statements
    next(one for one in app.button if one.label == "Send back").click().run()
    author = world.open("pages/teach/review.py", UserRole.INSTRUCTOR)
    assert "With 2 remarks" in said(author)
    assert {"Explain joins first.", "Which join?"} <= {one.value for one in author.text}
    with world.database.reading() as session:
        question, assessment = session.execute(
            text("SELECT question_id, assessment_id FROM review_remarks WHERE question_id IS NOT NULL")
        ).one()
    world.queries["pages/teach/assessment.py"] = f"id={assessment}&question={question}"
    editor = world.open("pages/teach/assessment.py", UserRole.INSTRUCTOR)
    assert not editor.exception
    assert "Which join?" in [one.value for one in editor.text]
    next(one for one in editor.button if one.label == "Settle").click().run()
    author = world.open("pages/teach/review.py", UserRole.INSTRUCTOR)
    assert "Open remarks (1)" in [one.value for one in author.subheader]


def test_what_is_half_said_is_there_again_in_another_tab_for_its_writer_alone_until_it_is_sent(world: World) -> None:
    course_id, lesson_id = in_review(world)

    def opened(role: UserRole = UserRole.CONTENT_ADMIN) -> AppTest:
        app = world.open("pages/teach/review.py", role)
        if f"change-{lesson_id}" not in app.session_state or not app.session_state[f"change-{lesson_id}"]:
            app.session_state[f"change-{lesson_id}"] = True
            app.run()
        assert not app.exception
        return app

    app = opened()
    choice = next(one for one in app.selectbox if one.label == "About")
    choice.select(next(one for one in choice.options if "question 1" in one)).run()
    field(app, "Remark").input("Which jo").run()
    field(app, "What you want to tell the author").input("Nearly the").run()
    app = world.open("pages/teach/review.py", UserRole.CONTENT_ADMIN)  # a new tab; its place is unfolded
    assert field(app, "Remark").value == "Which jo"
    choice = next(one for one in app.selectbox if one.label == "About")
    assert "question 1" in choice.options[choice.index or 0]
    assert field(app, "What you want to tell the author").value == "Nearly the"
    assert "Which jo" not in [one.value for one in opened(UserRole.SYSTEM_ADMIN).text_area]
    app.button(key=f"say-{lesson_id}").click().run()
    assert [one.value for one in app.text if one.value == "Which jo"]
    app = opened()
    assert field(app, "Remark").value == ""
    [answer] = [one for one in app.text_area if one.label == "Your answer"][:1]
    answer.input("The first o").run()
    app = world.open("pages/teach/review.py", UserRole.CONTENT_ADMIN)
    assert "Go on with your answer" in [one.proto.popover.label for one in app.get("popover")]
    assert field(app, "Your answer").value == "The first o"
    next(one for one in app.button if str(one.key).startswith("answer-send-")).click().run()
    assert "Go on with your answer" not in [one.proto.popover.label for one in app.get("popover")]
    with world.database.reading() as session:
        kept = unsent.kept(session, world.people[UserRole.CONTENT_ADMIN], "remark ")
        assert kept == {f"remark on sending back {course_id}": "Nearly the"}
