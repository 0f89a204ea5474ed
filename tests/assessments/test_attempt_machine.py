"""Attempts under any sequence of what learners, tabs and clocks do, compared with a simple model."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select

from learncraft.assessments import queries, regrading, service
from learncraft.assessments.errors import AttemptClosedError, NoAttemptsLeftError
from learncraft.assessments.models import AttemptStatus
from learncraft.assessments.shapes import ChoiceKey
from learncraft.db import Database
from learncraft.enrollment.models import LessonProgress
from tests.assessments.exam import RIGHT, WRONG, clock, grader, make_exam, move_deadline, recorded, saved

WORTH = (1, 2, 1, 1)
LIMIT = 3
TYPED = {3}


@dataclass
class Attempt:
    """What the model knows of an attempt."""

    id: UUID
    answers: dict[int, dict[str, Any]] = field(default_factory=dict)
    changes: int = 0
    bursts: int = 0
    is_overdue: bool = False
    status: AttemptStatus = AttemptStatus.IN_PROGRESS

    key: str = "a"  # of the first question, which may be corrected

    @property
    def score(self) -> int:
        right = [{"option": self.key}, *RIGHT[1:]]
        return sum(WORTH[place] for place, response in self.answers.items() if response == right[place])

    def close(self) -> None:
        if self.status == AttemptStatus.IN_PROGRESS:
            self.status = AttemptStatus.TIMED_OUT if self.is_overdue else AttemptStatus.COMPLETED


class AttemptMachine(RuleBasedStateMachine):
    """One learner at one assessment of three attempts."""

    database: Database

    @initialize()
    def enroll(self) -> None:
        with self.database.transaction() as session:
            self.exam = make_exam(
                session, time_limit_minutes=10, max_attempts=LIMIT, shuffle_questions=True, shuffle_options=True
            )
            self.teacher = grader(session, self.exam)
        self.attempts: list[Attempt] = []
        self.key = "a"
        self.regraded: Counter[UUID] = Counter()

    @property
    def open(self) -> Attempt | None:
        found = [attempt for attempt in self.attempts if attempt.status == AttemptStatus.IN_PROGRESS]
        return found[0] if found else None

    @rule()
    def start_in_some_tab(self) -> None:
        try:
            with self.database.transaction() as session:
                attempt_id = service.start_attempt(
                    session, learner_id=self.exam.learner_id, assessment_id=self.exam.assessment_id
                )
        except NoAttemptsLeftError:
            assert len(self.attempts) == LIMIT
            assert self.open is None or self.open.is_overdue
            return
        if self.open is not None and not self.open.is_overdue:
            assert attempt_id == self.open.id
            return
        assert len(self.attempts) < LIMIT
        if self.open is not None:
            self.open.close()
        self.attempts.append(Attempt(attempt_id, key=self.key))

    @precondition(lambda self: self.attempts)
    @rule(which=st.integers(0, 5), place=st.integers(0, 3), is_right=st.booleans())
    def answer(self, which: int, place: int, is_right: bool) -> None:
        attempt = self.attempts[-1 - which % len(self.attempts)]
        response = (RIGHT if is_right else WRONG)[place]
        try:
            with self.database.transaction() as session:
                service.save_answer(
                    session,
                    learner_id=self.exam.learner_id,
                    attempt_id=attempt.id,
                    question_id=self.exam.question_ids[place],
                    response=response,
                )
        except AttemptClosedError:
            assert attempt.status != AttemptStatus.IN_PROGRESS or attempt.is_overdue
            return
        assert attempt is self.open
        assert not attempt.is_overdue
        is_news = attempt.answers.get(place) != response
        if place in TYPED:
            attempt.bursts += is_news  # a burst of typing is one event, and these tests are quick
        else:
            attempt.changes += is_news
        attempt.answers[place] = response

    @precondition(lambda self: self.attempts)
    @rule(which=st.integers(0, 5))
    def hand_in(self, which: int) -> None:
        attempt = self.attempts[-1 - which % len(self.attempts)]
        with self.database.transaction() as session:
            result = service.submit_attempt(session, learner_id=self.exam.learner_id, attempt_id=attempt.id)
        attempt.close()
        assert (result.score, result.total_points, result.status) == (attempt.score, 5, attempt.status)
        assert {question.id for question in result.questions} == set(self.exam.question_ids)

    @precondition(lambda self: self.open)
    @rule()
    def let_time_run_out(self) -> None:
        assert self.open is not None
        with self.database.transaction() as session:
            move_deadline(session, self.open.id, -60)
        self.open.is_overdue = True

    @rule()
    def sweep(self) -> None:
        with self.database.transaction() as session:
            closed = service.close_overdue(session, clock(session), learner_id=self.exam.learner_id)
        assert closed == bool(self.open and self.open.is_overdue)
        if closed and self.open:
            self.open.close()

    @precondition(lambda self: self.attempts)
    @rule()
    def reload(self) -> None:
        with self.database.reading() as session:
            view = queries.attempt_for(session, self.exam.viewer, self.attempts[-1].id)
            again = queries.attempt_for(session, self.exam.viewer, self.attempts[-1].id)
        assert view is not None
        assert again is not None
        assert view.questions == again.questions
        assert view.is_open == (self.attempts[-1] is self.open and not self.attempts[-1].is_overdue)
        assert view.answered == len(self.attempts[-1].answers)

    @rule()
    def correct_the_key(self) -> None:
        self.key = "b" if self.key == "a" else "a"
        before = {one.id: one.score for one in self.attempts}
        for attempt in self.attempts:
            attempt.key = self.key
        changed = {
            one.id for one in self.attempts if one.status != AttemptStatus.IN_PROGRESS and one.score != before[one.id]
        }
        with self.database.transaction() as session:
            done = regrading.regrade(
                session,
                self.teacher,
                question_id=self.exam.question_ids[0],
                key=ChoiceKey(option=self.key),
                reason="The key was wrong.",
            )
        assert {one.attempt_id for one in done.changed} == changed
        self.regraded.update(changed)

    @invariant()
    def the_database_agrees(self) -> None:
        if not hasattr(self, "exam"):
            return
        with self.database.reading() as session:
            history = queries.attempts_of(session, self.exam.learner_id, self.exam.assessment_id)
            assert [(row.id, row.status) for row in history[::-1]] == [(one.id, one.status) for one in self.attempts]
            closed = [one for one in self.attempts if one.status != AttemptStatus.IN_PROGRESS]
            for attempt in self.attempts:
                kept = saved(session, attempt.id)
                answered = {self.exam.question_ids[place]: value for place, value in attempt.answers.items()}
                assert {name: value for name, value in kept.items() if value is not None} == answered
                events = recorded(session, attempt.id)
                told = events.count("answer_saved")
                assert attempt.changes + min(1, attempt.bursts) <= told <= attempt.changes + attempt.bursts
                assert events.count("assessment_started") == 1
                assert events.count("assessment_submitted") == (attempt in closed)
                assert events.count("answer_graded") == 4 * (attempt in closed)
                assert len(queries.regradings_of(session, attempt.id)) == self.regraded[attempt.id]
            self._the_lesson_agrees(session, closed)

    def _the_lesson_agrees(self, session: Any, closed: list[Attempt]) -> None:
        progress = session.execute(
            select(LessonProgress.attempts, LessonProgress.score).where(
                LessonProgress.user_id == self.exam.learner_id, LessonProgress.lesson_id == self.exam.lesson_id
            )
        ).first()
        best = max((Decimal(100 * one.score) / 5 for one in closed), default=None)
        assert (progress or (0, None)) == (len(closed), best)
        [shown] = queries.assessments_of_lesson(session, self.exam.learner_id, self.exam.lesson_id)
        assert shown.attempts_used == len(self.attempts)
        assert shown.open_attempt_id == (self.open.id if self.open else None)
        assert shown.best_percent == best
        assert shown.last_attempt_id == (closed[-1].id if closed else None)


def test_attempts_follow_the_model_whatever_happens(fresh_database: Database) -> None:
    machine = type("Machine", (AttemptMachine,), {"database": fresh_database})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=25,
            stateful_step_count=15,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
