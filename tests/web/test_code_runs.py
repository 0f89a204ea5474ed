"""Running and testing a program from the sheet: only one's own open attempt, and nothing of hidden tests."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from learncraft.accounts import passwords
from learncraft.accounts.models import User
from learncraft.assessments.models import Assessment, QuestionType
from learncraft.sandbox import current
from learncraft.sandbox.errors import SandboxMissingError
from learncraft.sandbox.port import Program, StepOutcome
from learncraft.sandbox.wasm import WasmRuntime
from tests.assessments.exam import make_exam, start
from tests.factories import make_question
from tests.web.conftest import PASSWORD, Browser, Site

KEY = {
    "solution": "def double(x):\n    return 2 * x",
    "tests": [
        {"title": "two", "evaluate": "double(2)", "expected": "4"},
        {"title": "secret", "is_hidden": True, "evaluate": "double(4711)", "expected": "9422"},
    ],
}


class Missing:
    """A sandbox that isn't installed."""

    def prepare(self) -> None: ...

    def stop(self) -> None: ...

    def run(self, program: Program, *, who: object) -> list[StepOutcome]:
        raise SandboxMissingError


@pytest.fixture(scope="module")
def sandbox() -> Iterator[None]:
    runtime = WasmRuntime(at_once=1, warm=1)
    current.use(runtime)
    yield
    current.use(None)
    runtime.stop()


def sitting(site: Site, address: str = "robin@example.org") -> tuple[Browser, UUID, UUID, UUID]:
    """A signed-in learner with an open attempt at a choice and a program."""
    with site.database.transaction() as session:
        exam = make_exam(session, questions=1)
        question = make_question(
            session,
            session.get_one(Assessment, exam.assessment_id),
            order_index=1,
            question_type=QuestionType.CODE,
            options=None,
            correct_answer=KEY,
            points=Decimal(2),
        )
        attempt_id = start(session, exam)
        user = session.get_one(User, exam.learner_id)
        user.email, user.password_hash = address, passwords.hash_password(PASSWORD)
        key, choice = question.id, exam.question_ids[0]
    browser = site.browser()
    assert browser.sign_in(address).status_code == 303
    return browser, attempt_id, key, choice


def run(browser: Browser, attempt_id: UUID, question: UUID, code: str, **more: Any) -> Any:
    message = {"question": str(question), "code": code, **more}
    return browser.client.post(f"/attempts/{attempt_id}/run", json=message)


def test_a_program_is_run_with_ones_own_input_and_tested_with_the_visible_tests(site: Site, sandbox: None) -> None:
    browser, attempt_id, question, _ = sitting(site)
    ran = run(browser, attempt_id, question, "print(input()[::-1])", stdin="abc").json()
    assert (ran["finished"], ran["output"]) == (True, "cba\n")
    tested = run(browser, attempt_id, question, "def double(x):\n    print(x)\n    return 4", tests=True)
    assert [(one["title"], one["passed"]) for one in tested.json()["tests"]] == [("two", True)]
    assert "4711" not in tested.text
    failed = run(browser, attempt_id, question, "1 / 0").json()
    assert not failed["finished"]
    assert "ZeroDivisionError" in failed["error"]


def test_only_the_learner_of_the_attempt_and_only_its_programs(site: Site) -> None:
    browser, attempt_id, question, choice = sitting(site)
    assert run(browser, attempt_id, choice, "print()").status_code == 404
    other, *_ = sitting(site, "kim@example.org")
    refused = run(other, attempt_id, question, "print()", tests=True)
    assert refused.status_code == 404
    assert "not among yours" in refused.json()["words"]
    stranger = site.browser()
    assert run(stranger, attempt_id, question, "print()").status_code == 401


def test_what_is_no_program_is_refused_in_words(site: Site) -> None:
    browser, attempt_id, question, _ = sitting(site)
    assert run(browser, attempt_id, question, "x" * 50_001).status_code == 422
    assert browser.client.post(f"/attempts/{attempt_id}/run", data={"code": "x"}).status_code == 422
    elsewhere = browser.client.post(
        f"/attempts/{attempt_id}/run",
        json={"question": str(question), "code": ""},
        headers={"Origin": "https://elsewhere.example"},
    )
    assert elsewhere.status_code == 403


def test_a_server_without_a_sandbox_says_so(site: Site) -> None:
    browser, attempt_id, question, _ = sitting(site)
    current.use(Missing())
    try:
        answer = run(browser, attempt_id, question, "print()")
    finally:
        current.use(None)
    assert answer.status_code == 503
    assert "saved all the same" in answer.json()["words"]
