"""Remarks on the pages of reviewers and authors: written beside what changes, found at their place, settled there."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import text

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


def test_a_reviewer_speaks_at_a_lesson_and_a_question_and_the_author_finds_answers_and_settles_it(
    world: World,
) -> None:
    _, lesson_id = in_review(world)
    app = world.open("pages/teach/review.py", UserRole.CONTENT_ADMIN)
    app.session_state[f"change-{lesson_id}"] = True
    app.run()
    app.text_area(key=f"body-{lesson_id}-0").input("Explain joins first.").run()
    app.button(key=f"say-{lesson_id}").click().run()
    assert not app.exception
    app.session_state[f"change-{lesson_id}"] = True  # a browser keeps it unfolded
    app.run()
    choice = app.selectbox(key=f"about-{lesson_id}")
    assert choice.options[0] == "The lesson as a whole"
    choice.select(next(one for one in choice.options if "question 1" in one)).run()
    app.text_area(key=f"body-{lesson_id}-1").input("Which join?").run()
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
