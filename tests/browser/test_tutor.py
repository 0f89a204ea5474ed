"""The tutor in a browser: ask, read where it stands, be refused; other ways; stop; a server that dies meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests import server as servers
from tests.browser.conftest import fill_sign_in
from tests.browser.ways import settle
from tests.tutor.model_server import serving

QUESTION = "What does a while loop need inside it?"


def ask(page: Page, question: str) -> None:
    page.get_by_test_id("stChatInput").locator("textarea").fill(question)
    page.keyboard.press("Enter")


def test_an_answer_leads_to_its_place_and_a_stranger_subject_is_refused(sign_in: Callable[..., Page]) -> None:
    page = sign_in("learner", "/tutor")
    ask(page, "How do I bake sourdough bread with rye?")
    expect(page.get_by_text("I don't find this in your courses.").last).to_be_visible()
    ask(page, QUESTION)
    expect(page.get_by_text("Read on in").last).to_be_visible()
    page.get_by_role("link", name="1 · Repeating work").last.click()
    expect(page.get_by_text("The tutor's answer rests on this.")).to_be_visible()
    expect(page.locator(".st-key-cited")).to_contain_text("while")


def test_by_keyboard_an_answer_is_told_otherwise_copied_and_rated_with_a_reason(sign_in: Callable[..., Page]) -> None:
    page = sign_in("learner", "/tutor")
    ask(page, QUESTION)
    expect(page.get_by_text("Read on in").last).to_be_visible()
    settle(page)
    for name, shows in (("Summarise", "Summarise “"), ("What next?", "What should I do next?")):
        page.get_by_role("button", name=name).focus()
        page.keyboard.press("Enter")
        expect(page.get_by_text(shows).last).to_be_visible()
        settle(page)
    page.get_by_role("button", name="Copy").last.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("stCode").last).to_contain_text("[1]")
    page.keyboard.press("Escape")
    page.get_by_role("radio", name="4 out of 5 stars").last.click()
    settle(page)
    page.get_by_role("button", name="Say why").last.click()
    page.get_by_label("What was good or missing?").last.fill("To the point")
    page.keyboard.press("Tab")
    settle(page)
    page.get_by_role("button", name="Send", exact=True).last.click()
    expect(page.get_by_text("Thank you.")).to_be_visible()


def test_an_answer_is_stopped_and_one_that_a_kill_cut_off_is_asked_again(
    browser: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bare = servers.environment()
    with serving() as model:
        monkeypatch.setattr(servers, "environment", lambda: bare | {"LEARNCRAFT_TUTOR_URL": model.url})
        model.says = lambda _: [
            "A while loop needs something inside it that brings the end closer [1]. ",
            *["Wait. "] * 60,
        ]
        model.delay = 0.5
        server = servers.start(tmp_path / "home", "--demo")
        try:
            page = browser.new_context(base_url=server.url).new_page()
            page.goto("/tutor")
            fill_sign_in(page, "learner@learncraft.example", "learncraft-demo")
            ask(page, QUESTION)
            expect(page.get_by_text("brings the end closer").last).to_be_visible()
            page.get_by_role("button", name="Stop").click()
            expect(page.get_by_role("button", name="Copy")).to_be_visible()  # what was read is kept
            expect(page.get_by_text("brings the end closer").last).to_be_visible()
            ask(page, "How does a for loop end?")
            expect(page.get_by_role("button", name="Stop")).to_be_visible()
            where = page.url.removeprefix(server.url)
            server.kill()
            model.delay, model.says = 0.0, lambda _: ["A `for` loop ends by itself [1]. "]
            server = servers.start(tmp_path / "home")
            page.goto(server.url + where)
            expect(page.get_by_text("The answer was cut off before it came.")).to_be_visible()
            settle(page)
            page.get_by_role("button", name="Ask again").click()
            expect(page.get_by_role("button", name="Copy")).to_have_count(2)
            expect(page.get_by_role("button", name="Ask again")).to_have_count(0)
            page.context.close()
        finally:
            server.stop()
