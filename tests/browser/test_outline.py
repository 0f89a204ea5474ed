"""An outline is put in order in a real browser, many lessons are changed in the grid, and frames hold what they may."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.test_building import card
from tests.browser.test_from_nothing import choose, named, row
from tests.browser.ways import settle
from tests.server import Server


@pytest.fixture
def author(site: Server, sign_in: Callable[..., Page], tmp_path: Path) -> Page:
    """An instructor in the builder of a course of three modules, each with one lesson."""
    title = f"In order {uuid4().hex[:8]}"
    folder = tmp_path / "course"
    folder.mkdir()
    modules = "".join(
        f"  - {{key: {n.lower()}, title: {n}, lessons: [{n.lower()}.md]}}\n" for n in ("One", "Two", "Six")
    )
    (folder / "course.yaml").write_text(
        f"title: {title}\nslug: {title.lower().replace(' ', '-')}\nshort_description: Words\ncategory: databases\n"
        f"skill_level: beginner\nmodules:\n{modules}",
        encoding="utf-8",
    )
    for name in ("one", "two", "six"):
        (folder / f"{name}.md").write_text(f"---\ntitle: In {name}\nminutes: 5\n---\nWords.\n", encoding="utf-8")
    site.command("import", str(folder), "--instructor", "instructor@learncraft.example")
    page = sign_in("instructor", "/teach-courses")
    card(page, title, "Build")
    expect(row(page, "One")).to_be_visible()
    return page


def lines(page: Page) -> Locator:
    return page.locator(".line .title")


def test_modules_move_by_the_mouse_and_by_keys_and_a_lesson_into_another_module(author: Page) -> None:
    row(author, "Six").drag_to(row(author, "One"), target_position={"x": 90, "y": 4})
    expect(lines(author)).to_have_text(["Six", "One", "Two"])
    row(author, "Six").focus()
    author.keyboard.press("Alt+ArrowDown")
    expect(lines(author)).to_have_text(["One", "Six", "Two"])
    expect(row(author, "Six")).to_be_focused()
    author.keyboard.press("Alt+ArrowDown")
    expect(lines(author)).to_have_text(["One", "Two", "Six"])
    author.keyboard.press("Alt+ArrowUp")
    expect(lines(author)).to_have_text(["One", "Six", "Two"])

    row(author, "One").click()
    expect(lines(author)).to_have_text(["One", "In one", "Six", "Two"])
    author.get_by_role("button", name="Add a module").dblclick()
    named(author, "New")
    expect(lines(author)).to_have_text(["One", "Six", "Two", "New"])
    row(author, "New").press("Delete")
    expect(lines(author)).to_have_text(["One", "Six", "Two"])
    row(author, "One").click()
    expect(lines(author)).to_have_text(["One", "In one", "Six", "Two"])
    row(author, "In one").drag_to(row(author, "Two"))
    expect(lines(author)).to_have_text(["One", "Six", "Two", "In two", "In one"])
    row(author, "In one").focus()
    author.keyboard.press("Alt+ArrowRight")
    expect(row(author, "In one")).to_have_attribute("aria-level", "3")
    author.keyboard.press("Delete")
    expect(lines(author)).to_have_text(["One", "Six", "Two", "In two"])
    author.get_by_role("button", name="Undo").click()
    expect(lines(author)).to_have_text(["One", "Six", "Two", "In two", "In one"])
    author.reload()
    expect(lines(author)).to_have_text(["One", "Six", "Two"])
    row(author, "Two").click()
    expect(lines(author)).to_have_text(["One", "Six", "Two", "In two", "In one"])

    choose(author, "In one", "Move to another module…")
    author.get_by_role("menuitem", name="Six").press("Enter")
    expect(lines(author)).to_have_text(["One", "Six", "In six", "In one", "Two"])
    choose(author, "In one", "Duplicate")
    expect(lines(author)).to_have_text(["One", "Six", "In six", "In one", "In one (copy)", "Two"])
    expect(row(author, "In one (copy)")).to_be_focused()


def test_lessons_are_changed_in_the_grid_and_one_of_them_embeds_a_page(author: Page) -> None:
    author.get_by_role("link", name="All in a grid").click()
    expect(author.get_by_test_id("data-grid-canvas")).to_be_visible()
    settle(author)
    type_into(author, 150, 1, "Begin here")
    expect(author.get_by_text("1 lesson saved.")).to_be_visible()
    type_into(author, 480, 2, "25")
    expect(author.get_by_text("2 lessons saved.")).to_be_visible()
    settle(author)
    type_into(author, 480, 3, "-5")
    expect(author.get_by_text(re.compile("Row 3, “In six”"))).to_be_visible()

    author.get_by_role("link", name="Outline and lessons").click()
    row(author, "One").click()
    expect(row(author, "Begin here")).to_be_visible()
    row(author, "Two").click()
    row(author, "In two").click()
    expect(author.get_by_label("Minutes", exact=True)).to_have_value("25")
    embed_a_page(author)
    author.get_by_role("link", name="See it as a learner").click()
    assert_framed(author)


def type_into(page: Page, x: int, place: int, words: str) -> None:
    """Write into a cell of the grid, which is a picture: found by where it is drawn."""
    page.locator(".dvn-scroller").dblclick(position={"x": x, "y": 35 * place + 18})
    field = page.locator("#portal .gdg-input")
    expect(field).to_be_focused()
    field.fill(words)
    field.press("Enter")


def embed_a_page(author: Page) -> None:
    """In the lesson that is open: first of a site that isn't on the list, then of one that is."""
    expect(author.get_by_role("button", name="Add a block", exact=True).first).to_be_visible()
    settle(author)
    author.get_by_role("button", name="Add a block", exact=True).first.click()
    author.get_by_role("menuitem", name="Embed").click()
    block = author.locator("section.card").last
    block.get_by_label("https address of the page").fill("https://old.example/page")
    block.get_by_label("What it is").fill("A triangle")
    expect(block.get_by_role("link", name="Learners get a link to the page on old.example")).to_be_visible()
    block.get_by_label("https address of the page").fill("https://www.geogebra.org/m/abc")
    expect(block.get_by_text("Shows https://www.geogebra.org/material/iframe/id/abc")).to_be_visible()
    expect(author.get_by_text(re.compile(r"^Saved \d"))).to_be_visible()


def assert_framed(author: Page) -> None:
    """The page stands in a frame that can't lead the reader away; browsers let no other site into one."""
    author.get_by_role("button", name="Show what is on www.geogebra.org").click()
    frame = author.locator("iframe[src='https://www.geogebra.org/material/iframe/id/abc']")
    expect(frame).to_have_attribute("title", "A triangle")
    allowed = set((frame.get_attribute("sandbox") or "allow-top-navigation").split())
    assert {one for one in allowed if one.startswith("allow-top-navigation")} == set()
    refused = author.evaluate(
        """() => new Promise((done) => {
          document.addEventListener("securitypolicyviolation", (event) => done(event.effectiveDirective));
          const other = document.createElement("iframe");
          other.src = "https://www.example.org/";
          document.body.append(other);
        })"""
    )
    assert refused == "frame-src"
    assert author.evaluate("() => document.featurePolicy.getAllowlistForFeature('camera')") == []
