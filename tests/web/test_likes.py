"""The pages outside speak and look as their reader likes; the page of Streamlit is dressed; letters can be stopped."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import select

from learncraft.accounts import service
from learncraft.accounts.letters import LetterKind, StopLinks, stopped
from learncraft.accounts.models import User, UserPreferences
from learncraft.accounts.viewer import Viewer
from learncraft.secrets import secret_key
from learncraft.web import arriving
from tests.web.conftest import Site

GERMAN = {"accept-language": "de-DE,de;q=0.9,en;q=0.8"}


def likes(site: Site, address: str = "ana@example.org") -> UserPreferences:
    with site.database.reading() as session:
        return session.scalars(
            select(UserPreferences).join(User, User.id == UserPreferences.user_id).where(User.email == address)
        ).one()


def test_the_sign_in_page_is_in_the_browsers_language_until_one_is_picked(site: Site) -> None:
    browser = site.browser()
    page = browser.client.get("/auth/sign-in", headers=GERMAN).text
    assert '<html lang="de">' in page
    assert "Passwort vergessen?" in page
    picked = browser.client.get("/auth/language/en?next=/auth/sign-in", headers=GERMAN)
    assert (picked.status_code, picked.headers["location"]) == (303, "/auth/sign-in")
    page = browser.client.get("/auth/sign-in", headers=GERMAN).text
    assert "Forgot your password?" in page
    elsewhere = browser.client.get("/auth/language/xx?next=//evil.example", headers=GERMAN)
    assert elsewhere.headers["location"] == "/"


def test_errors_of_forms_are_in_the_language_too(site: Site) -> None:
    browser = site.browser()
    browser.client.headers.update(GERMAN)
    answer = browser.post("/auth/forgot", email="nonsense")
    assert "Gib eine E-Mail-Adresse ein" in answer.text


def test_who_signs_in_keeps_the_browsers_language_but_what_they_chose_wins(site: Site) -> None:
    person = site.person().id
    browser = site.browser()
    browser.client.headers.update(GERMAN)
    browser.sign_in()
    assert likes(site).language == "de"
    with site.database.transaction() as session:
        service.update_preferences(session, person, language="en", theme="dark")
    other = site.browser()
    other.client.headers.update(GERMAN)
    other.sign_in()
    assert likes(site).language == "en"
    other.who()
    page = other.client.get("/verify").text
    assert '<html lang="en">' in page
    assert '<link rel="stylesheet" href="/auth/static/dark.css">' in page


def test_streamlits_page_comes_in_the_persons_language_and_theme() -> None:
    page = b'<!DOCTYPE html><html lang="en"><head><title>x</title></head><body><div id="root"></div></body></html>'
    sent: list[dict] = []

    async def keep(message: dict) -> None:
        sent.append(message)

    async def answer(viewer: Viewer) -> bytes:
        sent.clear()
        passed = arriving.in_their_way(viewer, keep)
        headers = [(b"content-type", b"text/html"), (b"etag", b"x"), (b"content-length", str(len(page)).encode())]
        await passed({"type": "http.response.start", "status": 200, "headers": headers})
        await passed({"type": "http.response.body", "body": page[:50], "more_body": True})
        await passed({"type": "http.response.body", "body": page[50:]})
        [start, body] = sent
        names = dict(start["headers"])
        assert names[b"content-length"] == str(len(body["body"])).encode()
        assert b"etag" not in names
        return body["body"]

    def viewer(language: str, theme: str) -> Viewer:
        return Viewer(None, "a@b.c", "A", "A B", None, language, theme, "UTC", None)  # type: ignore[arg-type]

    with ThreadPoolExecutor(max_workers=1) as aside:  # a browser test's loop may run in this thread
        dark = aside.submit(asyncio.run, answer(viewer("de", "dark"))).result()
        other = aside.submit(asyncio.run, answer(viewer("<x>", "system"))).result()
    assert b'<html lang="de"' in dark
    assert b'const theme = "Dark"' in dark
    assert b"const theme = null" in other


def test_letters_are_stopped_signed_out_by_the_link_in_them(site: Site) -> None:
    person = site.person().id
    path = StopLinks(secret_key(site.parts.settings)).path(person, LetterKind.MENTIONS)
    browser = site.browser()
    look = browser.client.get(path, headers=GERMAN)
    assert "Diese Briefe abstellen" in look.text
    assert stopped(likes(site)) == frozenset()
    done = browser.client.post(path, data={"List-Unsubscribe": "One-Click"}, headers={"origin": "https://mail.example"})
    assert done.status_code == 200
    assert stopped(likes(site)) == {LetterKind.MENTIONS}
    assert browser.client.post(path[:-1]).status_code == 404
    assert browser.client.get("/letters/else").status_code == 404
