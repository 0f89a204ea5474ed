"""What a person sees when the server dies under them."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import fill_sign_in
from tests.browser.ways import open_first_quiz
from tests.server import start


def sign_in_at(browser: Browser, url: str, path: str) -> Page:
    context = browser.new_context(base_url=url)
    page = context.new_page()
    page.goto(path)
    fill_sign_in(page, "learner@learncraft.example", "learncraft-demo")
    page.get_by_test_id("stMainBlockContainer").wait_for()
    return page


def test_an_answer_survives_a_server_that_is_killed_and_the_person_stays_signed_in(
    browser: Browser, tmp_path: Path
) -> None:
    server = start(tmp_path / "home", "--demo")
    try:
        page = sign_in_at(browser, server.url, "/profile")
        expect(page.get_by_role("heading", name="Profile")).to_be_visible()
        expect(page.get_by_role("dialog")).to_have_count(0)  # the first page of a new server is found
        open_first_quiz(page)
        page.get_by_test_id("stRadio").first.get_by_test_id("stMarkdownContainer").nth(1).click()
        expect(page.get_by_text(re.compile("1 of 5 answered"))).to_be_visible()
        where = page.url.removeprefix(server.url)
        server.kill()
        server = start(tmp_path / "home")
        page.goto(server.url + where)
        expect(page.get_by_text(re.compile("1 of 5 answered"))).to_be_visible()
        expect(page.get_by_test_id("stRadio").first.locator("input:checked")).to_have_count(1)
        page.context.close()
    finally:
        server.stop()
