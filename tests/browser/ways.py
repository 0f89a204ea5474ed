"""Ways through the pages that several tests go."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, TimeoutError, expect


def settle(page: Page) -> None:
    """Wait until the page has been run to its end: what is clicked before may be replaced under the click.

    Something that the run shows must be there already: a page that has not begun looks like one that has ended.
    """
    expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")


def go_to(page: Page, wanted: Locator) -> None:
    """Go on through the parts of a lesson until something is there."""
    following = page.get_by_role("button", name="Next part")
    while True:
        expect(wanted.or_(following).first).to_be_visible()
        if wanted.is_visible():
            return
        part = page.get_by_text(re.compile(r"^Part \d+ of \d+$")).inner_text()
        try:
            following.click(timeout=10_000)
        except TimeoutError:
            continue  # the click before led to the last part while this one was under way
        expect(page.get_by_text(part, exact=True)).to_be_hidden()


def open_first_quiz(page: Page) -> None:
    """Start the quiz of the demo's module on decisions and loops."""
    page.goto("/course?course=python-from-the-first-line")
    lesson = page.get_by_role("link", name=re.compile("Tracing a program by hand"))
    expect(lesson).to_be_attached()
    if not lesson.is_visible():
        page.get_by_text("Decisions and loops").first.click()
    lesson.click()
    expect(page.get_by_role("heading", name="Tracing a program by hand")).to_be_visible()
    begin = page.get_by_role("button", name="Start")
    go_to(page, begin)
    begin.click()
    expect(page.get_by_role("button", name="Hand in")).to_be_visible()
