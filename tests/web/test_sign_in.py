"""Signing in and out through the form, and what the form gives away: nothing."""

from __future__ import annotations

import re
from collections.abc import Callable

import bcrypt
import pytest
from pwdlib.hashers.argon2 import Argon2Hasher
from sqlalchemy import select, update

from learncraft.accounts import service
from learncraft.accounts.models import User
from learncraft.events import LearningEvent
from tests.web.conftest import PASSWORD, Site

MakeSite = Callable[..., Site]


def test_a_person_signs_in_and_out(site: Site) -> None:
    site.person()
    browser = site.browser()
    assert browser.who() == "/auth/sign-in"
    answer = browser.sign_in("  Ana@Example.ORG ")
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert browser.who() == "ana@example.org"
    out = browser.post("/auth/sign-out")
    assert "You are signed out" in out.text
    assert browser.session_cookie() is None
    assert browser.who() == "/auth/sign-in"


def test_signing_in_is_recorded_with_the_method(site: Site) -> None:
    person = site.person()
    site.browser().sign_in()
    with site.database.reading() as session:
        event = session.scalars(select(LearningEvent)).one()
        assert (event.user_id, event.event_type, event.event_data) == (person.id, "signed_in", {"method": "password"})
        assert session.get_one(User, person.id).last_login_at is not None


def test_a_stolen_cookie_is_worthless_after_signing_out(site: Site) -> None:
    site.person()
    browser = site.browser()
    browser.sign_in()
    stolen = browser.session_cookie()
    browser.post("/auth/sign-out")
    browser.client.cookies.set("learncraft_session", stolen or "", domain="learn.test")
    assert browser.who() == "/auth/sign-in"


def test_a_click_on_our_own_page_signs_out_at_once_and_one_from_elsewhere_asks(site: Site) -> None:
    site.person()
    browser = site.browser()
    browser.sign_in()
    assert "Sign out?" in browser.client.get("/auth/sign-out", headers={"sec-fetch-site": "cross-site"}).text
    assert browser.who() == "ana@example.org"
    browser.client.get("/auth/sign-out", headers={"sec-fetch-site": "same-origin", "sec-purpose": "prefetch"})
    assert browser.who() == "ana@example.org"
    browser.client.get("/auth/sign-out", headers={"sec-fetch-site": "same-origin"})
    assert browser.who() == "/auth/sign-in"


def test_an_unknown_address_gets_the_very_page_of_a_wrong_password(site: Site) -> None:
    """Byte for byte, once the typed address is put aside; a closed account as well."""
    site.person("known@example.org")
    closed = site.person("close@example.org")
    with site.database.transaction() as session:
        service.deactivate(session, closed.id)
    browser = site.browser()
    pages = {
        browser.sign_in(address, "not the password").text.replace(address, "ADDRESS")
        for address in ("known@example.org", "nobody@example.org", "close@example.org")
    }
    assert len(pages) == 1
    assert browser.sign_in("close@example.org").status_code == 401
    assert PASSWORD not in browser.sign_in("close@example.org").text


