"""A learner's language, theme and letters: chosen once, kept on every device."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable

from playwright.sync_api import Browser, Page, expect

from tests.browser.ways import settle
from tests.server import ROOT, Server, environment

EMAIL, PASSWORD = "dora@example.org", "seven green boats"


def make_learner(site: Server) -> None:
    command = [sys.executable, "-m", "learncraft", "user", "create", EMAIL, "--first-name", "Dora", "--password-stdin"]
    subprocess.run(
        [*command, "--home", str(site.home)],
        cwd=ROOT,
        env=environment(),
        input=PASSWORD,
        text=True,
        check=True,
        timeout=120,
    )


def enter(page: Page) -> None:
    page.fill("#email", EMAIL)
    page.fill("#password", PASSWORD)
    page.click("button[type=submit]")


def test_a_learner_chooses_german_and_dark_and_has_both_everywhere(
    browser: Browser, site: Server, open_page: Callable[..., Page]
) -> None:
    make_learner(site)
    page = open_page("/auth/sign-in")
    enter(page)
    expect(page.get_by_role("heading", name="Hello, Dora")).to_be_visible()
    page.goto("/profile")
    expect(page.get_by_role("heading", name="Profile", exact=True)).to_be_visible()
    settle(page)
    page.get_by_role("combobox", name="Language").click()
    page.get_by_role("option", name="Deutsch").click()
    page.get_by_role("combobox", name="Theme").click()
    page.get_by_role("option", name="Dark").click()
    page.get_by_text("Somebody names me in a discussion").click()
    settle(page)
    page.get_by_role("button", name="Save", exact=True).first.click()
    expect(page.get_by_role("heading", name="Profil", exact=True)).to_be_visible()
    is_dark(page)
    page.reload()
    expect(page.get_by_role("heading", name="Profil", exact=True)).to_be_visible()
    is_dark(page)
    expect(page.get_by_role("checkbox", name="Jemand nennt mich in einer Diskussion")).not_to_be_checked()
    # What Streamlit says by itself is said in the same language, and numbers are written as it writes them.
    expect(page.get_by_role("button", name="Passwort zeigen").first).to_be_visible()
    expect(page.get_by_role("button", name="Hilfe zu Neues Passwort")).to_be_visible()
    assert page.evaluate("new Intl.NumberFormat(navigator.languages).format(1234.5)") == "1.234,5"
    other = browser.new_context(base_url=site.url, locale="en-GB", color_scheme="light")
    try:
        elsewhere = other.new_page()
        elsewhere.goto("/auth/sign-in")
        enter(elsewhere)
        expect(elsewhere.get_by_role("heading", name="Hallo, Dora")).to_be_visible()
        is_dark(elsewhere)
        elsewhere.goto("/auth/sign-out")
        expect(
            elsewhere.get_by_role("heading", name="Abmelden?").or_(elsewhere.get_by_text("Du bist abgemeldet"))
        ).to_be_visible()
        assert elsewhere.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(20, 22, 28)"
    finally:
        other.close()


def is_dark(page: Page) -> None:
    expect(page.get_by_test_id("stApp")).to_have_css("background-color", re.compile(r"rgb\(20, 22, 28\)"))
    expect(page.locator("html")).to_have_attribute("lang", "de")
