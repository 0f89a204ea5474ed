"""A course is built in a real browser: typed, kept, reviewed, and seen by its learners only then."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Callable, Sequence
from pathlib import Path
from uuid import uuid4

from playwright.sync_api import Locator, Page, expect

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


def open_only_lesson(author: Page, title: str) -> Locator:
    """Open the lesson of a course that `bring_in` made, and find the words of its block."""
    card(author, title, "Build")
    author.get_by_text("Beginning").first.click()
    author.get_by_role("treeitem").filter(has_text="Only").last.click()
    words = author.locator("section.card textarea").first
    expect(words).to_have_value("Words.")
    return words


def test_what_is_typed_is_kept_and_reaches_learners_by_a_review(
    site: Server, sign_in: Callable[..., Page], tmp_path: Path
) -> None:
    title = bring_in(site, tmp_path / "built")
    author = sign_in("instructor", "/teach-courses")
    words = open_only_lesson(author, title)
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


CLIPBOARD = """(field, [html, picture]) => {
  const held = new DataTransfer();
  if (html) held.setData("text/html", html);
  if (html) held.setData("text/plain", "words");
  const bytes = Uint8Array.from(atob(picture ?? ""), (one) => one.charCodeAt(0));
  if (picture) held.items.add(new File([bytes], "image.png", { type: "image/png" }));
  field.focus();
  field.dispatchEvent(new ClipboardEvent("paste", { clipboardData: held, bubbles: true, cancelable: true }));
}"""
DROPPED = """(place) => {
  const held = new DataTransfer();
  held.items.add(new File(["What was said"], "notes.txt", { type: "text/plain" }));
  for (const kind of ["dragover", "drop"])
    place.dispatchEvent(new DragEvent(kind, { dataTransfer: held, bubbles: true, cancelable: true, composed: true }));
}"""
FROM_WORD = (
    "<style>p { color: red }</style><h2>Joins<o:p></o:p></h2><p class=MsoNormal>An <b>inner</b> one, a*b</p>"
    "<p class=MsoListParagraph style='mso-list:l0 level1 lfo1'><span style='mso-list:Ignore'>·</span>First</p>"
    "<p class=MsoListParagraph style='mso-list:l0 level2 lfo1'><span style='mso-list:Ignore'>o</span>Below</p>"
    "<table><tr><td>A</td><td>B|C</td></tr></table>"
)
AS_MARKDOWN = "## Joins\n\nAn **inner** one, a\\*b\n\n- First\n   - Below\n\n| A | B\\|C |\n| --- | --- |"


def test_what_is_pasted_keeps_its_structure_and_pictures_and_dropped_files_come_into_the_course(
    site: Server, sign_in: Callable[..., Page], tmp_path: Path
) -> None:
    title = bring_in(site, tmp_path / "pasted")
    author = sign_in("instructor", "/teach-courses")
    words = open_only_lesson(author, title)
    words.fill("")
    words.evaluate(CLIPBOARD, [FROM_WORD, None])
    expect(words).to_have_value(AS_MARKDOWN)

    words.fill("$a_1^2$: ")
    expect(author.locator(".look math msubsup")).to_be_visible()
    words.evaluate(
        CLIPBOARD, [None, b64encode(author.screenshot(clip={"x": 0, "y": 0, "width": 9, "height": 9})).decode()]
    )
    expect(words).to_have_value(re.compile(r"!\[\]\(/media/[0-9a-f-]{36}/picture\)$"))
    author.keyboard.type("Its top")
    expect(author.locator(".look").get_by_role("img", name="Its top")).to_be_visible()

    author.locator("section.card").first.evaluate(DROPPED)
    file = author.locator("section.card.file")
    expect(file.locator("option:checked")).to_have_text("notes.txt")
    expect(file.get_by_label("What the link says")).to_have_value("notes.txt")
    file.locator("input[type=file]").set_input_files({"name": "run.exe", "mimeType": "x", "buffer": b"MZ"})
    expect(file.get_by_text("Files that end in .exe can't be uploaded.")).to_be_visible()
    expect(author.get_by_text(re.compile("^Saved"))).to_be_visible()
    # The browser's own choosers lie nowhere on the page, which would scroll sideways.
    assert author.get_by_test_id("stMain").evaluate("main => main.scrollWidth - main.clientWidth") == 0
