"""My courses tells how far the review of each course is, to who waits and to who decides."""

from __future__ import annotations

from sqlalchemy import text
from streamlit.testing.v1 import AppTest

from learncraft.accounts.models import UserRole
from learncraft.authoring import drafting, outlining, reviewing
from tests.pages.conftest import World, session_viewer
from tests.pages.test_every_page import PAGE_QUERIES
from tests.pages.test_remarks import in_review

PAGE = "pages/teach/courses.py"


def links(app: AppTest) -> list[str]:
    return [str(link.proto.label) for link in app.get("page_link")]


def badges(app: AppTest) -> str:
    return " ".join(str(one.value) for one in app.markdown)


def test_a_course_in_review_and_one_sent_back_are_told_and_letters_are_asked_for(world: World) -> None:
    in_review(world)
    app = world.open(PAGE, UserRole.INSTRUCTOR)
    assert len(world.statements) <= PAGE_QUERIES
    assert any(one.startswith("Sent to review") for one in links(app))
    assert not any("waits for a review" in one for one in links(app))
    assert all(word in badges(app) for word in ("Published", "In review"))
    assert "**1 course waits for a review**" in links(world.open(PAGE, UserRole.CONTENT_ADMIN))
    assert len(world.statements) <= PAGE_QUERIES

    review = world.open("pages/teach/review.py", UserRole.CONTENT_ADMIN)
    next(one for one in review.text_area if one.label.startswith("What you want")).input("Say *more* of joins.").run()
    next(one for one in review.button if one.label == "Send back").click().run()
    assert not review.exception
    app = world.open(PAGE, UserRole.INSTRUCTOR)
    [back] = [one for one in links(app) if one.startswith("Sent back")]
    assert "Say \\*more\\* of joins." in back
    assert "Sent back" in badges(app)
    with world.database.reading() as session:  # by a page's own right to the database
        told = session.execute(text("SELECT args ->> 'user_id' FROM procrastinate_jobs WHERE task_name LIKE '%review'"))
        readers = [one for (one,) in told]
    assert str(world.people[UserRole.INSTRUCTOR]) in readers
    assert str(world.people[UserRole.CONTENT_ADMIN]) in readers  # that it waits; who sent it back needs no letter


def test_a_new_course_in_review_offers_no_publication(world: World) -> None:
    teacher = session_viewer(world, UserRole.INSTRUCTOR)
    with world.database.transaction() as session:
        course_id = session.scalar(text("SELECT id FROM courses WHERE instructor_id = :id"), {"id": teacher.id})
        session.execute(text("UPDATE courses SET status = 'draft'"))
        drafting.begin(session, teacher, course_id)
        session.execute(text("UPDATE course_drafts SET status = 'draft'"))
        lesson_id = session.scalar(text("SELECT id FROM lesson_drafts LIMIT 1"))
        outlining.rename_lesson(session, teacher, lesson_id, title="Joins, renamed")
    assert any(one.label == "Publish" for one in world.open(PAGE, UserRole.INSTRUCTOR).button)
    with world.database.transaction() as session:
        reviewing.submit(session, teacher, course_id)
    assert not any(one.label in {"Publish", "Unpublish"} for one in world.open(PAGE, UserRole.INSTRUCTOR).button)
