"""The whole way of a course: imported, published, joined, learned, and seen by its instructor."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.ways import go_to, open_first_quiz, settle
from tests.server import Server

DEMO_COURSE = "Open edX Demo Course"


def publish(page: Page, title: str) -> None:
    """Press "Publish" on the card of a course, once it is drawn whole."""
    expect(page.get_by_text(title).first).to_be_visible()
    settle(page)
    card = (
        page.get_by_test_id("stVerticalBlock")
        .filter(has_text=title)
        .filter(has=page.get_by_role("button", name="Publish"))
    )
    button = card.last.get_by_role("button", name="Publish")
    expect(button).to_have_count(1)  # while cards are drawn anew, what holds the title is the page
    button.click()
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
    learner.get_by_role("link", name=DEMO_COURSE).first.click()
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

    expect_in_chart(teacher, DEMO_COURSE)


def finish_lesson(page: Page) -> None:
    """Go through the parts of a lesson to its end, and finish it."""
    finish = page.get_by_role("button", name="Finish lesson")
    go_to(page, finish)
    settle(page)
    finish.click()
    expect(page.get_by_text(re.compile(r"Finished$")).first).to_be_visible()
    settle(page)


def expect_in_chart(teacher: Page, course: str) -> None:
    """The instructor's charts show the learner who was just active, as of a moment ago.

    On a quiet machine that takes a second (docs/performance.md); a busy one gets time.
    """
    card = (
        teacher.get_by_test_id("stVerticalBlock")
        .filter(has_text=course)
        .filter(has=teacher.get_by_role("link", name="Insight"))
    )
    card.last.get_by_role("link", name="Insight").click()
    expect(teacher.get_by_role("heading", name="Course insight")).to_be_visible()
    most_active = teacher.get_by_test_id("stMetric").filter(has_text="Active learners")
    expect(most_active).to_be_visible()
    for _ in range(20):
        if most_active.get_by_test_id("stMetricValue").inner_text() == "1":
            break
        teacher.wait_for_timeout(1000)
        teacher.reload()
        expect(most_active).to_be_visible()
    expect(most_active.get_by_test_id("stMetricValue")).to_have_text("1")
    expect(teacher.get_by_text(re.compile("As of .*2")).first).to_be_visible()


def test_a_quiz_keeps_answers_over_a_reload_and_explains_the_result(sign_in: Callable[..., Page]) -> None:
    page = sign_in("learner")
    open_first_quiz(page)
    page.get_by_role("radio").nth(1).check()
    expect(page.get_by_text(re.compile("1 of 5 answered"))).to_be_visible()
    expect(page.get_by_text(re.compile("^Saved "))).to_be_visible()
    page.reload()
    expect(page.get_by_text(re.compile("1 of 5 answered"))).to_be_visible()
    expect(page.get_by_role("radio", checked=True)).to_have_count(1)
    page.get_by_role("button", name="Hand in").click()
    expect(page.get_by_text("4 questions without an answer")).to_be_visible()
    page.get_by_role("button", name="Hand in").click()
    expect(page.get_by_text("Result of attempt 1")).to_be_visible()
    expect(page.get_by_text("Why", exact=True).first).to_be_visible()


def test_a_chart_can_be_downloaded_and_read_as_a_table(sign_in: Callable[..., Page]) -> None:
    page = sign_in("instructor")
    card = (
        page.get_by_test_id("stVerticalBlock")
        .filter(has_text="Thinking in SQL")
        .filter(has=page.get_by_role("link", name="Insight"))
    )
    card.last.get_by_role("link", name="Insight").click()
    question = page.get_by_role("heading", name="Which lessons do learners reach and finish?")
    expect(question).to_be_visible()
    with page.expect_download() as downloading:
        page.locator(".st-key-csv-completion_funnel").get_by_role("button").click()
    lines = Path(downloading.value.path()).read_text(encoding="utf-8").splitlines()
    assert lines[0] == "#,Lesson,Module,Opened,Completed"
    assert len(lines) == 13  # twelve lessons
    opened = [int(line.rsplit(",", 2)[1]) for line in lines[1:]]
    assert opened[0] > opened[-1] > 0
    page.locator(".st-key-sql-completion_funnel").get_by_role("button").first.click()
    expect(page.get_by_text(re.compile("from activity|from learning_events", re.I)).first).to_be_visible()


def test_a_course_that_nobody_has_joined_says_so_instead_of_empty_charts(
    site: Server, sign_in: Callable[..., Page], tmp_path: Path
) -> None:
    folder = tmp_path / "quiet"
    folder.mkdir()
    (folder / "course.yaml").write_text(
        "title: A quiet course\nslug: quiet\nshort_description: Nobody is here yet\ncategory: databases\n"
        "skill_level: beginner\nmodules:\n  - {key: one, title: One, lessons: [only.md]}\n",
        encoding="utf-8",
    )
    (folder / "only.md").write_text("---\ntitle: Only\nminutes: 5\n---\nWords.\n", encoding="utf-8")
    site.command("import", str(folder), "--instructor", "instructor@learncraft.example")
    page = sign_in("instructor")
    card = (
        page.get_by_test_id("stVerticalBlock")
        .filter(has_text="A quiet course")
        .filter(has=page.get_by_role("link", name="Insight"))
    )
    card.last.get_by_role("link", name="Insight").click()
    expect(page.get_by_text("Nobody has opened a lesson yet.")).to_be_visible()
    expect(page.get_by_text("Nobody was active in this period.")).to_be_visible()


def test_a_certificate_of_the_demo_can_be_opened_and_checked_by_anybody(
    sign_in: Callable[..., Page], open_page: Callable[..., Page]
) -> None:
    page = sign_in("learner", "/certificates")
    expect(page.get_by_role("heading", name="Statistics you can trust")).to_be_visible()
    shared = page.get_by_role("link", name="Page to share").first.get_attribute("href")
    assert shared is not None
    anybody = open_page(shared)
    expect(anybody.get_by_text("Statistics you can trust").first).to_be_visible()
    expect(anybody.get_by_text("Lena").first).to_be_visible()
