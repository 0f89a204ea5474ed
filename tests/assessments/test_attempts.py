"""Taking an assessment, from start to result."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from learncraft.assessments import queries, service, shapes
from learncraft.assessments.errors import (
    AttemptClosedError,
    AttemptNotFoundError,
    InvalidAnswerError,
    QuestionNotAskedError,
)
from learncraft.assessments.models import Assessment, AttemptStatus, Question
from learncraft.db import new_id
from learncraft.enrollment.models import LessonProgress
from learncraft.events import LearningEvent
from tests.assessments.exam import (
    RIGHT,
    WRONG,
    cost,
    make_exam,
    recorded,
    save,
    saved,
    start,
    submit,
    viewer,
)
from tests.factories import make_user


def test_all_right_answers_score_full_and_pass(session: Session) -> None:
    exam = make_exam(session)
    attempt_id = start(session, exam)
    for place, response in enumerate(RIGHT):
        save(session, exam, attempt_id, place, response)
    result = submit(session, exam, attempt_id)
    assert (result.score, result.total_points, result.percent, result.is_passing) == (5, 5, 100, True)
    assert result.status == AttemptStatus.COMPLETED
    assert [question.reason for question in result.questions][:2] == [
        "Right: 1 of 1 point",
        "2 of 2 right options: 2 of 2 points",
    ]


def test_a_question_without_an_answer_counts_as_zero_and_gets_a_row(session: Session) -> None:
    exam = make_exam(session)
    attempt_id = start(session, exam)
    save(session, exam, attempt_id, 0, RIGHT[0])
    result = submit(session, exam, attempt_id)
    assert result.score == 1
    assert set(saved(session, attempt_id)) == set(exam.question_ids)
    assert result.questions[2].reason == "Not answered: 0 of 1 point"


def test_starting_again_goes_on_with_the_open_attempt(session: Session) -> None:
    exam = make_exam(session)
    assert start(session, exam) == start(session, exam)
    assert queries.current_attempt(session, exam.learner_id, exam.assessment_id) == start(session, exam)


def test_an_attempt_comes_back_as_it_was_left(session: Session) -> None:
    exam = make_exam(session, shuffle_questions=True, shuffle_options=True)
    attempt_id = start(session, exam)
    save(session, exam, attempt_id, 1, {"options": ["c", "a"]})
    first = queries.attempt_for(session, exam.viewer, attempt_id)
    again = queries.attempt_for(session, exam.viewer, attempt_id)
    assert first is not None
    assert again is not None
    assert first.questions == again.questions
    assert first.answered == 1
    assert {question.id for question in first.questions} == set(exam.question_ids)
    [answered] = [question for question in first.questions if question.response is not None]
    assert answered.response == shapes.ChoicesResponse(options=frozenset("ac"))


def test_shuffled_attempts_differ_in_order(session: Session) -> None:
    exam = make_exam(session, questions=12, shuffle_questions=True, shuffle_options=True, max_attempts=None)
    orders = set()
    for _ in range(3):
        attempt_id = start(session, exam)
        view = queries.attempt_for(session, exam.viewer, attempt_id)
        assert view is not None
        orders.add(tuple((question.id, question.options) for question in view.questions))
        submit(session, exam, attempt_id)
    assert len(orders) == 3


def test_what_may_still_be_answered_holds_no_key(session: Session) -> None:
    exam = make_exam(session)
    session.execute(
        update(Question)
        .values(
            explanation="SECRET",
            options=[
                {"id": "a", "text": "A", "feedback": "SECRET"},
                {"id": "b", "text": "B", "feedback": ""},
                {"id": "c", "text": "C", "feedback": ""},
            ],
        )
        .where(Question.id == exam.question_ids[0])
    )
    session.execute(
        update(Question)
        .values(correct_answer={"accepted": [{"kind": "text", "text": "SECRET"}]})
        .where(Question.id == exam.question_ids[3])
    )
    attempt_id = start(session, exam)
    assert "SECRET" not in repr(queries.attempt_for(session, exam.viewer, attempt_id))
    assert queries.result_for(session, exam.learner_id, attempt_id) is None
    submit(session, exam, attempt_id)
    assert "SECRET" not in repr(queries.attempt_for(session, exam.viewer, attempt_id))
    assert "SECRET" in repr(queries.result_for(session, exam.learner_id, attempt_id))


def test_answers_stay_hidden_where_the_assessment_says_so(session: Session) -> None:
    exam = make_exam(session, show_answers_after=False)
    attempt_id = start(session, exam)
    result = submit(session, exam, attempt_id)
    assert not result.shows_answers
    assert result.questions == ()


def test_feedback_is_only_given_on_the_chosen_option(session: Session) -> None:
    exam = make_exam(session)
    options = [{"id": name, "text": name, "feedback": f"about {name}"} for name in "abc"]
    session.execute(update(Question).where(Question.id == exam.question_ids[0]).values(options=options))
    attempt_id = start(session, exam)
    save(session, exam, attempt_id, 0, {"option": "b"})
    result = submit(session, exam, attempt_id)
    assert [option.feedback for option in result.questions[0].options] == ["", "about b", ""]
    assert [option.is_right for option in result.questions[0].options] == [True, False, False]


def test_handing_in_twice_gives_the_same_result_and_records_once(session: Session) -> None:
    exam = make_exam(session)
    attempt_id = start(session, exam)
    save(session, exam, attempt_id, 0, RIGHT[0])
    first = submit(session, exam, attempt_id)
    events = recorded(session, attempt_id)
    assert submit(session, exam, attempt_id) == first
    assert recorded(session, attempt_id) == events
    assert events == [
        *["answer_graded"] * 4,
        "answer_saved",
        "assessment_failed",
        "assessment_graded",
        "assessment_started",
        "assessment_submitted",
    ]


def test_events_tell_where_and_what(session: Session) -> None:
    exam = make_exam(session)
    attempt_id = start(session, exam)
    for place, response in enumerate(WRONG):
        save(session, exam, attempt_id, place, response)
    submit(session, exam, attempt_id)
    events = session.scalars(select(LearningEvent).where(LearningEvent.attempt_id == attempt_id)).all()
    assert {(row.course_id, row.module_id, row.lesson_id) for row in events} == {
        (exam.course_id, exam.module_id, exam.lesson_id)
    }
    graded = {row.object_id: row for row in events if row.event_type == "answer_graded"}
    assert graded[exam.question_ids[1]].event_data == {"response": {"options": ["c"]}}
    assert (graded[exam.question_ids[1]].score, graded[exam.question_ids[1]].max_score) == (0, 2)
    [failed] = [row for row in events if row.event_type == "assessment_failed"]
    assert (failed.object_id, failed.score, failed.max_score) == (exam.assessment_id, 0, 5)


def test_a_long_typed_answer_is_cut_in_its_event_and_kept_in_full(session: Session) -> None:
    exam = make_exam(session)
    attempt_id = start(session, exam)
    save(session, exam, attempt_id, 3, {"text": "x" * 10_000})
    result = submit(session, exam, attempt_id)
    assert result.questions[3].response == shapes.BlankResponse(text="x" * 10_000)
    longest = session.scalars(
        select(LearningEvent.event_data).where(
            LearningEvent.attempt_id == attempt_id, LearningEvent.object_id == exam.question_ids[3]
        )
    ).all()
    assert max(len(str(data)) for data in longest) < 300


def test_the_same_answer_again_records_nothing(session: Session) -> None:
    exam = make_exam(session)
    attempt_id = start(session, exam)
    for response in ({"options": ["a", "b"]}, {"options": ["b", "a"]}, {"options": ["b"]}):
        save(session, exam, attempt_id, 1, response)
    assert recorded(session, attempt_id).count("answer_saved") == 2
    assert saved(session, attempt_id) == {exam.question_ids[1]: {"options": ["b"]}}


@pytest.mark.parametrize(
    ("place", "response"),
    [
        (0, {"option": "z"}),
        (0, {"options": ["a"]}),
        (0, {}),
        (1, {"options": ["a", "z"]}),
        (2, {"value": "maybe"}),
        (3, {"text": "x" * 10_001}),
        (3, {"text": "a\0b"}),
        (3, {"text": "\ud800"}),
        (3, {"text": "Paris", "points": 5}),
    ],
)
def test_an_answer_that_does_not_fit_is_refused(session: Session, place: int, response: dict[str, Any]) -> None:
    exam = make_exam(session)
    attempt_id = start(session, exam)
    with pytest.raises(InvalidAnswerError):
        save(session, exam, attempt_id, place, response)
    assert saved(session, attempt_id) == {}


def test_a_question_of_another_assessment_is_refused(session: Session) -> None:
    exam, other = make_exam(session), make_exam(session)
    attempt_id = start(session, exam)
    for question_id in (other.question_ids[0], new_id()):
        with pytest.raises(QuestionNotAskedError):
            service.save_answer(
                session,
                learner_id=exam.learner_id,
                attempt_id=attempt_id,
                question_id=question_id,
                response={"option": "a"},
            )


def test_nobody_touches_the_attempt_of_another(session: Session) -> None:
    exam = make_exam(session)
    attempt_id = start(session, exam)
    stranger = make_user(session).id
    with pytest.raises(AttemptNotFoundError):
        service.save_answer(
            session,
            learner_id=stranger,
            attempt_id=attempt_id,
            question_id=exam.question_ids[0],
            response=RIGHT[0],
        )
    with pytest.raises(AttemptNotFoundError):
        service.submit_attempt(session, learner_id=stranger, attempt_id=attempt_id)
    assert queries.attempt_for(session, viewer(stranger), attempt_id) is None
    submit(session, exam, attempt_id)
    assert queries.result_for(session, stranger, attempt_id) is None


def test_nothing_is_taken_after_handing_in(session: Session) -> None:
    exam = make_exam(session)
    attempt_id = start(session, exam)
    submit(session, exam, attempt_id)
    with pytest.raises(AttemptClosedError):
        save(session, exam, attempt_id, 0, RIGHT[0])


def test_the_lesson_keeps_the_best_result(session: Session) -> None:
    exam = make_exam(session)
    for responses in (RIGHT, WRONG):
        attempt_id = start(session, exam)
        for place, response in enumerate(responses):
            save(session, exam, attempt_id, place, response)
        submit(session, exam, attempt_id)
    progress = session.scalars(select(LessonProgress).where(LessonProgress.user_id == exam.learner_id)).one()
    session.refresh(progress)
    assert (progress.score, progress.attempts) == (100, 2)


def test_a_lesson_announces_its_assessments_with_the_learners_attempts(session: Session) -> None:
    exam = make_exam(session, max_attempts=3)
    closed = start(session, exam)
    for place, response in enumerate(RIGHT):
        save(session, exam, closed, place, response)
    submit(session, exam, closed)
    open_id = start(session, exam)
    [shown] = queries.assessments_of_lesson(session, exam.learner_id, exam.lesson_id)
    assert (shown.questions, shown.points) == (4, 5)
    assert (shown.attempts_used, shown.attempts_left) == (2, 1)
    assert (shown.best_percent, shown.is_passed) == (100, True)
    assert (shown.open_attempt_id, shown.last_attempt_id) == (open_id, closed)
    [strange] = queries.assessments_of_lesson(session, make_user(session).id, exam.lesson_id)
    assert (strange.attempts_used, strange.best_percent, strange.open_attempt_id) == (0, None, None)
    assert queries.assessment_for(session, exam.learner_id, exam.assessment_id) == shown


def test_statements_stay_few(session: Session) -> None:
    exam = make_exam(session, questions=40)
    attempt_id = start(session, exam)
    assert cost(session, lambda: save(session, exam, attempt_id, 0, RIGHT[0])) <= 4
    assert cost(session, lambda: save(session, exam, attempt_id, 0, RIGHT[0])) <= 3
    assert cost(session, lambda: queries.attempt_for(session, exam.viewer, attempt_id)) <= 2
    assert cost(session, lambda: queries.assessments_of_lesson(session, exam.learner_id, exam.lesson_id)) == 1
    before = len(recorded(session, attempt_id))
    handed_in = cost(session, lambda: submit(session, exam, attempt_id))
    written = len(recorded(session, attempt_id)) - before
    assert handed_in - written <= 14  # whatever the number of questions
    assert cost(session, lambda: queries.result_for(session, exam.learner_id, attempt_id)) <= 3
    assert cost(session, lambda: queries.attempts_of(session, exam.learner_id, exam.assessment_id)) == 1


def test_points_of_a_percentage_are_rounded_once(session: Session) -> None:
    exam = make_exam(session, questions=3)
    session.execute(update(Question).where(Question.id.in_(exam.question_ids)).values(points=Decimal("0.01")))
    session.execute(
        update(Assessment).where(Assessment.id == exam.assessment_id).values(passing_score=Decimal("66.67"))
    )
    attempt_id = start(session, exam)
    save(session, exam, attempt_id, 0, RIGHT[0])
    save(session, exam, attempt_id, 2, RIGHT[2])
    result = submit(session, exam, attempt_id)
    assert (result.percent, result.is_passing) == (Decimal("66.67"), True)
