"""A course from nothing to its second publication, while a learner is in it; and two people at one lesson."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

from playwright.sync_api import Locator, Page, expect

from tests.browser.test_building import bring_in, card
from tests.browser.ways import settle
from tests.clips import make_clip
from tests.server import Server

SAVED = re.compile(r"^Saved \d")


def make_course(author: Page, title: str) -> None:
    """A course from nothing, by the form; the builder opens."""
    author.get_by_label("Title").fill(title)
    author.get_by_role("button", name="Create the course").click()
    expect(author.get_by_text("This course has nothing in it yet.")).to_be_visible()


def named(page: Page, title: str) -> None:
    """Give what was just added its title."""
    field = page.get_by_label("Title", exact=True).and_(page.locator(".line input"))
    expect(field).to_be_focused()
    field.fill(title)
    field.press("Enter")
    expect(row(page, title)).to_be_visible()


def row(page: Page, title: str) -> Locator:
    """A line of the outline."""
    return page.get_by_role("treeitem").filter(has=page.get_by_text(title, exact=True))


def add_lesson(page: Page, title: str) -> None:
    page.get_by_role("button", name="Add a lesson").click()
    named(page, title)


def choose(page: Page, title: str, act: str) -> None:
    """An entry of the menu of a line."""
    page.get_by_role("button", name=f"What to do with {title}", exact=True).click()
    page.get_by_role("menuitem", name=act).click()


def open_lesson(page: Page, title: str) -> None:
    row(page, title).click()
    expect(page.get_by_role("textbox", name="Title", exact=True)).to_have_value(title)


def add_block(page: Page, name: str) -> Locator:
    """A new block at the end; its card."""
    page.get_by_role("button", name="Add a block", exact=True).first.click()
    page.get_by_role("menuitem", name=name, exact=True).click()
    return page.locator("section.card").last


def build(author: Page) -> None:
    """Two modules, four lessons, one of them nested; one moved by the mouse and one by keys."""
    author.get_by_role("button", name="Add a module").click()
    named(author, "Beginning")
    for title in ("Words", "Pictures", "Questions"):
        add_lesson(author, title)
    choose(author, "Words", "Add a lesson below it")
    named(author, "More words")
    expect(author.locator(".line .title")).to_have_text(["Beginning", "Words", "More words", "Pictures", "Questions"])
    settle(author)
    row(author, "Questions").drag_to(row(author, "Words"), target_position={"x": 90, "y": 4})
    expect(author.locator(".line .title").nth(1)).to_have_text("Questions")
    row(author, "Questions").focus()
    author.keyboard.press("Alt+ArrowDown")
    expect(author.locator(".line .title").nth(3)).to_have_text("Questions")
    expect(author.locator(".line .title")).to_have_text(["Beginning", "Words", "More words", "Questions", "Pictures"])


def write(author: Page) -> None:
    """Text that is kept over a reload, in each lesson that learners will read."""
    open_lesson(author, "Words")
    add_block(author, "Text").get_by_role("textbox").fill("What stood in the first version.")
    expect(author.get_by_text(SAVED)).to_be_visible()
    author.reload()
    expect(author.locator("section.card textarea")).to_have_value("What stood in the first version.")
    row(author, "More words").click()
    expect(author.get_by_role("textbox", name="Title", exact=True)).to_have_value("More words")
    add_block(author, "Text").get_by_role("textbox").fill("Below the words.")
    expect(author.get_by_text(SAVED)).to_be_visible()


def ask(author: Page) -> None:
    """A quiz of one question, written in the editor that the block leads to."""
    open_lesson(author, "Questions")
    quiz = add_block(author, "Quiz")
    quiz.get_by_role("button", name="New quiz").click()
    link = quiz.get_by_role("link", name="Edit its questions")
    expect(link).to_be_visible()
    expect(author.get_by_text(SAVED)).to_be_visible()
    with author.expect_popup() as opened:
        link.click()
    editor = opened.value
    editor.get_by_role("button", name="Add a question").click()
    editor.get_by_text("True or false", exact=True).first.click()
    expect(editor.get_by_role("heading", name=re.compile(": True or false$"))).to_be_visible()
    editor.get_by_label("Question", exact=True).fill("A word has letters.")
    editor.wait_for_timeout(1500)
    editor.get_by_text("True", exact=True).click()
    expect(editor.get_by_text("to mend before publishing")).to_have_count(0)
    settle(editor)
    expect(editor.get_by_text("Learners get it with the next publication of the course.")).to_be_visible()
    editor.close()


def show_film_and_picture(author: Page, folder: Path) -> None:
    """A picture and a film are brought in where they are shown; the block tells how the stream stands."""
    picture = folder / "drawing.png"
    author.screenshot(path=str(picture), clip={"x": 0, "y": 0, "width": 80, "height": 60})
    film = make_clip(folder / "film.mp4", seconds=1)
    open_lesson(author, "Pictures")
    shown = add_block(author, "Video")
    shown.locator("input[type=file]").set_input_files(film)
    expect(shown.get_by_text("Its stream is being made")).to_be_visible()
    image = add_block(author, "Image")
    image.locator("input[type=file]").set_input_files(picture)
    image.get_by_label("What it shows").fill("A corner of the page")
    expect(image.locator("img")).to_be_visible()
    chosen = author.locator("section.card.video").get_by_label("Video", exact=True).locator("option:checked")
    expect(chosen).to_have_text("film (no transcript)", timeout=60_000)
    expect(author.get_by_text(SAVED)).to_be_visible()


def settle_on(page: Page, heading: str) -> None:
    expect(page.get_by_role("heading", name=heading).first).to_be_visible()
    settle(page)


def send(author: Page) -> None:
    """Ask for a review."""
    author.get_by_role("link", name="Checklist and review", exact=True).click()
    settle_on(author, "Checklist")
    author.get_by_role("button", name="Ask for a review").click()
    expect(author.get_by_text("The course is in review")).to_be_visible()


def decide(reader: Page, title: str, said: str, button: str) -> None:
    """What the reviewer says, from the list of what waits."""
    reader.goto("/teach-reviews")
    reader.get_by_role("link", name=title).click()
    settle_on(reader, "Checklist")
    reader.get_by_role("textbox", name="What you want to tell the author").fill(said)
    reader.get_by_role("textbox", name="What you want to tell the author").press("Tab")
    settle(reader)
    reader.get_by_role("button", name=button).click()
    expect(reader.get_by_role("button", name="Approve and publish")).to_be_hidden()


def mend(author: Page, old: str, new: str) -> None:
    """Open the first lesson again and write something else."""
    author.get_by_role("link", name="Outline and lessons").click()
    author.get_by_text("Beginning", exact=True).first.click()
    open_lesson(author, "Words")
    words = author.locator("section.card textarea").first
    expect(words).to_have_value(old)
    words.fill(new)
    expect(author.get_by_text(SAVED)).to_be_visible()


def test_a_course_is_built_reviewed_and_published_anew_while_a_learner_is_in_it(
    sign_in: Callable[..., Page], tmp_path: Path
) -> None:
    title = f"From nothing {uuid4().hex[:8]}"
    author = sign_in("instructor", "/teach-details")
    make_course(author, title)
    build(author)
    write(author)
    ask(author)
    show_film_and_picture(author, tmp_path)
    send(author)
    reader = sign_in("reviewer", "/teach-reviews")
    decide(reader, title, "Say in the first lesson which version it is.", "Send back")
    author.reload()
    expect(author.get_by_text("Say in the first lesson which version it is.").first).to_be_visible()
    mend(author, "What stood in the first version.", "This is the first version.")
    send(author)
    decide(reader, title, "", "Approve and publish")

    learner = sign_in("learner", f"/course?course={title.lower().replace(' ', '-')}")
    learner.get_by_role("button", name="Enroll for free").click()
    learner.get_by_role("button", name=re.compile("Start:")).click()
    expect(learner.get_by_text("This is the first version.")).to_be_visible()
    lesson = learner.url
    settle(learner)
    learner.get_by_role("button", name="Finish lesson").click()
    expect(learner.get_by_text("1 of 4 lessons")).to_be_visible()

    author.reload()
    mend(author, "This is the first version.", "This is the second version.")
    learner.reload()
    expect(learner.get_by_text("This is the first version.")).to_be_visible()
    send(author)
    decide(reader, title, "Better.", "Approve and publish")
    learner.goto(lesson)
    expect(learner.get_by_text("This is the second version.")).to_be_visible()
    expect(learner.get_by_role("button", name="Finish lesson")).to_have_count(0)
    expect(learner.get_by_text("1 of 4 lessons")).to_be_visible()
    # The quiz went out with the course: nobody published it by itself.
    learner.get_by_role("link", name="Questions").first.click()
    expect(learner.get_by_text("1 question", exact=False).first).to_be_visible()


def type_words(page: Page, words: str) -> None:
    page.locator("section.card textarea").first.fill(words)


def differ(first: Page, second: Page, one: str, other: str) -> Locator:
    """Two people write the same words at once; what the slower one is asked."""
    second.context.set_offline(True)
    type_words(second, other)
    type_words(first, one)
    expect(first.get_by_text(SAVED)).to_be_visible()
    first.wait_for_timeout(1200)  # the save has arrived
    second.context.set_offline(False)
    asked = second.get_by_role("alertdialog")
    expect(asked).to_contain_text(one)
    expect(asked).to_contain_text(other)
    return asked


def test_two_who_write_one_lesson_are_told_and_neither_loses_a_word(
    site: Server, sign_in: Callable[..., Page], tmp_path: Path
) -> None:
    title = bring_in(site, tmp_path / "shared")
    first = sign_in("instructor", "/teach-courses")
    card(first, title, "Build")
    first.get_by_text("Beginning").first.click()
    open_lesson(first, "Only")
    second = sign_in("reviewer", first.url.removeprefix(site.url))
    for page in (first, second):
        expect(page.get_by_text("this lesson open too")).to_be_visible()
        expect(page.locator("section.card textarea").first).to_have_value("Words.")

    asked = differ(first, second, "Of the first.", "Of the second.")
    asked.get_by_label("Keep both, one below the other").check()
    asked.get_by_role("button", name="Save this choice").click()
    expect(asked).to_be_hidden()
    expect(second.locator("section.card textarea")).to_have_count(2)
    expect(first.get_by_text("saved a newer text. It is shown.")).to_be_visible()
    expect(first.locator("section.card textarea")).to_have_count(2)

    differ(first, second, "First again.", "Second again.").get_by_role("button", name="Take all of theirs").click()
    expect(second.locator("section.card textarea").first).to_have_value("First again.")
    differ(first, second, "First, third.", "Second, third.").get_by_role("button", name="Keep all of mine").click()
    expect(first.locator("section.card textarea").first).to_have_value("Second, third.")
    expect(first.locator("section.card textarea").last).not_to_have_value("")
