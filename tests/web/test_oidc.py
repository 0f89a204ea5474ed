"""The organisation's sign-in against a small issuer on this machine: real HTTP, real keys."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey

from tests.web.conftest import Browser, Site

CLIENT, SECRET = "learncraft", "the client's secret"


class Issuer:
    """Signs in whoever `person` says. `lie` changes the claims of the next tokens."""

    def __init__(self) -> None:
        self.person = {"sub": "4711", "email": "Ana@example.org", "email_verified": True, "given_name": "Ana"}
        self.lie: dict[str, Any] = {}
        self.key = RSAKey.generate_key(2048, {"kid": "one"})
        self.published = [self.key]
        self.asked: dict[str, str] = {}
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def authorize(self, address: str) -> dict[str, str]:
        """What the person's browser does at the issuer: sign in, and be sent back with a code."""
        self.asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        return {"code": "the code", "state": self.asked["state"]}

    def token(self, form: dict[str, list[str]], authorization: str) -> dict[str, str] | None:
        given = base64.b64decode(authorization.removeprefix("Basic ")).decode()
        proof = (
            base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"][0].encode()).digest()).rstrip(b"=").decode()
        )
        if proof != self.asked["code_challenge"] or CLIENT not in given or form["code"] != ["the code"]:
            return None
        now = int(time.time())
        claims = {"iss": self.url, "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": self.asked["nonce"]}
        signed = jwt.encode({"alg": "RS256", "kid": self.key.kid}, claims | self.person | self.lie, self.key)
        return {"access_token": "opaque", "token_type": "Bearer", "id_token": signed}

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        issuer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                if self.path == "/keys":
                    self.answer({"keys": [key.as_dict(private=False) for key in issuer.published]})
                elif self.path == "/.well-known/openid-configuration":
                    ends = {"authorization_endpoint": "/authorize", "token_endpoint": "/token", "jwks_uri": "/keys"}
                    self.answer({"issuer": issuer.url} | {name: issuer.url + end for name, end in ends.items()})

            def do_POST(self) -> None:
                form = parse_qs(self.rfile.read(int(self.headers["content-length"])).decode())
                found = issuer.token(form, self.headers.get("authorization", ""))
                self.answer(found or {"error": "invalid_grant"}, 200 if found else 400)

            def answer(self, content: object, status: int = 200) -> None:
                body = json.dumps(content).encode()
                self.send_response(status)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        return Handler


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    found = Issuer()
    yield found
    found.server.shutdown()
    found.server.server_close()


@pytest.fixture
def campus(make_site: Callable[..., Site], issuer: Issuer) -> Site:
    return make_site(
        oidc_issuer=issuer.url, oidc_client_id=CLIENT, oidc_client_secret=SECRET, oidc_name="Northern University"
    )


def go(browser: Browser, issuer: Issuer, **changes: str):  # type: ignore[no-untyped-def]
    leaving = browser.client.get("/auth/oidc", params={"next": "/course?slug=sql"})
    assert leaving.status_code == 303
    back = issuer.authorize(leaving.headers["location"])
    return browser.client.get("/auth/oidc/callback", params=back | changes)


def test_a_newcomer_of_the_organisation_comes_in(campus: Site, issuer: Issuer) -> None:
    browser = campus.browser()
    assert "Continue with Northern University" in browser.client.get("/auth/sign-in").text
    answer = go(browser, issuer)
    assert (answer.status_code, answer.headers["location"]) == (303, "/course?slug=sql")
    assert browser.who() == "ana@example.org"
    assert issuer.asked["code_challenge_method"] == "S256"
    assert issuer.asked["redirect_uri"] == "http://learn.test/auth/oidc/callback"


def test_an_account_with_a_confirmed_address_is_tied_to_the_person(campus: Site, issuer: Issuer) -> None:
    campus.person()
    browser = campus.browser()
    go(browser, issuer)
    assert browser.who() == "ana@example.org"
    browser.post("/auth/sign-out")
    assert browser.sign_in().status_code == 303  # the password still works


def test_an_unconfirmed_address_opens_no_account(campus: Site, issuer: Issuer) -> None:
    campus.person()
    issuer.person["email_verified"] = False
    browser = campus.browser()
    answer = go(browser, issuer)
    assert answer.status_code == 403 and "has not confirmed your e-mail address" in answer.text
    assert browser.who() == "/auth/sign-in"


@pytest.mark.parametrize(
    "lie",
    [
        {"nonce": "another"},
        {"nonce": None},
        {"aud": "another client"},
        {"iss": "https://evil.example"},
        {"exp": 1},
        {"sub": None},
    ],
)
def test_a_token_that_is_not_for_this_try_is_refused(campus: Site, issuer: Issuer, lie: dict[str, Any]) -> None:
    issuer.lie = lie
    browser = campus.browser()
    answer = go(browser, issuer)
    assert answer.status_code == 403
    assert browser.who() == "/auth/sign-in"


def test_a_foreign_key_is_refused_and_a_new_one_is_fetched(campus: Site, issuer: Issuer) -> None:
    browser = campus.browser()
    assert go(browser, issuer).status_code == 303
    issuer.key = RSAKey.generate_key(2048, {"kid": "two"})
    assert go(browser, issuer).status_code == 403
    issuer.published.append(issuer.key)
    assert go(browser, issuer).status_code == 303


def test_a_way_back_that_this_browser_didnt_begin_is_refused(campus: Site, issuer: Issuer) -> None:
    browser, victim = campus.browser(), campus.browser()
    assert go(browser, issuer, state="forged").status_code == 403
    back = issuer.authorize(browser.client.get("/auth/oidc").headers["location"])
    assert victim.client.get("/auth/oidc/callback", params=back).status_code == 403
    assert victim.who() == "/auth/sign-in"


def test_a_wrong_code_or_a_refusal_is_said_in_words(campus: Site, issuer: Issuer) -> None:
    browser = campus.browser()
    assert "did not work. Try again." in go(browser, issuer, code="guessed").text
    state = issuer.authorize(browser.client.get("/auth/oidc").headers["location"])["state"]
    answer = browser.client.get("/auth/oidc/callback", params={"state": state, "error": "access_denied"})
    assert "did not sign you in" in answer.text


def test_an_issuer_that_is_away_is_said_in_words(campus: Site, issuer: Issuer) -> None:
    issuer.server.shutdown()
    issuer.server.server_close()
    answer = campus.browser().client.get("/auth/oidc")
    assert "does not answer" in answer.text and "Traceback" not in answer.text


def test_without_an_issuer_there_is_no_such_door(site: Site) -> None:
    assert "Continue with" not in site.browser().client.get("/auth/sign-in").text
    assert site.browser().client.get("/auth/oidc").status_code == 404
