"""Programs of code questions: tried by their learners, run once more with all tests when they are handed in.

No transaction is open while a program runs. What is handed in waits in the database (`code_waiting`).
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from learncraft.acting import Acting
from learncraft.assessments import closing, code_grading, code_waiting, grading, marking, writes
from learncraft.assessments.code_grading import TestResult
from learncraft.assessments.code_shapes import CodeKey, CodeResponse
from learncraft.assessments.errors import AttemptClosedError, AttemptNotFoundError, QuestionNotAskedError
from learncraft.assessments.grading import Grade
from learncraft.assessments.models import AssessmentAttempt, AttemptStatus, Question, QuestionType
from learncraft.db import Database
from learncraft.language import _
from learncraft.sandbox.port import MAIN, Program, Runtime, Step, StepOutcome


def asked_key(session: Session, learner_id: UUID, attempt_id: UUID, question_id: UUID) -> CodeKey:
    """The key of a code question of the learner's open attempt, for the server alone to run.

    Raises:
        AttemptNotFoundError: it isn't the learner's.
        AttemptClosedError: it was handed in, or its time is over.
        QuestionNotAskedError: there is no such code question in it.
    """
    row = session.execute(
        select(AssessmentAttempt.status, AssessmentAttempt.deadline_at, func.clock_timestamp(), Question.correct_answer)
        .outerjoin(
            Question,
            (Question.id == question_id)
            & (Question.question_type == QuestionType.CODE)
            & AssessmentAttempt.question_ids.has_key(str(question_id)),
        )
        .where(AssessmentAttempt.id == attempt_id, AssessmentAttempt.user_id == learner_id)
    ).first()
    if row is None:
        raise AttemptNotFoundError
    status, deadline, now, key = row
    if status != AttemptStatus.IN_PROGRESS or (deadline is not None and now > deadline):
        raise AttemptClosedError
    if key is None:
        raise QuestionNotAskedError
    return CodeKey.model_validate(key)


def run_once(runtime: Runtime, code: str, *, stdin: str, who: object) -> StepOutcome:
    """Run a program with the learner's own input."""
    [outcome] = runtime.run(Program({MAIN: code}, [Step("run", stdin)]), who=who)
    return outcome


def run_tests(runtime: Runtime, key: CodeKey, code: str, *, with_hidden: bool, who: object) -> list[TestResult]:
    """Run a program with the tests. An author checks a solution with the hidden ones too; a learner only tries."""
    outcomes = runtime.run(code_grading.program_for(key, code, with_hidden=with_hidden), who=who)
    return code_grading.judge(key, outcomes, with_hidden=with_hidden)


def check_solution(runtime: Runtime, key: CodeKey, *, who: object) -> list[str]:
    """What the author's own solution fails at, each as a sentence; nothing when it passes every test."""
    shown = key.model_copy(update={"tests": tuple(test.model_copy(update={"is_hidden": False}) for test in key.tests)})
    results = run_tests(runtime, shown, key.solution, with_hidden=True, who=who)
    return [f"{_('“{title}”', title=result.title)}: {result.words}." for result in results if not result.is_passed]


def grade_waiting(database: Database, runtime: Runtime, attempt_id: UUID, *, who: Acting | None = None) -> int:
    """Run what waits in an attempt and grade it. Safe to repeat, and for two at once: the first grade stays.

    `who` is for whom it is done, where that isn't a job of the platform.

    Returns how many programs were graded.

    Raises:
        UnavailableError: the sandbox is missing or busy; everything waits on.
    """
    with database.reading(who) as session:
        waiting = code_waiting.of_attempt(session, attempt_id)
    judged = {
        one.question_id: run_tests(runtime, one.key, one.code, with_hidden=True, who=one.learner_id) for one in waiting
    }
    if not judged:
        return 0
    with database.transaction(who) as session:
        return _keep(session, waiting[0].learner_id, attempt_id, judged)


def grade_of(worth: Decimal, results: Sequence[TestResult]) -> Grade:
    """What the passed tests are worth, with a line for each test."""
    points = code_grading.share(results, worth)
    passed = sum(result.is_passed for result in results)
    whole = f"{passed} of {len(results)} {'test' if len(results) == 1 else 'tests'} passed"
    reason = f"{whole}: {marking.out_of(points, worth)}\n{code_grading.in_words(results)}"
    return Grade(points, passed == len(results), reason)


def _keep(session: Session, learner_id: UUID, attempt_id: UUID, judged: dict[UUID, list[TestResult]]) -> int:
    if not writes.lock_enrollment_of_attempt(session, learner_id, attempt_id):
        return 0
    locked = writes.lock_attempt(session, attempt_id)
    if locked is None or locked.attempt.status != AttemptStatus.SUBMITTED:
        return 0
    still = {one.question_id: one for one in code_waiting.of_attempt(session, attempt_id)}
    questions = session.scalars(select(Question).where(Question.id.in_(still.keys() & judged.keys())))
    graded = [
        writes.GradedAnswer(
            question,
            grading.to_json(CodeResponse(code=still[question.id].code)),
            grade_of(question.points, judged[question.id]),
        )
        for question in questions
    ]
    writes.keep_grades(session, attempt_id, graded)
    for one in graded:
        closing.tell_answer(session, locked, one)
    session.flush()
    session.expire_all()  # `settle` reads the answers anew; this wrote past the session
    closing.settle(session, locked)
    return len(graded)
