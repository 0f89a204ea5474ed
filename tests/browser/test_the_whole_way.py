"""From the catalogue to a certificate that a stranger can check, on a wide and on a narrow screen."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_a_course import finish_lesson, publish
from tests.browser.ways import settle
from tests.server import Server


@pytest.mark.parametrize("width", [1280, 390])
def test_a_learner_finds_a_course_joins_learns_and_can_show_the_certificate(
    site: Server, sign_in: Callable[..., Page], open_page: Callable[..., Page], tmp_path: Path, width: int
) -> None:
    title, slug, who = f"Knots for {width}", f"knots-{width}", f"knots{width}@example.org"
    folder = tmp_path / slug
    folder.mkdir()
    (folder / "course.yaml").write_text(
        f"title: {title}\nslug: {slug}\nshort_description: Two knots that hold\ncategory: databases\n"
        "skill_level: beginner\nmodules:\n  - {key: one, title: One, lessons: [reef.md, bowline.md]}\n",
        encoding="utf-8",
    )
    for name in ("reef", "bowline"):
        (folder / f"{name}.md").write_text(f"---\ntitle: The {name}\nminutes: 5\n---\nHold it.\n", encoding="utf-8")
    site.command("import", str(folder), "--instructor", "instructor@learncraft.example")
    publish(sign_in("instructor"), title)
    page = come_in(site, open_page, who, width)

    page.goto(f"/catalogue?q={title.split(maxsplit=1)[0].lower()}")
    page.get_by_role("link", name=title).first.click()
    page.get_by_role("button", name="Enroll for free").click()
    expect(page.get_by_text("0 of 2 lessons finished")).to_be_visible()
    page.get_by_role("button", name=re.compile("Start:")).click()
    finish_lesson(page)
    page.get_by_role("link", name=re.compile("Next:")).click()
    expect(page.get_by_role("heading", name="The bowline")).to_be_visible()
    settle(page)
    finish_lesson(page)
    expect(page.get_by_role("button", name="Finish lesson")).to_have_count(0)
    page.get_by_role("link", name="Back to the course").first.click()
    expect(page.get_by_text("You have finished this course.")).to_be_visible()
    page.goto("/certificates")
    expect(page.get_by_text(title).first).to_be_visible()
    number = re.search(r"[0-9A-Z]{4}(?:-[0-9A-Z]{4}){3}", page.locator(".stMainBlockContainer").inner_text())
    assert number is not None
    stranger = open_page(f"/verify/{number[0]}", width=width)
    expect(stranger.get_by_role("heading", name="This certificate is valid")).to_be_visible()
    expect(stranger.get_by_text(title)).to_be_visible()
    assert stranger.evaluate("document.documentElement.scrollWidth <= innerWidth"), "nothing sticks out"


def come_in(site: Server, open_page: Callable[..., Page], who: str, width: int) -> Page:
    """A learner who is new here, signed in by a link."""
    said = site.command("user", "create", who, "--first-name", "Kit", "--json").stdout
    link = re.search(r"/auth/link/[\w.-]+", said)
    assert link is not None, said
    page = open_page(link[0], width=width)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_text("Hello, Kit")).to_be_visible()
    return page
