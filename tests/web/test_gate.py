"""The gate before the pages: who comes in, how the cookie changes, and what a copy of it does."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select, text, update
from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocketDisconnect

from learncraft.accounts import sessions
from learncraft.accounts.models import UserSession
from learncraft.courses import embeds
from learncraft.web.app import create_app
from learncraft.web.middleware import SecurityHeaders
from tests.web.conftest import Browser, Site

MakeSite = Callable[..., Site]


@pytest.fixture
def browser(site: Site) -> Browser:
    site.person()
    found = site.browser()
    found.sign_in()
    return found


def age(site: Site, **by: float) -> None:
    """Let time pass for all tokens."""
    passed = timedelta(**by)
    columns = ("signed_in_at", "created_at", "first_used_at", "last_used_at", "expires_at")
    with site.database.transaction() as session:
        session.execute(update(UserSession).values({name: getattr(UserSession, name) - passed for name in columns}))


def present(browser: Browser, token: str | None) -> None:
    browser.client.cookies.clear()
    if token:
        browser.client.cookies.set("learncraft_session", token, domain="learn.test")


def test_a_page_asks_to_sign_in_and_comes_back_to_the_same_view(site: Site) -> None:
    site.person()
    browser = site.browser()
    answer = browser.client.get("/course?slug=sql&lesson=3%20a")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/auth/sign-in?next=/course%3Fslug%3Dsql%26lesson%3D3%2520a"
    form = browser.client.get(answer.headers["location"])
    assert 'name="next" value="/course?slug=sql&amp;lesson=3%20a"' in form.text
    entered = browser.sign_in(next="/course?slug=sql&lesson=3%20a")
    assert entered.headers["location"] == "/course?slug=sql&lesson=3%20a"


def test_whoever_is_signed_in_goes_on_from_the_form(browser: Browser) -> None:
    answer = browser.client.get("/auth/sign-in?next=/course")
    assert (answer.status_code, answer.headers["location"]) == (303, "/course")


@pytest.mark.parametrize("path", ["/_stcore/upload_file/a/b", "/media/abc.png", "/component/x/y", "/_stcore/agent/mcp"])
def test_parts_of_pages_need_a_sign_in_too(site: Site, path: str) -> None:
    browser = site.browser()
    for method in ("GET", "PUT", "POST", "DELETE"):
        assert browser.client.request(method, path).status_code == 401


def test_what_machines_and_the_sign_in_form_need_is_open(site: Site) -> None:
    client = site.browser().client
    for path in ("/healthz", "/auth/static/auth.css", "/auth/static/mark.svg", "/auth/static/font.woff2"):
        assert client.get(path).status_code in {200, 503}, path


def test_after_15_minutes_a_page_load_changes_the_cookie(site: Site, browser: Browser) -> None:
    first = browser.session_cookie()
    assert browser.who() == "ana@example.org"
    assert browser.session_cookie() == first
    age(site, minutes=16)
    answer = browser.client.get("/")
    assert "no-store" in answer.headers["cache-control"]
    assert "HttpOnly" in answer.headers["set-cookie"]
    assert browser.session_cookie() != first
    assert browser.who() == "ana@example.org"


def test_files_and_sockets_never_change_the_cookie(site: Site, browser: Browser) -> None:
    age(site, minutes=16)
    answer = browser.client.get("/_stcore/anything", headers={"accept": "*/*"})
    assert answer.status_code == 200 and "set-cookie" not in answer.headers


def test_a_lost_answer_signs_nobody_out(site: Site, browser: Browser) -> None:
    old = browser.session_cookie()
    age(site, minutes=16)
    browser.client.get("/")
    lost = browser.session_cookie()
    age(site, hours=3)
    present(browser, old)
    assert browser.who() == "ana@example.org"
    assert browser.session_cookie() == lost


def test_a_copied_cookie_signs_both_out(site: Site, browser: Browser) -> None:
    copied = browser.session_cookie()
    age(site, minutes=16)
    browser.client.get("/")
    browser.client.get("/")
    mine = browser.session_cookie()
    age(site, minutes=2)
    thief = site.browser()
    present(thief, copied)
    assert thief.who().startswith("/auth/sign-in")
    assert thief.session_cookie() is None  # it was told to forget it
    present(browser, mine)
    assert browser.who().startswith("/auth/sign-in")


def test_ending_a_sign_in_from_elsewhere_closes_this_browser(site: Site, browser: Browser) -> None:
    with site.database.transaction() as session:
        family = session.scalars(select(UserSession.family_id)).one()
        sessions.revoke_family(session, family)
    assert browser.who() == "/auth/sign-in"


def test_a_sign_in_ends_after_the_configured_days_without_a_visit(make_site: MakeSite) -> None:
    site = make_site(session_days=2)
    site.person()
    browser = site.browser()
    assert "Max-Age=172800" in browser.sign_in().headers["set-cookie"]
    age(site, days=1.5)
    assert browser.who() == "ana@example.org"
    age(site, days=1.5)
    assert browser.who() == "ana@example.org"  # the visit before moved the end
    age(site, days=2.5)
    assert browser.who() == "/auth/sign-in"


def connects(browser: Browser, **headers: str) -> bool:
    try:
        with browser.client.websocket_connect("ws://learn.test/_stcore/stream", headers=headers) as socket:
            return socket.receive_text() == "open"
    except WebSocketDisconnect as refused:
        assert refused.code == 4401
        return False


def test_the_pages_websocket_opens_for_a_live_sign_in_from_our_own_page_only(site: Site, browser: Browser) -> None:
    own = {"origin": "http://learn.test"}
    assert connects(browser, **own)
    assert not connects(browser)  # no browser leaves the origin out
    for foreign in ("http://evil.example", "http://learn.test.evil.example", "null", "http://learn.test:81", "file://"):
        assert not connects(browser, origin=foreign), foreign
    assert not connects(site.browser(), **own)
    browser.post("/auth/sign-out")
    assert not connects(browser, **own)


def test_behind_a_proxy_the_public_address_is_an_own_origin(make_site: MakeSite) -> None:
    site = make_site(base_url="http://public.example")
    site.person()
    browser = site.browser()
    browser.sign_in()
    assert connects(browser, origin="http://public.example")


def test_a_websocket_tells_that_the_new_cookie_arrived(site: Site, browser: Browser) -> None:
    """So a copy of the old one is noticed, even when the person stays on one page for hours."""
    old = browser.session_cookie()
    age(site, minutes=16)
    browser.client.get("/")
    assert connects(browser, origin="http://learn.test")
    age(site, minutes=2)
    present(browser, old)
    assert browser.who().startswith("/auth/sign-in")


def test_every_answer_says_what_browsers_may_do_with_it(browser: Browser) -> None:
    headers = browser.client.get("/").headers
    assert headers["x-content-type-options"] == "nosniff"
    assert "frame-ancestors 'self'" in headers["content-security-policy"]
    assert headers["x-frame-options"] == "SAMEORIGIN"
    assert "camera=()" in headers["permissions-policy"]


def test_frames_may_hold_the_sites_that_lessons_embed_and_no_other() -> None:
    async def page(scope: Scope, receive: Receive, send: Send) -> None:
        await PlainTextResponse("A page.")(scope, receive, send)

    def frames() -> list[str]:
        policy = TestClient(SecurityHeaders(page)).get("/").headers["content-security-policy"]
        [directive] = [one for one in policy.split("; ") if one.startswith("frame-src ")]
        return directive.split()[1:]

    assert frames() == ["'self'", *embeds.sources()]
    assert "https://www.youtube-nocookie.com" in frames()
    embeds.trust(["*.maps.example.org"])
    try:
        assert frames()[-1] == "https://*.maps.example.org"
    finally:
        embeds.trust([])


def test_without_the_database_there_is_a_sentence(site: Site, browser: Browser) -> None:
    with site.database.engine.connect() as connection:
        name = connection.scalar(text("SELECT current_database()"))
    site.database.close()
    for engine in (site.database.engine, site.database.confined().engine):
        engine.url = engine.url.set(database=f"{name}_gone")  # type: ignore[misc]
        engine.pool._creator = _refuse
    answer = browser.client.get("/")
    assert answer.status_code == 503
    assert "The database does not answer. Nothing was lost" in answer.text
    assert browser.client.get("/healthz").json()["status"] == "unavailable"


def _refuse(*_: object) -> None:
    from psycopg import OperationalError

    raise OperationalError("connection refused")


def test_metrics_are_for_this_machine(site: Site) -> None:
    here, there = site.browser(ip="127.0.0.1"), site.browser()
    numbers = here.client.get("/metrics").text
    assert "process_resident_memory_bytes" in numbers and "learncraft_db_connections_used" in numbers
    assert "learncraft_events_queued 0" in numbers and "learncraft_event_store_up 0" in numbers
    assert "learncraft_events_drift" not in numbers  # only the store could tell
    for client, headers in ((there.client, {}), (here.client, {"x-forwarded-for": "203.0.113.9"})):
        assert client.get("/metrics", headers=headers).status_code != 200
        assert client.get("/_stcore/metrics", headers=headers).status_code != 200


def test_metrics_ask_for_the_token_where_one_is_set(make_site: MakeSite) -> None:
    site = make_site(metrics_token="a token for the watcher")
    for ip in ("203.0.113.7", "127.0.0.1"):  # a proxy on this machine may stand for anybody
        client = site.browser(ip=ip).client
        for given in ({}, {"authorization": "Bearer another token, wrong"}, {"authorization": "Bearer "}):
            assert client.get("/metrics", headers=given).status_code != 200
        answer = client.get("/metrics", headers={"authorization": "Bearer a token for the watcher"})
        assert "learncraft_events_lag_seconds 0" in answer.text


def test_health_names_each_part(site: Site) -> None:
    answer = site.browser().client.get("/healthz")
    assert answer.status_code == 200
    assert answer.json() == {"status": "degraded", "database": "ok", "event_store": "unavailable"}


def test_streamlit_takes_the_application(site: Site) -> None:
    """Its check of reserved paths is at construction."""
    assert create_app(site.parts.runtime).script_path.name == "app.py"
