"""What a person sees when the server dies under them."""

from __future__ import annotations

import re
from pathlib import Path

import psycopg
from playwright.sync_api import Browser, Page, expect

from learncraft.supervisor.postgres import EmbeddedPostgres
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
    browser: Browser, home: Path
) -> None:
    server = start(home)
    try:
        page = sign_in_at(browser, server.url, "/profile")
        expect(page.get_by_role("heading", name="Profile")).to_be_visible()
        expect(page.get_by_role("dialog")).to_have_count(0)  # the first page of a new server is found
        open_first_quiz(page)
        page.get_by_role("radio").nth(1).check()
        expect(page.get_by_text(re.compile("^Saved "))).to_be_visible()
        where = page.url.removeprefix(server.url)
        server.kill()
        server = start(home)
        page.goto(server.url + where)
        expect(page.get_by_text(re.compile("1 of 5 answered"))).to_be_visible()
        expect(page.get_by_role("radio", checked=True)).to_have_count(1)
        page.context.close()
    finally:
        server.stop()


def test_a_page_that_breaks_shows_a_reference_and_the_log_has_the_trace(browser: Browser, home: Path) -> None:
    server = start(home)
    try:
        page = sign_in_at(browser, server.url, "/")
        with psycopg.connect(EmbeddedPostgres(home).url, autocommit=True) as connection:
            connection.execute("ALTER TABLE course_progress RENAME COLUMN percent_complete TO hidden")
        page.goto(server.url + "/catalogue")
        message = page.get_by_text(re.compile(r"LC-[0-9A-Z]{6}"))
        expect(message).to_be_visible()
        assert "Traceback" not in page.content()
        assert "percent_complete" not in page.content()
        found = re.search(r"LC-[0-9A-Z]{6}", message.inner_text())
        assert found is not None
        log = (home / "logs" / "learncraft.log").read_text(encoding="utf-8")
        assert found[0] in log
        assert "UndefinedColumn" in log
        page.context.close()
    finally:
        server.stop()
