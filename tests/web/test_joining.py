"""Sign-up, forgotten passwords and one-time links, through the forms and the outbox."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from learncraft.accounts.models import User
from learncraft.web.protection import safe_next
from tests.web.conftest import PASSWORD, Site

MakeSite = Callable[..., Site]
NEW = {"first_name": "Bo", "last_name": "", "email": "bo@example.org"}


def link_in(letter: str) -> str:
    found = re.search(r"http://testserver(/auth/\S+)|http://[^/]+(/auth/(?:sign-up|reset)/\S+)", letter)
    assert found is not None, letter
    return found[1] or found[2]


def test_a_newcomer_follows_the_link_chooses_a_password_and_is_in(site: Site) -> None:
    browser = site.browser()
    answer = browser.post("/auth/sign-up", **NEW)
    assert "Check your mail" in answer.text and "outbox" in answer.text
    [letter] = site.letters()
    assert letter.startswith("To: bo@example.org\nHello Bo,")
    path = link_in(letter)
    assert "bo@example.org" in browser.client.get(path).text
    weak = browser.post(path, password="short")
    assert (weak.status_code, "at least 10 characters" in weak.text) == (422, True)
    assert browser.post(path, password=PASSWORD).status_code == 303
    assert browser.who() == "bo@example.org"
    again = browser.post(path, form_at="/auth/forgot", password="another long one")
    assert (again.status_code, "expired or was used" in again.text) == (410, True)
    with site.database.reading() as session:
        assert session.scalars(select(User.is_email_verified)).one()


def test_an_address_with_an_account_gets_the_same_answer_and_another_letter(site: Site) -> None:
    site.person("known@example.org")
    pages = set()
    for address in ("known@example.org", "new@example.org"):
        browser = site.browser()
        browser.client.get("/auth/sign-up")
        pages.add(browser.post("/auth/sign-up", **NEW | {"email": address}).text.replace(address, "ADDRESS"))
    assert len(pages) == 1
    known, new = site.letters()
    assert "It has one already" in known and "/auth/sign-up/" not in known
    assert "/auth/sign-up/" in new


def test_asking_makes_no_account(site: Site) -> None:
    site.browser().post("/auth/sign-up", **NEW)
    with site.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(User)) == 0


def test_wrong_fields_are_named_and_the_rest_stays(site: Site) -> None:
    answer = site.browser().post("/auth/sign-up", first_name="", last_name="Quist", email="bo@")
    assert answer.status_code == 422
    assert "Type your first name." in answer.text and "such as ana@example.org" in answer.text
    assert 'value="Quist"' in answer.text and 'value="bo@"' in answer.text
    assert site.letters() == []


def test_where_sign_up_is_closed_nobody_can_ask(make_site: MakeSite) -> None:
    site = make_site(sign_up_open=False)
    browser = site.browser()
    assert "Create an account" not in browser.client.get("/auth/sign-in").text
    for answer in (browser.client.get("/auth/sign-up"), browser.post("/auth/sign-up", form_at="/auth/sign-in", **NEW)):
        assert "made by the administrators" in answer.text
    assert site.letters() == []


def test_a_forgotten_password_is_replaced_by_the_link_once(site: Site) -> None:
    site.person()
    elsewhere, browser = site.browser(), site.browser()
    elsewhere.sign_in()
    browser.post("/auth/forgot", email="Ana@example.org")
    path = link_in(site.letters()[-1])
    for _ in range(3):  # mail scanners look first
        assert browser.client.get(path).status_code == 200
    assert browser.post(path, password="nine blue whales").status_code == 303
    assert browser.who() == "ana@example.org"
    assert elsewhere.who() == "/auth/sign-in"
    assert browser.client.get(path).status_code == 410
    assert site.browser().sign_in(password="nine blue whales").status_code == 303


def test_a_forgotten_password_of_nobody_looks_the_same_and_sends_nothing(site: Site) -> None:
    site.person()
    pages = {
        site.browser().post("/auth/forgot", email=address).text.replace(address, "ADDRESS")
        for address in ("ana@example.org", "nobody@example.org")
    }
    assert len(pages) == 1
    assert len(site.letters()) == 1


def test_nobody_can_fill_a_mailbox(site: Site) -> None:
    site.person()
    codes = [
        site.browser(ip=f"203.0.113.{n}").post("/auth/forgot", email="ana@example.org").status_code for n in range(6)
    ]
    assert codes == [200] * 5 + [429]
    assert len(site.letters()) == 5
    answer = site.browser().post("/auth/forgot", email="ana@example.org")
    assert re.search(r"Wait \d+ minutes, then try again", answer.text)


def test_links_in_letters_dont_lead_where_the_asker_says(make_site: MakeSite) -> None:
    site = make_site()
    site.person()
    browser = site.browser()
    token = browser.form_token("/auth/forgot")
    fields = {"form_token": token, "email": "ana@example.org"}
    browser.client.post(
        "/auth/forgot", data=fields, headers={"host": "evil.example", "x-forwarded-host": "evil.example"}
    )
    assert site.letters() and all("evil.example" not in letter for letter in site.letters())


def test_with_a_public_address_links_begin_with_it(make_site: MakeSite) -> None:
    site = make_site(base_url="http://public.example/")
    site.person()
    site.browser().post("/auth/forgot", email="ana@example.org")
    assert "\nhttp://public.example/auth/reset/" in site.letters()[0]


def test_forged_links_are_told_apart_from_nothing(site: Site) -> None:
    browser = site.browser()
    for path in ("/auth/reset/forged", "/auth/sign-up/forged"):
        answer = browser.client.get(path)
        assert answer.status_code == 410
        assert "This link has expired or was used. Ask for a new one." in answer.text


def test_a_sign_in_link_survives_scanners_and_works_once(site: Site) -> None:
    person = site.person()
    path = f"/auth/link/{site.parts.links.sign_in(person)}"
    browser = site.browser()
    for _ in range(3):
        assert "Press the button" in browser.client.get(path).text
    assert browser.client.post(path).status_code in {400, 403}  # a scanner that sends the form sends no token
    assert browser.who() == "/auth/sign-in"
    assert browser.post(path).status_code == 303
    assert browser.who() == "ana@example.org"
    assert site.browser().post(path).status_code == 410


@pytest.mark.parametrize(
    "wanted",
    [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        " //evil.example",
        "javascript:alert(1)",
        "evil.example",
        "/auth/sign-out",
        "///evil.example",
        "",
        "/" + "x" * 3000,
        "http://[",
    ],
)
def test_after_signing_in_nobody_is_led_to_another_site(site: Site, wanted: str) -> None:
    site.person()
    browser = site.browser()
    form = browser.client.get("/auth/sign-in", params={"next": wanted}).text
    assert 'name="next" value="/"' in form
    assert browser.sign_in(next=wanted).headers["location"] == "/"


@given(st.text(alphabet=st.sampled_from("/\\.:@?#%ab\t\n\r \0é"), max_size=14) | st.text(max_size=40))
def test_wherever_next_leads_it_is_on_this_site(wanted: str) -> None:
    """Read as browsers do (WHATWG): tabs and newlines dropped, backslashes as slashes."""
    found = safe_next(wanted)
    read = "".join(sign for sign in found if sign not in "\t\n\r").replace("\\", "/").strip("\0 ")
    assert read.startswith("/") and not read.startswith("//")
    assert not read.startswith("/auth/")
