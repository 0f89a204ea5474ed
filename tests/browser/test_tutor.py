"""The tutor in a browser: ask, read where it stands; be refused."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect


def ask(page: Page, question: str) -> None:
    page.get_by_test_id("stChatInput").locator("textarea").fill(question)
    page.keyboard.press("Enter")


def test_an_answer_leads_to_its_place_and_a_stranger_subject_is_refused(sign_in: Callable[..., Page]) -> None:
    page = sign_in("learner", "/tutor")
    ask(page, "How do I bake sourdough bread with rye?")
    expect(page.get_by_text("I don't find this in your courses.").last).to_be_visible()
    ask(page, "What does a while loop need inside it?")
    expect(page.get_by_text("Read on in").last).to_be_visible()
    page.get_by_role("link", name="1 · Repeating work").last.click()
    expect(page.get_by_text("The tutor's answer rests on this.")).to_be_visible()
    expect(page.locator(".st-key-cited")).to_contain_text("while")
