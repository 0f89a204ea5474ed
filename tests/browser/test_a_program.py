"""A learner writes programs in the page, runs and tests them, hands in and reads what each test said."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.ways import go_to

RIGHT = "def with_tip(amount, percent=10):\n    return round(amount * (1 + percent / 100), 2)"


def test_a_program_is_written_run_tested_and_graded(sign_in: Callable[..., Page]) -> None:
    page = sign_in("learner", "/course?course=python-from-the-first-line")
    page.get_by_text("Collections and functions").first.click()
    lesson = page.get_by_role("link", name=re.compile(r"Functions ·")).first
    expect(lesson).to_be_visible()
    page.goto(f"/{lesson.get_attribute('href')}")  # a click into a module that still unfolds hits what moves under it
    expect(page.get_by_role("heading", name="Functions", exact=True)).to_be_visible()
    quiz = page.get_by_test_id("stVerticalBlock").filter(has_text="Functions of your own")
    go_to(page, page.get_by_text("Functions of your own", exact=True))
    quiz.last.get_by_role("button", name=re.compile("Start|Continue")).click()

    editor = page.get_by_label(re.compile("Your answer to question 1"))
    expect(editor).to_have_value(re.compile("def with_tip"))
    editor.fill(f"{RIGHT}\nprint(with_tip(8))")
    page.get_by_role("button", name="Run", exact=True).first.click()
    expect(page.get_by_text("8.8", exact=True)).to_be_visible()
    page.get_by_role("button", name="Test", exact=True).first.click()
    expect(page.get_by_text("2 of 2 tests passed.")).to_be_visible()

    second = page.get_by_label(re.compile("Your answer to question 2"))
    second.press("Control+A")
    second.press_sequentially("def count_words(text):\nreturn text.sprit()")
    expect(second).to_have_value("def count_words(text):\n    return text.sprit()")
    page.get_by_role("button", name="Test", exact=True).nth(1).click()
    expect(page.get_by_text("has no attribute 'sprit'").first).to_be_visible()

    hand_in = page.get_by_role("button", name=re.compile("Hand in"))
    hand_in.click()
    result = page.get_by_text(re.compile("Result of attempt"))
    expect(result.or_(hand_in).first).to_be_visible()
    if hand_in.is_visible():
        hand_in.click()
    expect(result).to_be_visible(timeout=40_000)
    expect(page.get_by_text("4 of 4 tests passed: 2 of 2 points")).to_be_visible()
    expect(page.get_by_text("Hidden test 1").first).to_be_visible()
    expect(page.get_by_text("an amount that has to be rounded")).to_have_count(0)
