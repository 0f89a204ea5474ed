"""Code questions from the hand-in to the grade, in the real sandbox."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from threading import Thread
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

import learncraft.demo
from learncraft.assessments import code_running, grading, queries, service
from learncraft.assessments.code_shapes import CodeKey, CodeTest
from learncraft.assessments.errors import AttemptClosedError, AttemptNotFoundError, QuestionNotAskedError
from learncraft.assessments.models import Answer, AssessmentAttempt, AttemptStatus, QuestionType
from learncraft.db import Database, new_id
from learncraft.events import LearningEvent
from learncraft.interchange.document import AssessmentDocument
from learncraft.interchange.markdown_course import read
from learncraft.sandbox.errors import SandboxBusyError
from learncraft.sandbox.port import Program, StepOutcome
from learncraft.sandbox.wasm import WasmRuntime
from tests.assessments.exam import Exam, make_exam
from tests.factories import make_question

KEY: dict[str, Any] = {
    "starter": "def double(x):\n    ...",
    "solution": "def double(x):\n    return 2 * x",
    "tests": [
        {"title": "two", "evaluate": "double(2)", "expected": "4"},
        {
            "title": "secret text",
            "is_hidden": True,
            "weight": 3,
            "evaluate": "double('4711')",
            "expected": "'47114711'",
        },
    ],
}


@pytest.fixture(scope="module")
def sandbox() -> Iterator[WasmRuntime]:
    runtime = WasmRuntime(at_once=2)
    yield runtime
    runtime.stop()


class Away:
    """A sandbox that is busy for good."""

    def prepare(self) -> None: ...

    def stop(self) -> None: ...

    def run(self, program: Program, *, who: object) -> list[StepOutcome]:
        raise SandboxBusyError


def code_exam(session: Session, **values: Any) -> Exam:
    """An exam with one choice and one program, worth 8 points."""
    exam = make_exam(session, questions=1, **values)
    assessment = session.get_one(learncraft.assessments.models.Assessment, exam.assessment_id)
    question = make_question(
        session,
        assessment,
        order_index=1,
        question_type=QuestionType.CODE,
        options=None,
        correct_answer=KEY,
        points=Decimal(8),
    )
    return replace(exam, question_ids=(*exam.question_ids, question.id))


def handed_in(database: Database, code: str) -> tuple[Exam, UUID]:
    """An attempt with a right choice and a program, handed in."""
    with database.transaction() as session:
        exam = code_exam(session)
    with database.transaction() as session:
        attempt = service.start_attempt(session, learner_id=exam.learner_id, assessment_id=exam.assessment_id)
        for question, response in zip(exam.question_ids, ({"option": "a"}, {"code": code}), strict=True):
            service.save_answer(
                session, learner_id=exam.learner_id, attempt_id=attempt, question_id=question, response=response
            )
        service.submit_attempt(session, learner_id=exam.learner_id, attempt_id=attempt)
    return exam, attempt


def stands(database: Database, attempt_id: UUID) -> tuple[AttemptStatus, Decimal | None]:
    with database.reading() as session:
        row = session.get_one(AssessmentAttempt, attempt_id)
        return row.status, row.score


def test_a_program_is_graded_by_all_its_tests(fresh_database: Database, sandbox: WasmRuntime) -> None:
    exam, attempt = handed_in(fresh_database, "def double(x):\n    return x * 2 if x == 2 else None")
    assert stands(fresh_database, attempt) == (AttemptStatus.SUBMITTED, None)
    assert code_running.grade_waiting(fresh_database, sandbox, attempt) == 1
    status, score = stands(fresh_database, attempt)
    assert (status, score) == (AttemptStatus.GRADED, Decimal(3))
    with fresh_database.reading() as session:
        result = queries.result_for(session, exam.learner_id, attempt)
        assert result is not None
        program = result.questions[1]
        assert program.reason.splitlines() == [
            "1 of 2 tests passed: 2 of 8 points",
            "Passed: two",
            "Not passed: Hidden test 1. Wrong result",
        ]
        assert "4711" not in repr(result)
        assert "secret" not in repr(result)
    assert code_running.grade_waiting(fresh_database, sandbox, attempt) == 0


def test_a_busy_sandbox_loses_nothing_and_a_job_waits(fresh_database: Database, sandbox: WasmRuntime) -> None:
    _, attempt = handed_in(fresh_database, KEY["solution"])
    with pytest.raises(SandboxBusyError):
        code_running.grade_waiting(fresh_database, Away(), attempt)
    assert stands(fresh_database, attempt)[0] == AttemptStatus.SUBMITTED
    with fresh_database.reading() as session:
        [job] = session.execute(
            text("SELECT args ->> 'attempt_id' FROM procrastinate_jobs WHERE task_name = 'grade_programs'")
        ).scalars()
    assert job == str(attempt)
    code_running.grade_waiting(fresh_database, sandbox, attempt)
    assert stands(fresh_database, attempt) == (AttemptStatus.GRADED, Decimal(9))


def test_two_that_grade_at_once_tell_it_once(fresh_database: Database, sandbox: WasmRuntime) -> None:
    _, attempt = handed_in(fresh_database, KEY["solution"])
    graders = [Thread(target=code_running.grade_waiting, args=(fresh_database, sandbox, attempt)) for _ in range(3)]
    for grader in graders:
        grader.start()
    for grader in graders:
        grader.join()
    assert stands(fresh_database, attempt) == (AttemptStatus.GRADED, Decimal(9))
    with fresh_database.reading() as session:
        told = session.scalars(select(LearningEvent.event_type).where(LearningEvent.attempt_id == attempt)).all()
    assert told.count("assessment_graded") == told.count("assessment_passed") == 1
    assert told.count("answer_graded") == 2


def test_no_program_is_no_points_and_waits_for_nothing(fresh_database: Database) -> None:
    _, attempt = handed_in(fresh_database, "   \n")
    assert stands(fresh_database, attempt) == (AttemptStatus.COMPLETED, Decimal(1))


def test_an_open_attempt_tells_the_visible_tests_and_nothing_of_the_others(session: Session) -> None:
    exam = code_exam(session)
    attempt = service.start_attempt(session, learner_id=exam.learner_id, assessment_id=exam.assessment_id)
    view = queries.attempt_for(session, exam.viewer, attempt)
    assert view is not None
    code = view.questions[1].code
    assert code is not None
    assert ([test.title for test in code.tests], code.hidden) == (["two"], 1)
    assert "4711" not in repr(view)
    assert "return 2 * x" not in repr(view)


def test_only_the_learner_of_an_open_attempt_may_try(session: Session) -> None:
    exam = code_exam(session)
    attempt = service.start_attempt(session, learner_id=exam.learner_id, assessment_id=exam.assessment_id)
    choice, program = exam.question_ids
    assert code_running.asked_key(session, exam.learner_id, attempt, program).tests[0].title == "two"
    with pytest.raises(AttemptNotFoundError):
        code_running.asked_key(session, new_id(), attempt, program)
    with pytest.raises(QuestionNotAskedError):
        code_running.asked_key(session, exam.learner_id, attempt, choice)
    service.submit_attempt(session, learner_id=exam.learner_id, attempt_id=attempt)
    with pytest.raises(AttemptClosedError):
        code_running.asked_key(session, exam.learner_id, attempt, program)


def test_trying_runs_the_visible_tests_alone(sandbox: WasmRuntime) -> None:
    key = CodeKey.model_validate(KEY)
    code = "def double(x):\n    print('asked for', x)\n    return 5"
    [result] = code_running.run_tests(sandbox, key, code, with_hidden=False, who="alice")
    assert result.words == "double(2) gave 5; 4 was expected"
    outcome = code_running.run_once(sandbox, "print(input())", stdin="hello", who="alice")
    assert outcome.output == "hello\n"


def test_an_authors_solution_is_checked_with_every_test(sandbox: WasmRuntime) -> None:
    key = CodeKey.model_validate(KEY)
    assert code_running.check_solution(sandbox, key, who="author") == []
    wrong = key.model_copy(update={"solution": "def double(x):\n    return x + 2"})
    [problem] = code_running.check_solution(sandbox, wrong, who="author")
    assert "secret text" in problem


def test_the_demos_programs_pass_their_own_tests_and_their_starters_do_not(sandbox: WasmRuntime) -> None:
    course = read(Path(learncraft.demo.__file__).parent / "courses" / "python-from-the-first-line")
    keys = [
        question.key
        for module in course.modules
        for lesson in module.lessons
        for item in lesson.items
        if isinstance(item, AssessmentDocument)
        for question in item.questions
        if isinstance(question.key, CodeKey)
    ]
    assert len(keys) >= 3
    for key in keys:
        assert grading.validate_question("code", (), key) == []
        assert code_running.check_solution(sandbox, key, who="author") == []
        started = code_running.run_tests(sandbox, key, key.starter, with_hidden=True, who="author")
        assert not all(result.is_passed for result in started)


def test_the_answer_is_stored_as_it_was_written(fresh_database: Database) -> None:
    code = "if True:\n\tprint('ä', \"☃\")  \n"
    _, attempt = handed_in(fresh_database, code)
    with fresh_database.reading() as session:
        stored = session.scalars(select(Answer.response).where(Answer.attempt_id == attempt)).all()
    assert {"code": code} in stored


def test_a_code_question_with_bad_tests_is_refused_in_words() -> None:
    key = CodeKey(tests=(CodeTest(title="odd", evaluate="f(", expected="1"),))
    assert "no Python expression" in " ".join(grading.validate_question("code", (), key))
