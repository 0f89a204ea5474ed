"""A timed exam in a real browser while the line is cut and the server dies: nothing that was typed is lost."""

from __future__ import annotations

import re
import socket
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import pytest
from playwright.sync_api import Browser, Page, WebSocket, expect
from sqlalchemy import text

from learncraft.assessments import service
from learncraft.assessments.models import Answer
from learncraft.courses.models import Lesson
from learncraft.db import Database
from learncraft.demo.people import PASSWORD
from learncraft.supervisor.postgres import EmbeddedPostgres
from learncraft.web import scripts
from tests.browser.conftest import fill_sign_in
from tests.factories import make_assessment, make_question
from tests.server import Server, start

SECRETS = ("ZANZIBARKEY", "EXPLANATIONKEPT", "FEEDBACKKEPT", "SAMPLEKEPT", "correct_answer")
LEARNER = "learner@learncraft.example"


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def seat(database: Database) -> tuple[UUID, list[UUID]]:
    """An attempt of the demo's learner at a timed exam: one option, a blank, a text; with things to keep secret."""
    with database.transaction() as session:
        row = session.execute(
            text(
                "SELECT e.user_id, l.id FROM enrollments e JOIN users u ON u.id = e.user_id "
                "JOIN modules m ON m.course_id = e.course_id JOIN lessons l ON l.module_id = m.id "
                "WHERE e.status = 'active' AND u.email = :email AND l.is_published ORDER BY l.id LIMIT 1"
            ),
            {"email": LEARNER},
        ).one()
        lesson = session.get_one(Lesson, row[1])
        exam, _ = make_assessment(
            session, lesson, questions=0, time_limit_minutes=30, assessment_type="exam", shuffle_questions=False
        )
        options = [
            {"id": "a", "text": "The mean", "feedback": "FEEDBACKKEPT"},
            {"id": "b", "text": "The median", "feedback": "FEEDBACKKEPT"},
        ]
        kinds = [
            {"question_type": "multiple_choice", "options": options, "correct_answer": {"option": "a"}},
            {
                "question_type": "fill_blank",
                "options": None,
                "correct_answer": {"accepted": [{"kind": "text", "text": "ZANZIBARKEY"}]},
            },
            {
                "question_type": "short_answer",
                "options": None,
                "correct_answer": {"rubric": [], "sample": "SAMPLEKEPT"},
            },
        ]
        asked = [
            make_question(session, exam, order_index=place, explanation="EXPLANATIONKEPT", **kind).id
            for place, kind in enumerate(kinds)
        ]
        return service.start_attempt(session, learner_id=row[0], assessment_id=exam.id), asked


def enter(browser: Browser, url: str, attempt_id: UUID, width: int, heard: list[bytes]) -> Page:
    """Open the attempt in a browser of its own that notes every byte it is sent."""
    page = browser.new_context(viewport={"width": width, "height": 900}).new_page()
    page.set_default_timeout(30_000)

    def listen(websocket: WebSocket) -> None:
        websocket.on("framereceived", lambda frame: heard.append(frame if isinstance(frame, bytes) else frame.encode()))

    page.on("websocket", listen)
    page.on("response", lambda answer: heard.append(_body(answer)) if answer.url.startswith(url) else None)
    page.goto(f"{url}/assessment?attempt={attempt_id}")
    fill_sign_in(page, LEARNER, PASSWORD)
    expect(page.get_by_role("button", name="Hand in")).to_be_visible()
    return page


def _body(answer: object) -> bytes:
    try:
        return answer.body()  # type: ignore[attr-defined,no-any-return]
    except Exception:  # a redirect has none
        return b""


def kept(database: Database, attempt_id: UUID, question_id: UUID) -> object:
    with database.reading() as session:
        return session.query(Answer.response).filter_by(attempt_id=attempt_id, question_id=question_id).scalar()


@pytest.mark.parametrize("width", [1280, 390])
def test_nothing_typed_in_an_exam_is_lost(browser: Browser, home: Path, width: int) -> None:
    port = str(free_port())
    server = start(home, "--port", port)
    database = Database(EmbeddedPostgres(home).url)
    heard: list[bytes] = []
    try:
        attempt_id, (choice, blank, essay) = seat(database)
        page = enter(browser, server.url, attempt_id, width, heard)
        expect(page.get_by_role("timer")).to_contain_text(re.compile(r"(29|30):\d\d left"))
        page.get_by_role("radio", name="The median").check()
        page.get_by_role("textbox", name="to question 2").press_sequentially("Lisb", delay=20)
        page.wait_for_timeout(1000)  # no Enter, no leaving of the field
        assert kept(database, attempt_id, blank) == {"text": "Lisb"}
        assert kept(database, attempt_id, choice) == {"option": "b"}

        page.context.set_offline(True)
        page.get_by_role("textbox", name="to question 2").press_sequentially("on", delay=20)
        expect(page.get_by_text("Not saved yet, retrying")).to_be_visible()
        page.context.set_offline(False)
        expect(page.get_by_text(re.compile("^Saved "))).to_be_visible()
        assert kept(database, attempt_id, blank) == {"text": "Lisbon"}

        server.kill()
        essay_field = page.get_by_role("textbox", name="to question 3")
        essay_field.press_sequentially("Typed while the server was dead.", delay=5)
        expect(page.get_by_text("Not saved yet, retrying")).to_be_visible()
        server = start(home, "--port", port)
        expect(page.get_by_text(re.compile("^Saved "))).to_be_visible(timeout=40_000)
        assert kept(database, attempt_id, essay) == {"text": "Typed while the server was dead.", "files": []}
        expect(essay_field).to_have_value("Typed while the server was dead.")

        other = enter(browser, server.url, attempt_id, width, heard)  # another device goes on where it was
        expect(other.get_by_role("textbox", name="to question 3")).to_have_value("Typed while the server was dead.")
        expect(other.get_by_role("textbox", name="to question 2")).to_have_value("Lisbon")
        told = b"".join(heard)
        assert b"The median" in told
        assert [secret for secret in SECRETS if secret.encode() in told] == []
        other.get_by_role("button", name="Hand in").click()
        expect(other.get_by_text("Handed in. Everything that was saved counts.")).to_be_visible()
        page.reload()
        expect(page.get_by_text("Handed in. Everything that was saved counts.")).to_be_visible()
        page.context.close()
        other.context.close()
    finally:
        database.close()
        server.stop()


def test_a_duplicated_tab_is_another_tab_and_a_reloaded_one_the_same(
    open_page: Callable[..., Page], site: Server
) -> None:
    page = open_page("/")
    fill_sign_in(page, LEARNER, PASSWORD)
    page.wait_for_url(f"{site.url}/")
    script = scripts.address("sheet", "tab.js")
    name = f"import('{script}').then((tab) => tab.tabName())"
    first = page.evaluate(name)
    with page.expect_popup() as opened:
        page.evaluate("() => void window.open(location.href)")  # takes the session's store along, as duplicating does
    copy = opened.value
    copy.wait_for_load_state()
    assert copy.evaluate("sessionStorage.getItem('learncraft.tab')") == first
    second = copy.evaluate(name)
    assert second != first
    page.reload()
    assert page.evaluate(name) == first
    copy.reload()
    assert copy.evaluate(name) == second
