"""A lesson is spoken about and brought back in a real browser, while its author has it open."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.test_building import bring_in, open_only_lesson
from tests.browser.ways import settle
from tests.server import Server


def test_a_remark_is_answered_where_it_stands_and_a_revision_comes_back_into_an_open_tab(
    site: Server, sign_in: Callable[..., Page], tmp_path: Path
) -> None:
    title = bring_in(site, tmp_path / "revised")
    author = sign_in("instructor", "/teach-courses")
    words = open_only_lesson(author, title)
    words.fill("Other words.")
    expect(author.get_by_text(re.compile("^Saved"))).to_be_visible()

    reader = sign_in("reviewer", author.url, width=390)
    reader.locator("details.remarks summary").click()
    reader.get_by_label("Say something about this lesson").fill("The first words were better.")
    reader.get_by_role("button", name="Send the remark").click()
    expect(reader.get_by_text("Remarks (1 open)")).to_be_visible()

    author.get_by_role("link", name="Revisions").click()
    expect(author.locator(".lc-gone")).to_contain_text("Text: Words.")
    expect(author.locator(".lc-came")).to_contain_text("Text: Other words.")
    settle(author)
    author.get_by_role("button", name="Bring revision 1 back").click()
    expect(author.get_by_text("Both say the same.")).to_be_visible()
    expect(reader.locator("section.card textarea").first).to_have_value("Words.", timeout=20_000)  # its next heartbeat

    settle(author)
    author.get_by_role("link", name="Back to the lesson").click()
    author.get_by_label("Your answer").fill("They are back.")
    author.get_by_role("button", name="Answer").click()
    expect(author.get_by_text("They are back.")).to_be_visible()
    author.get_by_role("button", name="Settle").click()
    expect(author.get_by_text("Remarks (1 settled)")).to_be_visible()
