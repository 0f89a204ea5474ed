"""A real browser on a real server with the demo in it. The browser tests of one worker share both."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import fasteners
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from learncraft.demo.people import PASSWORD
from tests.browser.find import find_browser
from tests.browser.ways import settle
from tests.server import Server, copy, serving, start

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
# Nothing outside this machine is asked for, whatever a page embeds.
FLAGS.append("--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1")


expect.set_options(timeout=20_000)  # a busy machine is slow, not wrong


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = find_browser()
    if path is None:
        if os.environ.get("REQUIRE_BROWSER") == "1":
            pytest.fail("No Chromium or Chrome was found, and REQUIRE_BROWSER=1 asks for one.")
        pytest.skip("no Chromium or Chrome was found; install one to run the browser tests")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def demo(shared_base: Path) -> Path:
    """A home with the demo in it, served by nobody: made once, by whichever worker comes first, and copied."""
    home = shared_base / "demo"
    with fasteners.InterProcessLock(shared_base / "demo.lock"):
        if not (home / "postgres").is_dir():
            start(home, "--demo").stop()
    return home


@pytest.fixture(scope="session")
def site(demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with the demo, for tests that don't kill it."""
    home = tmp_path_factory.mktemp("site") / "home"
    copy(demo, home)
    with serving(home, "--demo") as server:
        yield server


@pytest.fixture
def home(demo: Path, tmp_path: Path) -> Path:
    """A home with the demo in it for one test, which starts and kills its server."""
    copy(demo, tmp_path / "home")
    return tmp_path / "home"


@pytest.fixture
def open_page(browser: Browser, site: Server) -> Iterator[Callable[..., Page]]:
    """Opens pages of new visitors; each call is a browser of its own that knows no cookies."""
    contexts: list[BrowserContext] = []

    def open_one(path: str = "/", *, width: int = 1280, dark: bool = False) -> Page:
        context = browser.new_context(
            base_url=site.url,
            viewport={"width": width, "height": 900},
            color_scheme="dark" if dark else "light",
        )
        context.set_default_timeout(30_000)
        contexts.append(context)
        page = context.new_page()
        page.goto(path)
        return page

    yield open_one
    for context in contexts:
        context.close()


@pytest.fixture
def sign_in(open_page: Callable[..., Page]) -> Callable[..., Page]:
    """Signs a demo account in by the form, and waits for the page asked for."""

    def sign_in_as(who: str, path: str = "/", *, password: str = PASSWORD, **options: object) -> Page:
        email = who if "@" in who else f"{who}@learncraft.example"
        page = open_page(path, **options)
        fill_sign_in(page, email, password)
        # Before anything is there, a page that has not begun to run looks like one that has ended.
        page.get_by_test_id("stMainBlockContainer").get_by_test_id("stElementContainer").first.wait_for(
            state="attached"
        )
        settle(page)
        return page

    return sign_in_as


def fill_sign_in(page: Page, email: str, password: str) -> None:
    """Fill in the form of the sign-in page and send it."""
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()
