"""Coming in, staying in, and being kept out."""

from __future__ import annotations

import re
from collections.abc import Callable
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import fill_sign_in
from tests.server import Server


def last_message(site: Server, to: str) -> str:
    """The text of the newest message in the outbox for an address."""
    messages = [
        message_from_bytes(path.read_bytes(), policy=default)
        for path in sorted((site.home / "outbox").glob("*.eml"), key=lambda path: path.stat().st_mtime)
    ]
    mine = [message for message in messages if to in str(message["To"])]
    return str(mine[-1].get_content())


def link_in(text: str) -> str:
    """The address in a message, without the host."""
    found = re.search(r"https?://[^/\s]+(/auth/\S+)", text)
    assert found is not None, text
    return found[1]


def wait_for_message(page: Page, site: Server, to: str) -> str:
    for _ in range(50):
        try:
            return last_message(site, to)
        except IndexError:
            page.wait_for_timeout(100)
    raise AssertionError(f"no message came for {to}")


def test_somebody_new_signs_up_and_resets_a_forgotten_password(site: Server, open_page: Callable[..., Page]) -> None:
    address = "newcomer@example.org"
    page = open_page("/auth/sign-up")
    page.get_by_label("First name").fill("Nia")
    page.get_by_label("Last name").fill("Comer")
    page.get_by_label("E-mail").fill(address)
    page.get_by_role("button", name="Send the link").click()
    page.goto(link_in(wait_for_message(page, site, address)))
    page.locator("input[type=password]").first.fill("a long enough secret")
    page.get_by_role("button").last.click()
    expect(page.get_by_text("Hello, Nia")).to_be_visible()

    other = open_page("/auth/forgot")
    for old in (site.home / "outbox").glob("*.eml"):
        old.unlink()
    other.get_by_label("E-mail").fill(address)
    other.get_by_role("button", name="Send the link").click()
    other.goto(link_in(wait_for_message(other, site, address)))
    other.locator("input[type=password]").first.fill("another long secret")
    other.get_by_role("button").last.click()
    fresh = open_page("/")
    fill_sign_in(fresh, address, "another long secret")
    expect(fresh.get_by_text("Hello, Nia")).to_be_visible()
    # The reset ended the first sign-in: its next click says so.
    page.goto("/catalogue")
    expect(page).to_have_url(re.compile("/auth/sign-in"))


def test_a_refresh_keeps_the_person_signed_in_and_signing_out_ends_it(sign_in: Callable[..., Page]) -> None:
    page = sign_in("learner")
    expect(page.get_by_text("Hello, Lena")).to_be_visible()
    page.reload()
    expect(page.get_by_text("Hello, Lena")).to_be_visible()
    page.goto("/sign_out")
    page.get_by_test_id("stMainBlockContainer").get_by_role("button", name="Sign out").click()
    expect(page).to_have_url(re.compile("/auth/sign-in"))
    page.goto("/")
    expect(page).to_have_url(re.compile("/auth/sign-in"))


def test_a_page_of_another_role_says_whose_it_is(sign_in: Callable[..., Page]) -> None:
    page = sign_in("learner", "/admin-people")
    expect(page.get_by_text("This page is not for your role")).to_be_visible()
    expect(page.get_by_text("It is for: System admin.")).to_be_visible()
    page.goto("/insights-course")
    expect(page.get_by_text("This page is not for your role")).to_be_visible()


@pytest.mark.parametrize(
    ("who", "home"), [("learner", "/home"), ("instructor", "/teach-courses"), ("admin", "/admin-health")]
)
def test_the_bare_address_leads_home_and_home_has_an_address(sign_in: Callable[..., Page], who: str, home: str) -> None:
    page = sign_in(who)
    expect(page).to_have_url(re.compile(f"{home}$"))
    page.goto(home)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page).to_have_url(re.compile(f"{home}$"))
    expect(page.get_by_text("Page not found")).to_have_count(0)


def test_a_wrong_password_is_a_sentence(open_page: Callable[..., Page]) -> None:
    page = open_page("/")
    fill_sign_in(page, "learner@learncraft.example", "not the password")
    expect(page.get_by_label("E-mail")).to_have_value("learner@learncraft.example")
    assert "Traceback" not in page.content()


def test_ending_a_sign_in_elsewhere_holds_at_its_next_click(sign_in: Callable[..., Page]) -> None:
    left, stays = sign_in("reviewer"), sign_in("reviewer", "/sign_ins")
    stays.get_by_role("button", name="End all others").click()
    expect(stays.get_by_text("All other sign-ins have ended")).to_be_visible()
    left.get_by_role("link", name="Catalogue").click()
    expect(left.get_by_text("You are signed out")).to_be_visible()


def test_a_page_asks_nothing_of_any_other_machine(sign_in: Callable[..., Page], tmp_path: Path) -> None:
    page = sign_in("learner")
    strangers: list[str] = []
    page.on(
        "request",
        lambda request: (
            None
            if re.match(r"(https?|wss?)://127\.0\.0\.1|data:|blob:", request.url)
            else strangers.append(request.url)
        ),
    )
    for path in ("/", "/catalogue", "/course?course=thinking-in-sql", "/profile"):
        page.goto(path)
        page.get_by_test_id("stMainBlockContainer").wait_for()
        page.wait_for_timeout(1000)
    assert strangers == []
