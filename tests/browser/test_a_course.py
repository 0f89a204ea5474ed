"""The whole way of a course: imported, published, joined, learned, and seen by its instructor."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.ways import go_to, open_first_quiz
from tests.server import Server

DEMO_COURSE = "Open edX Demo Course"


def publish(page: Page, title: str) -> None:
    """Press "Publish" on the card of a course."""
    card = (
        page.get_by_test_id("stVerticalBlock")
        .filter(has_text=title)
        .filter(has=page.get_by_role("button", name="Publish"))
    )
    card.last.get_by_role("button", name="Publish").click()
    expect(page.get_by_text("The course is in the catalogue")).to_be_visible()


def test_an_imported_course_is_published_learned_and_seen_in_its_charts(
    site: Server, sign_in: Callable[..., Page], shared_data: Path
) -> None:
    archive = shared_data / "olx" / "openedx-demo-course.tar.gz"
    said = site.command("import", str(archive), "--instructor", "instructor@learncraft.example")
    assert "imported" in said.stdout
    teacher = sign_in("instructor")
    expect(teacher.get_by_text(DEMO_COURSE)).to_be_visible()
    publish(teacher, DEMO_COURSE)

    learner = sign_in("learner", "/catalogue?q=edx")
    learner.get_by_role("link", name=DEMO_COURSE).click()
    learner.get_by_role("button", name="Enroll for free").click()
    expect(learner.get_by_text("0 of 17 lessons finished")).to_be_visible()
    learner.get_by_role("button", name=re.compile("^.*Start:")).click()
    expect(learner.get_by_role("heading", name="Introduction to the Open edX® platform")).to_be_visible()
    finish_lesson(learner)
    learner.get_by_role("link", name=re.compile("Next:")).click()
    expect(learner.get_by_role("heading", name="The Structure of the Open edX® platform")).to_be_visible()
    picture = learner.locator(".lc-prose img").first
    expect(picture).to_be_visible()
    assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)") > 0

    expect_in_chart_within(teacher, DEMO_COURSE, seconds=3)


def finish_lesson(page: Page) -> None:
    """Go through the parts of a lesson to its end, and finish it."""
    finish = page.get_by_role("button", name="Finish lesson")
    go_to(page, finish)
    finish.click()
    expect(page.get_by_text(re.compile(r"Finished$")).first).to_be_visible()


def expect_in_chart_within(teacher: Page, course: str, *, seconds: float) -> None:
    """The instructor's charts show the learner who was just active."""
    card = (
        teacher.get_by_test_id("stVerticalBlock")
        .filter(has_text=course)
        .filter(has=teacher.get_by_role("link", name="Insight"))
    )
    teacher.wait_for_timeout(seconds * 1000)
    card.last.get_by_role("link", name="Insight").click()
    expect(teacher.get_by_role("heading", name="Course insight")).to_be_visible()
    most_active = teacher.get_by_test_id("stMetric").filter(has_text="Most active in a day")
    expect(most_active.get_by_test_id("stMetricValue")).to_have_text("1")
    expect(teacher.get_by_text(re.compile("As of .*2")).first).to_be_visible()


def test_a_quiz_keeps_answers_over_a_reload_and_explains_the_result(sign_in: Callable[..., Page]) -> None:
    page = sign_in("learner")
    open_first_quiz(page)
    page.get_by_test_id("stRadio").first.get_by_test_id("stMarkdownContainer").nth(1).click()
    expect(page.get_by_text(re.compile("1 of 5 answered"))).to_be_visible()
    page.reload()
    expect(page.get_by_text(re.compile("1 of 5 answered"))).to_be_visible()
    expect(page.get_by_test_id("stRadio").first.locator("input:checked")).to_have_count(1)
    page.get_by_role("button", name="Hand in").click()
    expect(page.get_by_text("4 questions without an answer")).to_be_visible()
    page.get_by_role("button", name="Hand in").click()
    expect(page.get_by_text("Result of attempt 1")).to_be_visible()
    expect(page.get_by_text("Why", exact=True).first).to_be_visible()
