"""A course is built in a real browser: typed, kept, reviewed, and seen by its learners only then."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from uuid import uuid4

from playwright.sync_api import Page, expect

from tests.browser.ways import settle
from tests.server import Server


def bring_in(site: Server, folder: Path, lessons: Sequence[str] = ("Only",)) -> str:
    """A published course of one module, with the word “Words.” in each of its lessons; its title."""
    title = f"Built {uuid4().hex[:8]}"
    folder.mkdir()
    (folder / "course.yaml").write_text(
        f"title: {title}\nslug: {title.lower().replace(' ', '-')}\nshort_description: Words\ncategory: databases\n"
        "skill_level: beginner\nmodules:\n  - {key: one, title: Beginning, "
        f"lessons: [{', '.join(f'{lesson.lower()}.md' for lesson in lessons)}]}}\n",
        encoding="utf-8",
    )
    for lesson in lessons:
        text = f"---\ntitle: {lesson}\nminutes: 5\n---\nWords.\n"
        (folder / f"{lesson.lower()}.md").write_text(text, encoding="utf-8")
    site.command("import", str(folder), "--instructor", "instructor@learncraft.example")
    return title


def card(page: Page, title: str, link: str) -> None:
    """Follow a link of a course's card."""
    cards = page.get_by_test_id("stVerticalBlock").filter(has_text=title)
    cards.filter(has=page.get_by_role("link", name=link)).last.get_by_role("link", name=link).click()


def test_what_is_typed_is_kept_and_reaches_learners_by_a_review(
    site: Server, sign_in: Callable[..., Page], tmp_path: Path
) -> None:
    title = bring_in(site, tmp_path / "built")
    author = sign_in("instructor", "/teach-courses")
    card(author, title, "Build")
    author.get_by_text("Beginning").first.click()
    author.get_by_role("treeitem").filter(has_text="Only").last.click()
    words = author.locator("section.card textarea").first
    expect(words).to_have_value("Words.")
    words.fill("Words. And what was typed in the builder.")
    expect(author.get_by_text(re.compile("^Saved"))).to_be_visible()
    author.reload()
    expect(words).to_have_value(re.compile("typed in the builder"))
    block = author.evaluate(
        "async (id) => (await (await fetch(`/authoring/lessons/${id}`)).json()).text.blocks[0].id",
        author.url.partition("lesson=")[2].partition("&")[0],
    )
    author.goto(f"{author.url}&block={block}")
    expect(author.locator("section.card.marked")).to_be_focused()
    author.get_by_role("link", name="Checklist and review", exact=True).click()
    expect(author.get_by_text("Changed: Only")).to_be_visible()
    settle(author)
    author.get_by_role("button", name="Ask for a review").click()
    expect(author.get_by_text("The course is in review")).to_be_visible()

    slug = title.lower().replace(" ", "-")
    reader = sign_in("reviewer", "/teach-reviews", width=390)
    reader.get_by_role("link", name=title).click()
    expect(reader.get_by_text("Changed: Only")).to_be_visible()
    settle(reader)
    reader.get_by_role("button", name="Approve and publish").click()
    expect(reader.get_by_text("No lesson differs from what learners see.")).to_be_visible()

    learner = sign_in("learner", f"/course?course={slug}")
    learner.get_by_role("button", name="Enroll for free").click()
    learner.get_by_role("button", name=re.compile("Start:")).click()
    expect(learner.get_by_text("And what was typed in the builder.")).to_be_visible()
