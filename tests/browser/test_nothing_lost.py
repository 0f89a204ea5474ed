"""What is typed survives another lesson, a lost connection, a closed tab and a second one, in a real browser."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, WebSocketRoute, expect

from tests.browser.test_building import bring_in, card, open_only_lesson
from tests.browser.ways import settle
from tests.server import Server

SAVED = re.compile("^Saved")


def open_lesson(page: Page, title: str) -> None:
    page.get_by_role("treeitem").filter(has_text=title).last.click()
    expect(page.get_by_role("textbox", name="Title", exact=True)).to_have_value(title)


def write(page: Page, words: str) -> None:
    page.locator("section.card textarea").first.fill(words)


def stands(page: Page) -> str:
    """What the server has of the lesson that is open."""
    return str(
        page.evaluate(
            "async (id) => (await (await fetch(`/authoring/lessons/${id}`)).json()).text.blocks[0].text",
            page.url.partition("lesson=")[2].partition("&")[0],
        )
    )


def test_a_lesson_that_is_opened_again_a_lost_connection_and_a_closed_tab_lose_no_word(
    site: Server, sign_in: Callable[..., Page], tmp_path: Path
) -> None:
    title = bring_in(site, tmp_path / "kept", ["First", "Second"])
    author = sign_in("instructor", "/teach-courses")
    card(author, title, "Build")
    author.get_by_text("Beginning").first.click()
    for number, lesson in enumerate(("First", "Second", "First")):
        open_lesson(author, lesson)
        write(author, f"{lesson}, typed as number {number}.")
        expect(author.get_by_text(SAVED)).to_be_visible()
    assert stands(author) == "First, typed as number 2."

    author.context.set_offline(True)
    write(author, "Typed without a connection.")
    expect(author.get_by_text("Not saved yet, retrying")).to_be_visible()
    author.context.set_offline(False)
    expect(author.get_by_text(SAVED)).to_be_visible()
    assert stands(author) == "Typed without a connection."

    author.context.set_offline(True)
    write(author, "Typed before the tab was closed.")
    expect(author.get_by_text("Not saved yet, retrying")).to_be_visible()
    address = author.url
    author.close()
    author.context.set_offline(False)
    again = author.context.new_page()
    again.goto(address)
    expect(again.locator("section.card textarea").first).to_have_value("Typed before the tab was closed.")
    expect(again.get_by_text(SAVED)).to_be_visible()
    assert stands(again) == "Typed before the tab was closed."

    # A title of spaces holds nothing up, nor does a sign that can't be kept.
    field = again.get_by_role("textbox", name="Title", exact=True)
    field.fill("   ")
    again.locator("section.card textarea").first.evaluate(
        "(e) => { e.value = 'Pasted\\u0000 words'; e.dispatchEvent(new Event('input', { bubbles: true })); }"
    )
    field.press("Tab")
    expect(field).to_have_value("First")
    expect(again.get_by_text(SAVED)).to_be_visible()
    assert stands(again) == "Pasted words"

    # One's own second tab is nobody else, and hears what the first one saves.
    second = again.context.new_page()
    second.goto(address)
    expect(second.get_by_text("You have this lesson open in another tab")).to_be_visible()
    expect(second.get_by_text("this lesson open too")).to_be_hidden()
    write(again, "Typed in the first tab.")
    expect(second.locator("section.card textarea").first).to_have_value("Typed in the first tab.")
    expect(second.get_by_text("You saved a newer text in another tab. It is shown.")).to_be_visible()


def test_a_remark_that_is_half_typed_on_the_review_page_is_there_again_after_a_closed_tab(
    site: Server, sign_in: Callable[..., Page], tmp_path: Path
) -> None:
    title = bring_in(site, tmp_path / "said")
    author = sign_in("instructor", "/teach-courses", width=390)
    card(author, title, "Build")
    author.get_by_text("Beginning").first.click()
    open_lesson(author, "Only")
    write(author, "Other words.")
    expect(author.get_by_text(SAVED)).to_be_visible()
    author.get_by_role("link", name="Checklist and review", exact=True).click()
    author.get_by_text("Changed: Only").click()
    author.get_by_label("Remark", exact=True).fill("Half a rema")
    expect(author.get_by_text("Kept for you until you send it.")).to_be_visible()
    address = author.url
    author.close()

    again = author.context.new_page()
    again.goto(address)
    expect(again.get_by_label("Remark", exact=True)).to_have_value("Half a rema")  # its place is unfolded
    again.get_by_label("Remark", exact=True).fill("Half a remark, and the rest.")
    settle(again)
    again.get_by_role("button", name="Send the remark").click()
    expect(again.get_by_text("Open remarks (1)")).to_be_visible()
    expect(again.get_by_label("Remark", exact=True)).to_have_value("")


def test_what_is_typed_after_the_connection_was_lost_unnoticed_arrives_once_it_is_back(
    site: Server, sign_in: Callable[..., Page], tmp_path: Path
) -> None:
    title = bring_in(site, tmp_path / "lost")
    author = sign_in("instructor", "/teach-courses")
    is_lost, sockets = [False], []

    def pass_on(socket: WebSocketRoute) -> None:
        if is_lost[0]:
            socket.close()
            return
        server = socket.connect_to_server()
        socket.on_message(lambda message: None if is_lost[0] else server.send(message))
        server.on_message(lambda message: None if is_lost[0] else socket.send(message))
        sockets.append(socket)

    author.context.route_web_socket(re.compile("stream"), pass_on)
    author.reload()
    card(author, title, "Build")
    author.get_by_role("link", name="Details", exact=True).click()
    about, line = author.get_by_role("textbox", name="Description"), author.get_by_label("Title", exact=True)
    expect(line).to_have_value(title)
    settle(author)
    is_lost[0] = True
    about.fill("Typed into nothing.")
    line.fill(f"{title}, typed into nothing")
    author.wait_for_timeout(1500)  # given, and lost on the way
    sockets[-1].close()
    expect(about).to_be_disabled()
    is_lost[0] = False
    expect(author.get_by_role("heading", name=f"{title}, typed into nothing")).to_be_visible()
    settle(author)
    author.reload()
    expect(about).to_have_value(re.compile("^Typed into nothing[.]"))


def test_a_lab_and_cards_that_are_half_typed_are_there_again_after_a_closed_tab(
    site: Server, sign_in: Callable[..., Page], tmp_path: Path
) -> None:
    title = bring_in(site, tmp_path / "pressed")
    author = sign_in("instructor", "/teach-courses")
    open_only_lesson(author, title)
    course, lesson = (re.findall(rf"{name}=([0-9a-f-]+)", author.url)[0] for name in ("course", "lesson"))
    author.goto(f"/teach-lab?lesson={lesson}")
    author.get_by_role("button", name="New lab").click()
    author.get_by_role("textbox", name="What to do").fill("Count the wor")
    author.get_by_label("Path of file 1").fill("main.py")
    expect(author.get_by_label("Path of file 2")).to_be_visible()
    author.get_by_label("Text of file 1").fill("print(")
    a_second_later(author)
    author.close()

    again = author.context.new_page()
    again.goto(f"/teach-lab?lesson={lesson}")
    expect(again.get_by_role("textbox", name="What to do")).to_have_value("Count the wor")
    expect(again.get_by_label("Path of file 1")).to_have_value("main.py")
    expect(again.get_by_label("Text of file 1")).to_have_value("print(")
    again.get_by_role("textbox", name="What to do").fill("Count the words.")
    a_second_later(again)
    again.get_by_role("button", name="Save the lab").click()
    expect(again.get_by_text("Kept for you until you save it.")).to_be_hidden()
    expect(again.get_by_role("textbox", name="What to do")).to_have_value("Count the words.")

    again.goto(f"/teach-flashcards?course={course}")
    expect(again.get_by_test_id("data-grid-canvas")).to_be_visible()
    settle(again)
    again.locator(".dvn-scroller").click(position={"x": 100, "y": 53})  # the row that adds one, and its first cell
    again.locator("#portal .gdg-input").fill("Half a ca")
    again.locator("#portal .gdg-input").press("Enter")
    expect(again.get_by_text("Kept for you until you save it.")).to_be_visible()
    again.close()
    third = author.context.new_page()
    third.goto(f"/teach-flashcards?course={course}")
    expect(third.get_by_test_id("data-grid-canvas")).to_contain_text("Half a ca")
    third.get_by_role("button", name="Discard what I typed").click()
    expect(third.get_by_test_id("data-grid-canvas")).not_to_contain_text("Half a ca")


def a_second_later(page: Page) -> None:
    """What was typed is given when its writer pauses, and kept at once."""
    page.wait_for_timeout(1000)
    settle(page)
    expect(page.get_by_text("Kept for you until you save it.")).to_be_visible()
