"""Marks of people: one or two of them, agreed or settled by a third, held or shown, and never lost to a race."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from learncraft.accounts.models import UserRole
from learncraft.accounts.viewer import Viewer
from learncraft.assessments import desk, grading, marking, marks, queries
from learncraft.assessments.errors import AlreadyGradedError, InvalidMarkError, NothingToMarkError
from learncraft.assessments.models import AttemptStatus
from learncraft.assessments.shapes import RubricKey
from learncraft.db import Database
from tests.assessments.exam import (
    RIGHT,
    RUBRIC,
    Exam,
    grader,
    make_exam,
    make_rubric_question,
    recorded,
    save,
    start,
    submit,
    viewer,
)
from tests.factories import make_user
from tests.races import at_once

ALL = {"clarity": "high", "evidence": "full"}
SOME = {"clarity": "high", "evidence": "some"}
NONE = {"clarity": "low", "evidence": "none"}
cents = st.decimals(0, 5, places=2)


def handed_in(session: Session, **values: object) -> tuple[Exam, UUID, UUID]:
    """A submitted attempt whose last question waits for people; everything else is right, for 5 points."""
    exam = make_exam(session, **values)
    question_id = make_rubric_question(session, exam)
    exam = replace(exam, question_ids=(*exam.question_ids, question_id))
    attempt_id = start(session, exam)
    for place, response in enumerate([*RIGHT, {"text": "Because.", "files": []}]):
        save(session, exam, attempt_id, place, response)
    assert submit(session, exam, attempt_id) is None
    return exam, attempt_id, question_id


def mark(session: Session, who: Viewer, attempt_id: UUID, question_id: UUID, levels: dict[str, str]) -> bool:
    return marks.give_mark(session, who, attempt_id=attempt_id, question_id=question_id, levels=levels, comment="Good.")


def test_an_attempt_waits_for_its_mark_and_is_explained(session: Session) -> None:
    exam, attempt_id, question_id = handed_in(session)
    who = grader(session, exam)
    [row] = desk.waiting(session, who)
    assert (row.attempts, row.mine) == (1, 1)
    assert queries.result_for(session, exam.learner_id, attempt_id) is None
    with pytest.raises(InvalidMarkError, match="Evidence"):
        mark(session, who, attempt_id, question_id, {"clarity": "high"})
    assert mark(session, who, attempt_id, question_id, SOME)
    result = queries.result_for(session, exam.learner_id, attempt_id)
    assert result is not None
    assert (result.status, result.score, result.total_points) == (AttemptStatus.GRADED, Decimal(8), Decimal(10))
    words = result.questions[-1].reason
    assert words == "Clarity: Clear (2 of 2); Evidence: One example (1 of 3): 3 of 5 points\n\nGood."
    assert desk.waiting(session, who) == []
    assert recorded(session, attempt_id).count("assessment_graded") == 1
    with pytest.raises(AlreadyGradedError):
        mark(session, who, attempt_id, question_id, ALL)


def test_nothing_written_needs_nobody(session: Session) -> None:
    exam = make_exam(session)
    make_rubric_question(session, exam)
    attempt_id = start(session, exam)
    result = submit(session, exam, attempt_id)
    assert result is not None
    assert result.questions[-1].reason == "Not answered: 0 of 5 points"


def test_two_people_mark_without_seeing_each_other_and_the_mean_counts(session: Session) -> None:
    exam, attempt_id, question_id = handed_in(session, graders_needed=2, mark_gap_percent=40)
    first, second = grader(session, exam), grader(session, exam, 1)
    assert not mark(session, first, attempt_id, question_id, ALL)
    paper = desk.paper(session, second, attempt_id)
    assert paper is not None
    assert paper.answers[-1].others == ()
    assert mark(session, second, attempt_id, question_id, SOME)
    result = queries.result_for(session, exam.learner_id, attempt_id)
    assert result is not None
    assert result.questions[-1].earned == Decimal(4)
    assert "the mean: 4 of 5 points" in result.questions[-1].reason


def test_marks_far_apart_wait_for_a_third(session: Session) -> None:
    exam, attempt_id, question_id = handed_in(session, graders_needed=2)
    people = [grader(session, exam, number) for number in range(3)]
    assert not mark(session, people[0], attempt_id, question_id, ALL)
    assert not mark(session, people[1], attempt_id, question_id, NONE)
    assert mark(session, people[2], attempt_id, question_id, SOME)
    result = queries.result_for(session, exam.learner_id, attempt_id)
    assert result is not None
    assert result.questions[-1].earned == Decimal(3)


def test_held_results_are_shown_to_all_at_once(session: Session) -> None:
    exam, attempt_id, question_id = handed_in(session, grades_held=True)
    who = grader(session, exam)
    assert mark(session, who, attempt_id, question_id, ALL)
    assert queries.result_for(session, exam.learner_id, attempt_id) is None
    [shown] = queries.assessments_of_lesson(session, exam.learner_id, exam.lesson_id)
    assert (shown.best_percent, shown.is_passed) == (None, False)
    assert queries.attempts_of(session, exam.learner_id, exam.assessment_id)[0].score is None
    assert marks.release_grades(session, who, exam.assessment_id) == 1
    assert marks.release_grades(session, who, exam.assessment_id) == 0
    assert queries.result_for(session, exam.learner_id, attempt_id) is not None
    [shown] = queries.assessments_of_lesson(session, exam.learner_id, exam.lesson_id)
    assert (shown.best_percent, shown.is_passed) == (Decimal(100), True)


def test_nobody_else_marks_or_reads(session: Session) -> None:
    exam, attempt_id, question_id = handed_in(session)
    stranger = replace(viewer(make_user(session, role=UserRole.INSTRUCTOR).id), role=UserRole.INSTRUCTOR)
    for who in (stranger, exam.viewer):
        assert desk.waiting(session, who) == []
        assert desk.paper(session, who, attempt_id) is None
        with pytest.raises(Exception, match="not among those"):
            mark(session, who, attempt_id, question_id, ALL)
    with pytest.raises(NothingToMarkError):
        mark(session, grader(session, exam), attempt_id, exam.question_ids[0], ALL)


def test_two_graders_at_the_same_moment_settle_it_once(fresh_database: Database) -> None:
    with fresh_database.transaction() as session:
        exam, attempt_id, question_id = handed_in(session, graders_needed=2, mark_gap_percent=100)
        people = [grader(session, exam, number) for number in range(2)]

    done = at_once(
        fresh_database,
        lambda session: mark(session, people[0], attempt_id, question_id, ALL),
        lambda session: mark(session, people[1], attempt_id, question_id, SOME),
    )
    assert sorted(done) == [False, True]
    with fresh_database.reading() as session:
        assert recorded(session, attempt_id).count("assessment_graded") == 1


@given(st.lists(cents, min_size=0, max_size=3), st.sampled_from([1, 2]), st.decimals(0, 100, places=2))
@settings(max_examples=60, deadline=None)
def test_marks_never_come_to_more_or_less_than_was_given(given_: list[Decimal], needed: int, gap: Decimal) -> None:
    agreed = marking.agree(given_, Decimal(5), needed=needed, gap_percent=gap)
    if agreed.points is not None:
        assert min(given_) <= agreed.points <= max(given_)
    assert (agreed.points is None) == (
        len(given_) < needed or (needed == 2 and len(given_) == 2 and abs(given_[0] - given_[1]) > 5 * gap / 100)
    )


@given(st.sampled_from(["low", "high"]), st.sampled_from(["none", "some", "full"]), st.decimals("0.01", 50, places=2))
@settings(max_examples=40, deadline=None)
def test_a_rubric_never_gives_more_than_the_question_is_worth(clarity: str, evidence: str, worth: Decimal) -> None:
    key = RubricKey.model_validate({"rubric": RUBRIC})
    points = marking.rubric_points(key, worth, {"clarity": clarity, "evidence": evidence})
    assert 0 <= points <= worth
    assert (points == worth) == ((clarity, evidence) == ("high", "full")) or worth < Decimal("0.05")
    assert grading.validate_question("short_answer", (), key) == []