def test_an_unknown_address_costs_the_same_work_as_a_wrong_password(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Hashing is nearly all of an answer's time, so who measures it learns nothing of who has an account."""
    site.person("known@example.org")
    hashed: list[str] = []
    verify = Argon2Hasher.verify

    def counting(self: Argon2Hasher, password: str | bytes, digest: str | bytes) -> bool:
        hashed.append(str(digest).rsplit("$", 2)[0])  # the kind and its cost, without salt and hash
        return verify(self, password, digest)

    monkeypatch.setattr(Argon2Hasher, "verify", counting)
    browser = site.browser()
    browser.sign_in("known@example.org", "wrong one")
    known = hashed.copy()
    hashed.clear()
    browser.sign_in("nobody@example.org", "wrong one")
    assert hashed == known
    assert len(known) == 1


def test_what_was_typed_stays_except_the_password(site: Site) -> None:
    answer = site.browser().sign_in('ana"<b>@example.org', "my own secret", next="/course/7")
    assert "my own secret" not in answer.text
    assert 'value="ana&#34;&lt;b&gt;@example.org"' in answer.text
    assert 'name="next" value="/course/7"' in answer.text


@pytest.mark.parametrize(("address", "password", "asked"), [("", "x", "e-mail address"), ("a@b.org", "", "password")])
def test_an_empty_field_is_asked_for(site: Site, address: str, password: str, asked: str) -> None:
    answer = site.browser().sign_in(address, password)
    assert answer.status_code == 422
    assert f"Type your {asked}." in answer.text


def test_the_sixth_failure_in_a_minute_has_to_wait_known_address_or_not(site: Site) -> None:
    site.person("known@example.org")
    for address in ("known@example.org", "nobody@example.org"):
        browser = site.browser()
        assert [browser.sign_in(address, "wrong again").status_code for _ in range(5)] == [401] * 5
        answer = browser.sign_in(address, PASSWORD)  # right, for the known one: it waits all the same
        assert answer.status_code == 429
        assert re.search(r"Too many attempts\. Wait \d+ seconds?, then try again\.|Wait 1 minute", answer.text)
        assert 0 < int(answer.headers["retry-after"]) <= 61


def test_a_right_password_gives_the_attempts_back(site: Site) -> None:
    site.person()
    browser = site.browser()
    for _ in range(3):
        for _ in range(4):
            browser.sign_in(password="wrong again")
        assert browser.sign_in().status_code == 303
        browser.post("/auth/sign-out")


def test_one_place_may_not_try_many_addresses(site: Site) -> None:
    browser = site.browser()
    token = browser.form_token()
    codes = [
        browser.client.post("/auth/sign-in", data={"form_token": token, "email": f"p{n}@x.org", "password": "x"})
        for n in range(61)
    ]
    assert {answer.status_code for answer in codes[:60]} == {401}
    assert codes[60].status_code == 429
    assert site.browser(ip="203.0.113.8").sign_in("other@x.org").status_code == 401


def test_two_server_processes_share_the_limits(make_site: MakeSite) -> None:
    one, other = make_site(), make_site()
    for n in range(5):
        (one, other)[n % 2].browser().sign_in("ana@example.org", "wrong again")
    assert one.browser().sign_in().status_code == 429
    assert other.browser().sign_in().status_code == 429


def test_a_form_from_elsewhere_is_refused(site: Site) -> None:
    site.person()
    browser, stranger = site.browser(), site.browser()
    fields = {"email": "ana@example.org", "password": PASSWORD}
    mine, theirs = browser.form_token(), stranger.form_token()
    for token in ("", "0" * 64, theirs):
        assert browser.client.post("/auth/sign-in", data=fields | {"form_token": token}).status_code == 403
    for headers in (
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ):
        answer = browser.client.post("/auth/sign-in", data=fields | {"form_token": mine}, headers=headers)
        assert answer.status_code == 403, headers
        assert "sent from somewhere else" in answer.text
    own = {"origin": "http://learn.test", "sec-fetch-site": "same-origin"}
    assert browser.client.post("/auth/sign-in", data=fields | {"form_token": mine}, headers=own).status_code == 303


def test_the_cookie_is_out_of_reach_of_scripts_and_bound_to_https_behind_https(make_site: MakeSite) -> None:
    site = make_site()
    site.person()
    plain = site.browser().sign_in().headers["set-cookie"]
    assert plain.startswith("learncraft_session=")
    assert "HttpOnly" in plain and "SameSite=lax" in plain and "Path=/" in plain and "Max-Age=2592000" in plain
    assert "Secure" not in plain
    secure = site.browser(scheme="https").sign_in().headers["set-cookie"]
    assert secure.startswith("__Host-learncraft_session=")
    assert "Secure" in secure and "Domain" not in secure
    behind_proxy = make_site(base_url="https://learn.example.org").browser().client.get("/auth/sign-in")
    assert behind_proxy.headers["set-cookie"].startswith("__Host-learncraft_form=")
    assert "Secure" in behind_proxy.headers["set-cookie"]


def test_behind_https_a_cookie_that_plain_http_could_set_counts_for_nothing(site: Site) -> None:
    site.person()
    browser = site.browser(scheme="https")
    browser.sign_in()
    token = browser.session_cookie()
    planted = site.browser(scheme="https")
    planted.client.cookies.set("learncraft_session", token or "", domain="learn.test")
    assert planted.who() == "/auth/sign-in"


def test_an_old_systems_bcrypt_hash_lets_in_once_and_becomes_argon2(site: Site) -> None:
    person = site.person()
    long = "a password of more than seventy-two bytes, which bcrypt never looked at in whole, as it was"
    with site.database.transaction() as session:
        old = bcrypt.hashpw(long.encode()[:72], bcrypt.gensalt(4)).decode()
        session.execute(update(User).where(User.id == person.id).values(password_hash=old))
    assert site.browser().sign_in(password=long).status_code == 303
    with site.database.reading() as session:
        assert (session.get_one(User, person.id).password_hash or "").startswith("$argon2id$")
    assert site.browser().sign_in(password=long).status_code == 303
    assert site.browser().sign_in(password=long[:72]).status_code == 401


def test_pages_of_ours_carry_a_strict_policy_and_are_kept_by_no_cache(site: Site) -> None:
    headers = site.browser().client.get("/auth/sign-in").headers
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "no-store"
    assert headers["referrer-policy"] == "same-origin"


def test_what_breaks_shows_a_reference_and_nothing_else(site: Site) -> None:
    site.person()
    browser = site.browser()
    browser.sign_in()
    answer = browser.client.get("/broken")
    assert answer.status_code == 500
    assert re.search(r"LC-[2-9A-Z]{6}", answer.text)
    assert "secret of the inside" not in answer.text and "Traceback" not in answer.text


def test_unknown_addresses_under_auth_are_not_streamlits(site: Site) -> None:
    assert site.browser().client.get("/auth/nothing/here").status_code == 404
    assert site.browser().client.get("/auth/static/..%2fauth.py").status_code == 404
    assert site.browser().client.get("/auth/static/auth.css").headers["content-type"].startswith("text/css")
