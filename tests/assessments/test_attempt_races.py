"""What several tabs, devices and processes do to one attempt at once."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from learncraft.assessments import authoring, queries, service, writes
from learncraft.assessments.errors import AttemptClosedError
from learncraft.assessments.models import Answer, AssessmentAttempt, AttemptStatus, Question
from learncraft.assessments.shapes import TruthKey
from learncraft.db import Database
from learncraft.enrollment.models import LessonProgress
from learncraft.events import LearningEvent
from learncraft.interchange.document import AssessmentDocument, QuestionDocument
from tests.assessments.exam import RIGHT, Exam, clock, make_exam, move_deadline, recorded, saved

Result = TypeVar("Result")


def at_once(database: Database, *actions: Callable[[Session], Result]) -> list[Result | Exception]:
    """Run each action in a thread and a transaction of its own, all from the same moment."""
    barrier = Barrier(len(actions))

    def run(action: Callable[[Session], Result]) -> Result | Exception:
        try:
            with database.transaction() as session:
                session.connection()
                barrier.wait(timeout=10)
                return action(session)
        except Exception as error:
            return error

    with ThreadPoolExecutor(len(actions)) as pool:
        return list(pool.map(run, actions))


def begun(database: Database, **values: object) -> tuple[Exam, object]:
    with database.transaction() as session:
        exam = make_exam(session, **values)  # type: ignore[arg-type]
    return exam, start(database, exam)


def start(database: Database, exam: Exam) -> object:
    with database.transaction() as session:
        return service.start_attempt(session, learner_id=exam.learner_id, assessment_id=exam.assessment_id)


@pytest.mark.parametrize("limit", [None, 1])
def test_two_tabs_that_start_at_once_get_the_same_attempt(fresh_database: Database, limit: int | None) -> None:
    with fresh_database.transaction() as session:
        exam = make_exam(session, max_attempts=limit)
    tab = lambda session: service.start_attempt(session, learner_id=exam.learner_id, assessment_id=exam.assessment_id)  # noqa: E731
    results = at_once(fresh_database, *[tab] * 6)
    assert len(set(results)) == 1
    with fresh_database.reading() as session:
        assert session.scalar(select(func.count()).select_from(AssessmentAttempt)) == 1
        assert recorded(session, results[0]) == ["assessment_started"]  # type: ignore[arg-type]


def test_handing_in_from_several_tabs_grades_once(fresh_database: Database) -> None:
    exam, attempt_id = begun(fresh_database)
    hand_in = lambda session: service.submit_attempt(session, learner_id=exam.learner_id, attempt_id=attempt_id)  # noqa: E731
    first, *others = at_once(fresh_database, *[hand_in] * 5)
    assert all(result == first for result in others)
    with fresh_database.reading() as session:
        events = Counter(session.scalars(select(LearningEvent.event_type)))
        assert events["assessment_submitted"] == events["assessment_graded"] == events["assessment_failed"] == 1
        assert events["answer_graded"] == 4
        assert session.scalars(select(LessonProgress.attempts)).one() == 1


def test_a_save_that_races_the_submission_is_either_graded_or_refused(fresh_database: Database) -> None:
    for _ in range(10):
        exam, attempt_id = begun(fresh_database)
        result, *saves = at_once(
            fresh_database,
            lambda session, exam=exam, attempt_id=attempt_id: service.submit_attempt(
                session, learner_id=exam.learner_id, attempt_id=attempt_id
            ),
            *[
                lambda session, exam=exam, attempt_id=attempt_id, place=place: service.save_answer(
                    session,
                    learner_id=exam.learner_id,
                    attempt_id=attempt_id,
                    question_id=exam.question_ids[place],
                    response=RIGHT[place],
                )
                for place in (0, 2, 3)
            ],
        )
        assert not isinstance(result, Exception)
        assert all(outcome is None or isinstance(outcome, AttemptClosedError) for outcome in saves)
        taken = sum(outcome is None for outcome in saves)
        assert result.score == taken  # type: ignore[union-attr]  # each of these is worth one point
        with fresh_database.reading() as session:
            kept = [response for response in saved(session, attempt_id).values() if response is not None]  # type: ignore[arg-type]
            assert len(kept) == taken


def test_two_tabs_that_answer_the_same_question_leave_one_of_the_two_answers(fresh_database: Database) -> None:
    exam, attempt_id = begun(fresh_database)
    outcomes = at_once(
        fresh_database,
        *[
            lambda session, name=name: service.save_answer(
                session,
                learner_id=exam.learner_id,
                attempt_id=attempt_id,
                question_id=exam.question_ids[0],
                response={"option": name},
            )
            for name in "abcabc"
        ],
    )
    assert outcomes == [None] * 6
    with fresh_database.reading() as session:
        [response] = saved(session, attempt_id).values()  # type: ignore[arg-type]
        assert response in [{"option": name} for name in "abc"]


def test_closing_from_several_processes_grades_each_attempt_once(fresh_database: Database) -> None:
    attempts = [begun(fresh_database, time_limit_minutes=5) for _ in range(6)]
    with fresh_database.transaction() as session:
        for _, attempt_id in attempts:
            move_deadline(session, attempt_id, -60)  # type: ignore[arg-type]
        now = clock(session)
    counts = at_once(fresh_database, *[lambda session: service.close_overdue(session, now)] * 3)
    assert sum(counts) == 6  # type: ignore[arg-type]
    with fresh_database.reading() as session:
        events = Counter(session.scalars(select(LearningEvent.event_type)))
        assert events["assessment_submitted"] == 6
        assert set(session.scalars(select(AssessmentAttempt.status))) == {AttemptStatus.TIMED_OUT}


def test_starting_handing_in_and_closing_an_overdue_attempt_at_once_never_deadlock(fresh_database: Database) -> None:
    for _ in range(6):
        exam, attempt_id = begun(fresh_database, time_limit_minutes=5)
        with fresh_database.transaction() as session:
            move_deadline(session, attempt_id, -60)  # type: ignore[arg-type]
            now = clock(session)
        outcomes = at_once(
            fresh_database,
            lambda session, exam=exam: service.start_attempt(
                session, learner_id=exam.learner_id, assessment_id=exam.assessment_id
            ),
            lambda session, exam=exam, attempt_id=attempt_id: service.submit_attempt(
                session, learner_id=exam.learner_id, attempt_id=attempt_id
            ),
            lambda session, now=now: service.close_overdue(session, now),
        )
        assert not [outcome for outcome in outcomes if isinstance(outcome, Exception)]
        with fresh_database.reading() as session:
            assert recorded(session, attempt_id).count("assessment_submitted") == 1  # type: ignore[arg-type]
            assert [
                row.attempt_number for row in queries.attempts_of(session, exam.learner_id, exam.assessment_id)
            ] == [2, 1]


def test_handing_in_waits_for_the_enrollment_before_it_locks_the_attempt(fresh_database: Database) -> None:
    """The other order would deadlock with a start that closes the overdue attempt."""
    exam, attempt_id = begun(fresh_database)

    def hand_in() -> object:
        with fresh_database.transaction() as session:
            return service.submit_attempt(session, learner_id=exam.learner_id, attempt_id=attempt_id)  # type: ignore[arg-type]

    with ThreadPoolExecutor(1) as pool:
        with fresh_database.transaction() as session:
            assert writes.lock_enrollment(session, exam.learner_id, exam.course_id)
            result = pool.submit(hand_in)
            _wait_until_somebody_waits(session)
            session.execute(text("SET LOCAL lock_timeout = '2s'"))
            assert writes.lock_attempt(session, attempt_id) is not None  # type: ignore[arg-type]
        assert result.result(timeout=10) is not None


def _wait_until_somebody_waits(session: Session) -> None:
    for _ in range(200):
        if session.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted")):
            return
        time.sleep(0.02)
    raise AssertionError("nobody waits for a lock")


def test_a_rewrite_that_races_a_start_never_changes_what_the_attempt_asks(fresh_database: Database) -> None:
    for _ in range(8):
        with fresh_database.transaction() as session:
            exam = make_exam(session, questions=0)
            old = _document("old")
            assessment_id = authoring.write_assessment(session, lesson_id=exam.lesson_id, document=old)
        outcomes = at_once(
            fresh_database,
            lambda session, exam=exam, assessment_id=assessment_id: service.start_attempt(
                session, learner_id=exam.learner_id, assessment_id=assessment_id
            ),
            lambda session, exam=exam: authoring.write_assessment(
                session, lesson_id=exam.lesson_id, document=_document("new")
            ),
        )
        assert not [outcome for outcome in outcomes if isinstance(outcome, Exception)]
        with fresh_database.reading() as session:
            attempt = session.get_one(AssessmentAttempt, outcomes[0])
            asked = [row for row, _ in queries.paper(session, attempt)]
            assert len(asked) == 2
            assert len({row.content for row in asked}) == 1
            current = session.scalars(
                select(Question).where(Question.assessment_id == assessment_id, Question.retired_at.is_(None))
            ).all()
            assert {row.content for row in current} == {"new"}
            assert session.scalar(select(func.count()).select_from(Answer)) == 0


def _document(words: str) -> AssessmentDocument:
    return AssessmentDocument(
        source_key="quiz",
        title="Quiz",
        questions=tuple(
            QuestionDocument(source_key=name, question_type="true_false", text=words, key=TruthKey(value=True))
            for name in (f"{words} one", f"{words} two")
        ),
    )
