"""From an empty quiz to a corrected key, in a real browser: written, published, taken, and graded anew."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from learncraft.accounts.models import User
from learncraft.assessments import service
from learncraft.assessments.models import Assessment
from learncraft.db import Database
from learncraft.demo.people import PASSWORD
from learncraft.supervisor.postgres import EmbeddedPostgres
from tests.browser.conftest import fill_sign_in
from tests.browser.ways import settle
from tests.factories import make_course, make_enrollment
from tests.server import Server

TEACHER, LEARNER = "instructor@learncraft.example", "learner@learncraft.example"
PAUSE = 1500  # a pause in typing, after which everything is in the draft


@dataclass
class Place:
    """A course of the demo's instructor that the demo's learner is in."""

    database: Database
    lesson_id: UUID
    learner_id: UUID


@pytest.fixture
def place(site: Server) -> Place:
    database = Database(EmbeddedPostgres(site.home).url)
    with database.transaction() as session:
        teacher, learner = (session.scalars(select(User).where(User.email == one)).one() for one in (TEACHER, LEARNER))
        made = make_course(session, instructor=teacher)
        make_enrollment(session, made.course, learner)
        return Place(database, made.lessons[0].id, learner.id)


def add(page: Page, kind: str, text: str) -> None:
    page.get_by_role("button", name="Add a question").click()
    page.get_by_text(kind, exact=True).first.click()
    expect(page.get_by_role("heading", name=re.compile(f": {kind}$"))).to_be_visible()
    page.get_by_label("Question", exact=True).press_sequentially(text, delay=5)
    page.wait_for_timeout(PAUSE)


def mark(page: Page, number: int) -> None:
    page.locator('[class*="st-key-right-"] label').nth(number).click()


def write(page: Page, place: Place) -> UUID:
    """A quiz of two questions, the first with a wrong key; left and opened again in between."""
    page.get_by_role("button", name="New assessment").click()
    page.get_by_label("Title").fill("Joins, checked")
    page.get_by_role("button", name="Make it").click()
    expect(page.get_by_text("No question yet")).to_be_visible()
    add(page, "One right option", "Which join keeps all rows?")
    for letter, text in zip("ABCD", ("Left join", "Inner join", "Cross join", "Self join"), strict=True):
        page.get_by_label(f"Option {letter}", exact=True).fill(text)
        page.wait_for_timeout(PAUSE)
    mark(page, 1)
    expect(page.get_by_text("to mend before publishing")).to_have_count(0)
    page.reload()  # what was typed is in the draft, without a button
    expect(page.get_by_label("Option D", exact=True)).to_have_value("Self join")
    add(page, "A short answer that a machine checks", "How many rows?")
    expect(page.get_by_text("1 thing to mend before publishing")).to_be_visible()
    expect(page.get_by_role("button", name="Publish")).to_be_disabled()
    page.get_by_label("Accepted answer").fill("12")
    expect(page.get_by_text("to mend before publishing")).to_have_count(0)
    settle(page)
    page.get_by_role("button", name="Publish", exact=True).click()
    # It is public, and yet nobody gets to it before its lesson shows it.
    expect(page.get_by_role("button", name="Unpublish")).to_be_visible()
    expect(page.get_by_text("No block of its lesson shows it")).to_be_visible()
    settle(page)
    page.get_by_role("button", name="Put it into the lesson").click()
    expect(page.get_by_text("Learners get it with the next publication of the course.")).to_be_visible()
    with place.database.reading() as session:
        return session.scalars(select(Assessment.id).where(Assessment.lesson_id == place.lesson_id)).one()


def test_a_quiz_is_written_published_taken_and_its_key_corrected(open_page: Callable[..., Page], place: Place) -> None:
    teacher = open_page(f"/teach-assessment?lesson={place.lesson_id}")
    fill_sign_in(teacher, TEACHER, PASSWORD)
    quiz = write(teacher, place)
    with place.database.transaction() as session:
        attempt = service.start_attempt(session, learner_id=place.learner_id, assessment_id=quiz)
    learner = open_page(f"/assessment?attempt={attempt}", width=390)
    fill_sign_in(learner, LEARNER, PASSWORD)
    learner.get_by_role("radio", name="Left join").check()
    learner.get_by_role("textbox").fill("12")
    learner.get_by_role("button", name="Hand in").click()
    expect(learner.get_by_text("50 %, and 70 % are needed to pass.")).to_be_visible()

    teacher.goto(f"/teach-assessment?id={quiz}")
    teacher.get_by_role("link", name="Correct the key").click()
    expect(teacher.get_by_text("This is the key as it stands.")).to_be_visible()
    mark(teacher, 0)
    expect(teacher.get_by_text("What this changes")).to_be_visible()
    teacher.get_by_label("Why? Learners read it").fill("A left join keeps them.")
    teacher.get_by_role("button", name="Correct it and grade 1 attempt anew").click()
    expect(teacher.get_by_text("“A left join keeps them.” 1 score changed.")).to_be_visible()
    learner.reload()
    expect(learner.get_by_text("Passed with 100 %.")).to_be_visible()
    expect(learner.get_by_text("A left join keeps them.")).to_be_visible()
    place.database.close()
