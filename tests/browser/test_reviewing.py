"""Flashcards by keyboard, on a narrow screen: made at a lesson, turned, answered, done."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from learncraft.accounts import service as accounts
from learncraft.acting import SYSTEM
from learncraft.db import Database
from learncraft.enrollment import service as enrollment
from learncraft.supervisor.postgres import EmbeddedPostgres
from tests.browser.ways import settle
from tests.factories import make_course, make_enrollment
from tests.server import Server

PASSWORD = "a password of nobody else"  # of an account of this test


@pytest.fixture
def lesson(site: Server) -> tuple[str, str]:
    """Somebody in a course of their own, who has opened its lesson: their address, and the lesson."""
    database = Database(EmbeddedPostgres(site.home).url)
    with database.transaction(SYSTEM) as session:
        course = make_course(session)
        address = f"reviewer-{course.id.hex[-8:]}@example.org"
        person = accounts.create_user(session, email=address, first_name="Rae", last_name="Lind", password=PASSWORD)
        make_enrollment(session, course.course, person)
        enrollment.open_lesson(session, learner_id=person.id, lesson_id=course.lessons[0].id)
        found = address, str(course.lessons[0].id)
    database.close()
    return found


def test_cards_are_made_at_a_lesson_and_answered_by_keys(sign_in: Callable[..., Page], lesson: tuple[str, str]) -> None:
    address, lesson_id = lesson
    page = sign_in(address, f"/lesson?id={lesson_id}", password=PASSWORD, width=390)
    for front, back in (("What is a join?", "Rows side by side"), ("And a union?", "Rows below each other")):
        page.get_by_role("button", name="Make a flashcard").click()
        dialog = page.get_by_role("dialog")
        dialog.get_by_label("Front").fill(front)
        dialog.get_by_label("Back").fill(back)
        dialog.get_by_label("Back").press("Control+Enter")
        dialog.get_by_role("button", name="Keep the card").click()
        expect(page.get_by_text("The card is in your review")).to_be_visible()
        page.reload()
    page.goto(page.url.partition("/lesson")[0] + "/home")
    expect(page.get_by_text("2 new cards")).to_be_visible()
    page.get_by_role("button", name="Review").click()
    for number, (front, back) in enumerate(
        (("What is a join?", "Rows side by side"), ("And a union?", "Rows below each other"))
    ):
        card = page.locator(".st-key-flashcard")
        expect(card.get_by_text(front)).to_be_visible()
        expect(card.get_by_text(back)).to_have_count(0)
        settle(page)
        page.keyboard.press("Space")
        expect(card.get_by_text(back)).to_be_visible()
        expect(page.get_by_role("button", name="Easy")).to_be_visible()
        settle(page)
        page.keyboard.press("4")
        expect(page.get_by_text(f"{number + 1} answered today")).to_be_visible()
    expect(page.get_by_text("Done for today")).to_be_visible()
